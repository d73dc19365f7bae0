import { cpSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sha256, toHex } from '@baleen/codec';
import { rootOfProof } from '@baleen/iavl';
import { openLevelDb } from '@baleen/leveldb';
import {
  fixtureData,
  fixtureKilled,
  needsRealdata,
  temporaryFolder,
  unpackRecording,
  writeLevelDb,
} from '@baleen/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { kindOf, sourceAt } from '../open-source.ts';
import { compareAppHashes } from './app-hashes.ts';
import { openState } from './open-state.ts';

const COLUMBUS_4 = fixtureData('terra-columbus4-devnet');
const COLUMBUS_5 = fixtureData('terra-columbus5-devnet');

const DIRECTORIES = [
  ['columbus-4', COLUMBUS_4, 'devnet-col4-a', 290, 16],
  ['columbus-4, killed', fixtureKilled('terra-columbus4-devnet'), 'devnet-col4-a', 298, 2],
  ['columbus-5', COLUMBUS_5, 'baleen-col5-a', 306, 25],
  ['columbus-5, killed', fixtureKilled('terra-columbus5-devnet'), 'baleen-col5-a', 167, 2],
] as const;

/** A folder with some databases of a fixture. */
function copied(data: string, ...databases: string[]): string {
  const folder = temporaryFolder('state');
  for (const name of databases) cpSync(join(data, name), join(folder, name), { recursive: true });
  return folder;
}

/** Writes a database of a fixture anew, with changed entries. */
async function rewrite(
  folder: string,
  name: string,
  edit: (entries: Map<string, Uint8Array>) => void,
): Promise<void> {
  using db = openLevelDb(join(COLUMBUS_4, name));
  const entries = new Map(
    Array.from(db.entries(), ([key, value]) => [Buffer.from(key).toString('latin1'), value.slice()] as const),
  );
  edit(entries);
  await writeLevelDb(join(folder, name), entries);
}

describe('the state of a node', () => {
  test.each(DIRECTORIES)(
    '%s: the newest one is proved by the node’s own state',
    (_, path, chainId, height) => {
      using state = openState(path);
      expect(state.info).toMatchObject({
        path: join(path, 'application.db'),
        chainId,
        height,
        latest: height,
        proved: true,
        provedBy: `the state of ${join(path, 'state.db')}`,
        notes: [],
      });
    },
  );

  test.each(DIRECTORIES)(
    '%s: every kept one is proved, and can be read whole',
    (_, path, chainId, latest, count) => {
      using newest = openState(path);
      const heights = newest
        .keptHeights()
        .flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
      expect(heights).toHaveLength(count);
      for (const height of heights) {
        using state = openState(path, { height });
        const { info } = state;
        expect([info.height, info.chainId, info.proved]).toEqual([height, chainId, true]);
        if (height < latest)
          expect(info.provedBy).toBe(`header ${height + 1} of ${join(path, 'blockstore.db')}`);
        for (const { name, kind, keys } of info.stores)
          if (kind === 'iavl') expect([...state.entries(name)]).toHaveLength(keys!);
      }
    },
  );

  test.each(DIRECTORIES)('%s: the app hash of every version is that of its header', (_, path, __, latest) => {
    const all = [...compareAppHashes(path)];
    expect(all.map(({ height }) => height)).toEqual(Array.from({ length: latest }, (_, index) => index + 1));
    for (const { height, computed, known } of all) expect(toHex(known!), `${height}`).toBe(toHex(computed));
  });

  test('names its stores and how each is kept', () => {
    using state = openState(COLUMBUS_5);
    const kinds = Object.fromEntries(state.info.stores.map(({ name, kind, keys }) => [name, keys ?? kind]));
    expect(kinds).toMatchInlineSnapshot(`
      {
        "acc": 51,
        "authz": 7,
        "bank": 120,
        "capability": 3,
        "distribution": 57,
        "evidence": 1,
        "feegrant": 3,
        "gov": 12,
        "ibc": 14,
        "market": 1,
        "mem_capability": "memory",
        "mint": 1,
        "oracle": 10,
        "params": 59,
        "slashing": 21,
        "staking": 76,
        "transfer": 1,
        "treasury": 5,
        "upgrade": 0,
        "wasm": 16,
      }
    `);
    expect(() => [...state.entries('mem_capability')]).toThrow(
      expect.objectContaining({ code: 'IAVL_NO_TREE' }),
    );
  });

  test('gives keys in order, ranges of them, single ones and their proofs', () => {
    using state = openState(COLUMBUS_5);
    const keys = Array.from(state.entries('bank'), ([key]) => toHex(key));
    expect(keys).toEqual([...keys].sort());
    const supply = Array.from(
      state.entries('bank', { gte: Uint8Array.of(0), lt: Uint8Array.of(1) }),
      ([key, value]) => [Buffer.from(key.subarray(1)).toString(), Buffer.from(value).toString()] as const,
    );
    expect(supply.find(([denom]) => denom === 'uluna')?.[1]).toMatch(/^\d{10,}$/);
    const tree = state.tree('staking');
    expect(toHex(rootOfProof(tree.prove(Uint8Array.of(0x12))!))).toBe(toHex(tree.rootHash!));
  });

  test('is found from a home, its data folder, a database in it and leveldb:PATH', () => {
    const home = temporaryFolder('home');
    mkdirSync(join(home, 'data'));
    cpSync(COLUMBUS_4, join(home, 'data'), { recursive: true });
    for (const path of [home, join(home, 'data'), join(home, 'data/application.db'), `leveldb:${home}`]) {
      using state = openState(path);
      expect(state.info.path).toBe(join(home, 'data/application.db'));
    }
  });

  test('is not changed by reading it', () => {
    const folder = copied(COLUMBUS_4, 'application.db', 'blockstore.db', 'state.db');
    const before = contentsOf(folder);
    using state = openState(folder);
    for (const { name } of state.info.stores) state.tree(name).recomputeRoot();
    expect(contentsOf(folder)).toEqual(before);
    expect(before.length).toBeGreaterThan(9);
  });
});

