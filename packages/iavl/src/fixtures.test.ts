/** The stores of real nodes, held against what these nodes said about them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BlockRange } from '@baleen/chain';
import { toHex, WireReader } from '@baleen/codec';
import { type LevelDb, openLevelDb } from '@baleen/leveldb';
import {
  answerJson,
  fixture,
  fixtureData,
  fixtureKilled,
  needsRealdata,
  readJsonLines,
  realdata,
  unpackRecording,
} from '@baleen/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { appHashOf } from './commit-info.ts';
import { type Multistore, openMultistore } from './multistore.ts';
import { decodeProof, encodeProof, rootOfProof } from './proof.ts';

const open = (data: string): LevelDb => openLevelDb(join(data, 'application.db'));

const heightsOf = (ranges: readonly BlockRange[]): number[] =>
  ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));

/** First, last, and others spread over all of them. */
function choose(versions: readonly number[], count: number): number[] {
  const step = Math.max(1, (versions.length - 1) / (count - 1));
  return [...new Set(Array.from({ length: count }, (_, index) => versions[Math.round(index * step)]))].filter(
    (version) => version !== undefined,
  );
}

/** Recomputes each store's root of a version; the number of stores whose root is the committed one, and of their leaves. */
function recompute(multistore: Multistore, version: number): { trees: number; leaves: number } {
  let trees = 0;
  let leaves = 0;
  for (const { name, kind, hash } of multistore.stores(version)) {
    if (kind !== 'iavl') continue;
    const tree = multistore.tree(name, version);
    const root = tree.recomputeRoot({ aheadLeaves: 16 });
    if (root.hash !== undefined) expect(toHex(root.hash), `${name} at ${version}`).toBe(toHex(hash));
    expect(root.leaves).toBe(tree.size);
    trees++;
    leaves += root.leaves;
  }
  return { trees, leaves };
}

/** Answers of `/abci_query`; `proof` up to SDK 0.39, `proofOps` from 0.40. */
interface QueryAnswer {
  readonly result?: { readonly response: QueryResponse };
}

interface QueryResponse {
  readonly value: string | null;
  readonly height: string;
  readonly proof?: Proof | null;
  readonly proofOps?: Proof | null;
}

interface Proof {
  readonly ops: readonly { readonly type: string; readonly data: string }[];
}

/** An answer of stores.jsonl.gz: which store and key or prefix was asked at which height. */
interface Asked {
  readonly kind: 'subspace' | 'key';
  readonly store: string;
  readonly data: Uint8Array;
  readonly height: number;
  readonly response: QueryResponse;
}

const STORES = readJsonLines(fixture('terra-columbus4-devnet', 'stores.jsonl.gz')).flatMap(
  (answer): Asked[] => {
    const [, store, kind, data, height] =
      /\/store\/(\w+)\/(subspace|key)%22&data=0x([0-9a-f]*)&height=(\d+)/.exec(answer.request) ?? [];
    const { result } = answerJson(answer) as QueryAnswer;
    if (store === undefined || result === undefined) return [];
    const asked = {
      store,
      data: Buffer.from(data!, 'hex'),
      height: Number(height),
      response: result.response,
    };
    return [{ kind: kind as Asked['kind'], ...asked }];
  },
);