/** Name, size, time of change and digest of every file. */
const contentsOf = (folder: string): string[] =>
  globSync('**/*', { cwd: folder })
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      const { size, mtimeMs } = statSync(path);
      if (statSync(path).isDirectory()) return [];
      return [`${name} ${size} ${mtimeMs} ${toHex(sha256(readFileSync(path)))}`];
    });

describe('a state that nothing proves', () => {
  test('is read with a note where there is only application.db', () => {
    using state = openState(copied(COLUMBUS_4, 'application.db'));
    expect(state.info).toMatchObject({ height: 290, chainId: undefined, proved: false, provedBy: undefined });
    expect(state.info.notes).toEqual([
      'the app hash of 290 is not proved: no blockstore.db, and no state.db',
    ]);
    expect([...state.entries('acc')].length).toBeGreaterThan(40);
  });

  test('gives way to the one before it, which the newest header proves', () => {
    const folder = copied(COLUMBUS_4, 'application.db', 'blockstore.db');
    using state = openState(folder);
    expect(state.info).toMatchObject({
      height: 289,
      latest: 290,
      proved: true,
      provedBy: `header 290 of ${join(folder, 'blockstore.db')}`,
      notes: ['the application is at 290'],
    });
  });

  test('is read with a note where it is asked for by its height', () => {
    using state = openState(copied(COLUMBUS_4, 'application.db', 'blockstore.db'), { height: 290 });
    expect([state.info.height, state.info.proved]).toEqual([290, false]);
    expect(state.info.notes).toEqual(['the app hash of 290 is not proved: no header 291, and no state.db']);
  });
});

describe('a state is refused', () => {
  test('when its app hash is not that of the header, naming heights and hashes', async () => {
    const folder = copied(COLUMBUS_4, 'blockstore.db', 'state.db');
    await rewrite(folder, 'application.db', (entries) => {
      const info = entries.get('s/193')!;
      info[info.length - 1]! ^= 1;
    });
    using newest = openState(folder);
    expect(newest.info.proved).toBe(true);
    using good = openState(COLUMBUS_4, { height: 193 });
    expect(() => openState(folder, { height: 193 })).toThrow(
      expect.objectContaining({
        kind: 'data',
        code: 'STATE_APP_HASH_MISMATCH',
        message: expect.stringMatching(
          new RegExp(
            `^open state of ${folder}: state at height 193: expected app hash ${toHex(good.info.appHash)}, as header 194 of ${folder}/blockstore.db says, found [0-9a-f]{64} in ${folder}/application.db; `,
          ),
        ),
      }),
    );
  });

  test('when its blocks are of another chain', () => {
    const folder = copied(COLUMBUS_4, 'application.db');
    cpSync(join(COLUMBUS_5, 'blockstore.db'), join(folder, 'blockstore.db'), { recursive: true });
    expect(() => openState(folder)).toThrow(expect.objectContaining({ code: 'STATE_APP_HASH_MISMATCH' }));
  });

  test('when a node of a tree is missing, as soon as it is needed', async () => {
    const folder = copied(COLUMBUS_4, 'blockstore.db', 'state.db');
    using whole = openState(COLUMBUS_4);
    const root = whole.info.stores.find(({ name }) => name === 'staking')!.hash;
    await rewrite(folder, 'application.db', (entries) => {
      const removed = [...entries.keys()].filter((key) => key.startsWith('s/k:staking/n'));
      for (const key of removed)
        if (key !== `s/k:staking/n${Buffer.from(root).toString('latin1')}`) entries.delete(key);
    });
    using state = openState(folder);
    expect([...state.entries('gov')].length).toBeGreaterThan(10);
    expect(() => [...state.entries('staking')]).toThrow(
      expect.objectContaining({
        kind: 'data',
        code: 'IAVL_NODE_MISSING',
        message: expect.stringContaining(`read store staking at version 290 of ${folder}/application.db`),
      }),
    );
  });

  test.each([
    [101, 'IAVL_VERSION_PRUNED', 'nearest to it are 100 and 125'],
    [291, 'IAVL_VERSION_UNKNOWN', 'expected a version from 1 to the latest, 290'],
  ])('at height %i, which is not kept', (height, code, message) => {
    expect(() => openState(COLUMBUS_4, { height })).toThrow(
      expect.objectContaining({ kind: 'operator', code, message: expect.stringContaining(message) }),
    );
  });

  test('where a commit info was cut', async () => {
    const folder = copied(COLUMBUS_4, 'blockstore.db', 'state.db');
    await rewrite(folder, 'application.db', (entries) =>
      entries.set('s/290', entries.get('s/290')!.subarray(0, 100)),
    );
    expect(() => openState(folder)).toThrow(
      expect.objectContaining({
        kind: 'data',
        code: 'IAVL_CORRUPT',
        message: expect.stringContaining(`read key s/290 of ${folder}/application.db`),
      }),
    );
  });

  test('where there is none, or only an address', () => {
    const none = temporaryFolder('none');
    expect(() => openState(none)).toThrow(
      expect.objectContaining({ kind: 'operator', code: 'STATE_NOT_FOUND' }),
    );
    expect(() => kindOf(sourceAt('http://localhost:26657')).openState({})).toThrow(
      expect.objectContaining({ kind: 'operator', code: 'STATE_NEEDS_FILES' }),
    );
  });
});

describe('whole recordings: the app hash of every version is that of its header', () => {
  beforeEach(needsRealdata('../fixtures/terra-columbus5-devnet'));
  beforeEach(needsRealdata('leveldb-testblockchain-tm033'));

  test.each([
    ['terra-columbus3-devnet', 'data', 424],
    ['terra-columbus4-devnet', 'data', 290],
    ['terra-columbus4-devnet', 'data-killed', 298],
    ['terra-columbus5-devnet', 'data', 306],
    ['terra-columbus5-devnet', 'data-killed', 167],
    ['wasmd-sdk047-devnet', 'data', 320],
    ['leveldb-testblockchain-tm033', 'data', 750],
  ])('%s %s', (name, archive, latest) => {
    const all = [...compareAppHashes(unpackRecording(name, archive)!)];
    expect(all.map(({ height }) => height)).toEqual(Array.from({ length: latest }, (_, index) => index + 1));
    for (const { height, computed, known } of all) expect(toHex(known!), `${height}`).toBe(toHex(computed));
  });
});