describe('columbus-4: the raw contents of every store', () => {
  /** Amino length-prefixed list of KVPair{Key f1, Value f2}. */
  function pairsOf(value: string | null): string[] {
    if (value === null) return [];
    const list = new WireReader(Buffer.from(value, 'base64')).message();
    const pairs: string[] = [];
    while (!list.done) {
      expect(list.key()).toBe(0x0a);
      const pair = list.message();
      const fields = new Map<number, string>();
      while (!pair.done) fields.set(pair.key(), toHex(pair.bytes()));
      pairs.push(`${fields.get(0x0a) ?? ''}=${fields.get(0x12) ?? ''}`);
    }
    return pairs;
  }

  const shown = (entries: Iterable<readonly [Uint8Array, Uint8Array]>): string[] =>
    Array.from(entries, ([key, value]) => `${toHex(key)}=${toHex(value)}`);

  const prefixes = STORES.filter(({ kind }) => kind === 'subspace');

  // SDK 0.39 answers /subspace from the newest tree whatever height is asked (store/iavl/store.go Query): all of these
  // answers, also those asked at 193, were given when the chain stood at 290.
  test.each([193, 290])('asked at %i, are those of 290, key for key', (height) => {
    using db = open(fixtureData('terra-columbus4-devnet'));
    const multistore = openMultistore(db);
    const stores = multistore.stores(290).map(({ name }) => name);
    let keys = 0;
    for (const store of stores) {
      const answered = prefixes.filter((asked) => asked.store === store && asked.height === height);
      const found = shown(multistore.tree(store, 290).entries());
      expect(found, store).toEqual(answered.flatMap(({ response }) => pairsOf(response.value)));
      keys += found.length;
    }
    expect([stores.length, keys]).toEqual([16, 441]);
  });

  test('by prefix are what the node answered to that prefix', () => {
    using db = open(fixtureData('terra-columbus4-devnet'));
    const multistore = openMultistore(db);
    for (const { store, data, response } of prefixes) {
      const above = Buffer.from(data);
      above[above.length - 1]!++;
      const found = shown(multistore.tree(store, 290).entries({ gte: data, lt: above }));
      expect(found, `${store} ${toHex(data)}`).toEqual(pairsOf(response.value));
    }
    expect(prefixes.length).toBeGreaterThan(100);
  });

  test('key by key at 192, 193, 289 and 290 are what the node answered, with the same commit info', () => {
    using db = open(fixtureData('terra-columbus4-devnet'));
    const multistore = openMultistore(db);
    const keys = STORES.filter(({ kind }) => kind === 'key');
    for (const { store, data, height, response } of keys) {
      const value = multistore.tree(store, height).get(data);
      expect(value && Buffer.from(value).toString('base64'), `${store} at ${height}`).toBe(
        response.value ?? undefined,
      );
      const op = response.proof?.ops.find(({ type }) => type === 'multistore');
      expect(committedOf(op!.data)).toEqual(
        multistore.commitInfo(height).stores.map(({ name, hash }) => `${name} ${toHex(hash)}`),
      );
    }
    expect([...new Set(keys.map(({ height }) => height))].sort()).toEqual([192, 193, 289, 290]);
  });

  /** MultiStoreProof{StoreInfos f1} of SDK 0.39, amino behind its length. */
  function committedOf(data: string): string[] {
    const outer = new WireReader(Buffer.from(data, 'base64')).message();
    expect(outer.key()).toBe(0x0a);
    const proof = outer.message();
    const stores: string[] = [];
    while (!proof.done) {
      expect(proof.key()).toBe(0x0a);
      const [name, core] = fieldsOf(proof.message());
      const [commitId] = fieldsOf(new WireReader(core!));
      const id = new WireReader(commitId!);
      let hash = '';
      while (!id.done) {
        const key = id.key();
        if (key === 0x12) hash = toHex(id.bytes());
        else id.skip(key);
      }
      stores.push(`${Buffer.from(name!).toString()} ${hash}`);
    }
    return stores.sort();
  }
});

/** The length-delimited fields of a message, in order. */
function fieldsOf(reader: WireReader): Uint8Array[] {
  const fields: Uint8Array[] = [];
  while (!reader.done) {
    reader.key();
    fields.push(reader.bytes());
  }
  return fields;
}

describe('every kept version', () => {
  test.each([
    ['columbus-4', fixtureData('terra-columbus4-devnet'), 16, 290],
    ['columbus-4, killed', fixtureKilled('terra-columbus4-devnet'), 2, 298],
    ['columbus-5', fixtureData('terra-columbus5-devnet'), 25, 306],
    ['columbus-5, killed', fixtureKilled('terra-columbus5-devnet'), 2, 167],
  ])(
    'of %s: the root of each store, made anew from its leaves, is the committed one',
    (_, data, count, latest) => {
      using db = open(data);
      const multistore = openMultistore(db);
      const versions = heightsOf(multistore.keptVersions());
      expect([versions.length, versions.at(-1), multistore.latest]).toEqual([count, latest, latest]);
      expect(multistore.committedVersions()).toEqual([{ from: 1, to: latest }]);
      for (const version of versions) {
        const { trees, leaves } = recompute(multistore, version);
        expect(trees).toBeGreaterThanOrEqual(16);
        expect(leaves).toBeGreaterThan(100);
      }
    },
  );
});

describe('proofs of a node', () => {
  interface Proved {
    readonly store: string;
    readonly key: Uint8Array;
    readonly value: string;
    readonly proof: Uint8Array;
  }

  /** What a node proved at a height: of keys that are there. */
  function provedAt(recording: string, height: string): Proved[] {
    return readJsonLines(recording).flatMap((answer) => {
      const [, store, key] =
        /\/store\/(\w+)\/key%22&data=0x([0-9a-f]+)&prove=true/.exec(answer.request) ?? [];
      if (store === undefined) return [];
      const { result } = answerJson(answer) as QueryAnswer;
      const { response } = result!;
      const op = response.proofOps?.ops.find(({ type }) => type === 'ics23:iavl');
      if (response.height !== height || response.value === null || op === undefined) return [];
      return [
        {
          store,
          key: Buffer.from(key!, 'hex'),
          value: response.value,
          proof: Buffer.from(op.data, 'base64'),
        },
      ];
    });
  }

  function expectEqualProofs(multistore: Multistore, height: number, proved: readonly Proved[]): void {
    expect(proved.length).toBeGreaterThanOrEqual(3);
    for (const { store, key, value, proof } of proved) {
      const tree = multistore.tree(store, height);
      const made = tree.prove(key)!;
      expect(Buffer.from(made.value).toString('base64')).toBe(value);
      expect(toHex(encodeProof(made))).toBe(toHex(proof));
      expect(toHex(rootOfProof(decodeProof(proof)))).toBe(toHex(tree.rootHash!));
    }
  }

  test('of columbus-5 are made byte by byte, and lead to the committed root', () => {
    using db = open(fixtureData('terra-columbus5-devnet'));
    const proved = provedAt(fixture('terra-columbus5-devnet', 'rpc.jsonl.gz'), '305');
    expectEqualProofs(openMultistore(db), 305, proved);
  });

  describe('of iavl 1', () => {
    const name = 'sdk050-comet038-devnet';
    beforeEach(needsRealdata(`../fixtures/${name}`));

    test('are made byte by byte, and lead to the committed root', () => {
      using db = openRecording(name, 'data');
      const proved = provedAt(realdata(`../fixtures/${name}/rpc.jsonl.gz`)!, '401');
      expectEqualProofs(openMultistore(db), 401, proved);
    });
  });
});

describe('ICS 23 vectors of IAVL', () => {
  beforeEach(needsRealdata('ics23'));

  test.each(['left', 'middle', 'right'])('exist_%s leads to its root', (place) => {
    const file = join(realdata('ics23')!, `iavl__exist_${place}.json`);
    const vector = JSON.parse(readFileSync(file, 'utf8')) as Record<
      'key' | 'proof' | 'root' | 'value',
      string
    >;
    const proof = decodeProof(Buffer.from(vector.proof, 'hex'));
    expect(toHex(rootOfProof(proof))).toBe(vector.root);
    expect([toHex(proof.key), toHex(proof.value)]).toEqual([vector.key, vector.value]);
    expect(toHex(encodeProof(proof))).toBe(vector.proof);
  });
});

describe('whole recordings', () => {
  beforeEach(needsRealdata('../fixtures/terra-columbus5-devnet'));

  test.each([
    ['terra-columbus3-devnet', 'data', 424],
    ['terra-columbus4-devnet', 'data', 290],
    ['terra-columbus4-devnet', 'data-killed', 298],
    ['terra-columbus5-devnet', 'data', 306],
    ['terra-columbus5-devnet', 'data-killed', 167],
    ['wasmd-sdk047-devnet', 'data', 320],
    ['sdk050-comet038-devnet', 'data', 402],
    ['sdk050-comet038-devnet', 'data-killed', 165],
    ['terra-classic3-devnet', 'data', 216],
    ['terra-phoenix-devnet', 'data', 203],
    ['wasmd-sdk053-devnet', 'data', 242],
    ['wasmd-sdk053-devnet', 'data-killed', 69],
  ])('%s %s: every version is kept, and roots of 24 of them come out anew', (name, archive, latest) => {
    using db = openRecording(name, archive);
    const multistore = openMultistore(db);
    expect(multistore.keptVersions()).toEqual([{ from: 1, to: latest }]);
    const versions = choose(heightsOf(multistore.keptVersions()), 24);
    expect([versions.length, versions[0], versions.at(-1)]).toEqual([24, 1, latest]);
    for (const version of versions) expect(recompute(multistore, version).trees).toBeGreaterThan(10);
  });
});

describe('leveldb-testblockchain-tm033', () => {
  beforeEach(needsRealdata('leveldb-testblockchain-tm033'));

  test('was pruned: 107 of its 750 versions are kept, each with the committed roots', () => {
    using db = openRecording('leveldb-testblockchain-tm033', 'data');
    const multistore = openMultistore(db);
    expect(multistore.committedVersions()).toEqual([{ from: 1, to: 750 }]);
    const versions = heightsOf(multistore.keptVersions());
    expect([versions.length, ...versions.slice(0, 3)]).toEqual([107, 100, 200, 300]);
    for (const version of versions) expect(recompute(multistore, version).trees).toBe(6);
    expect(() => multistore.tree('acc', 250)).toThrow('nearest to it are 200 and 300');
    // The commit info of a pruned version stays, and with it the app hash.
    expect(appHashOf(multistore.commitInfo(250))).toHaveLength(32);
  });
});

function openRecording(name: string, archive: string): LevelDb {
  const folder = unpackRecording(name, archive)!;
  try {
    return open(folder);
  } catch {
    return open(join(folder, 'data'));
  }
}
