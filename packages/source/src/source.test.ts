import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { BlockRange, RawLevelDbBlock } from '@baleen/chain';
import { WireWriter } from '@baleen/codec';
import { openLevelDb } from '@baleen/leveldb';
import {
  answerJson,
  cutLastLogRecord,
  type FixtureName,
  fixture,
  fixtureData,
  fixtureKilled,
  type RecordedAnswer,
  readJsonLines,
  temporaryFolder,
  unpackRecording,
  writeLevelDb,
} from '@baleen/testing';
import { describe, expect, test } from 'vitest';
import { openSource } from './open-source.ts';
import type { FileSource } from './source.ts';
import type { SourceOptions } from './source-options.ts';

const COLUMBUS_4 = fixtureData('terra-columbus4-devnet');
const COLUMBUS_5 = fixtureData('terra-columbus5-devnet');

const openFolder = (path: string, options?: SourceOptions): Promise<FileSource> =>
  openSource({ kind: 'leveldb', path }, options);

async function readAll(
  source: FileSource,
  range: BlockRange = { from: source.info.base, to: source.info.head },
): Promise<RawLevelDbBlock[]> {
  const blocks: RawLevelDbBlock[] = [];
  for await (const block of source.read(range)) blocks.push(block);
  return blocks;
}

type Edit = (entries: Map<string, Uint8Array>) => void;

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** A fixture's databases with some keys changed, written anew by another LevelDB. */
async function edited(data: string, edits: { blockstore?: Edit; state?: Edit | 'none' }): Promise<string> {
  const folder = temporaryFolder('source');
  for (const [name, edit] of [
    ['blockstore.db', edits.blockstore],
    ['state.db', edits.state],
  ] as const) {
    if (edit === 'none') continue;
    if (edit === undefined) {
      cpSync(join(data, name), join(folder, name), { recursive: true });
      continue;
    }
    using db = openLevelDb(join(data, name));
    const entries = new Map(
      [...db.entries()].map(([key, value]) => [Buffer.from(key).toString('latin1'), value.slice()]),
    );
    edit(entries);
    await writeLevelDb(join(folder, name), entries);
  }
  return folder;
}

const without =
  (pattern: RegExp): Edit =>
  (entries) => {
    for (const key of [...entries.keys()]) if (pattern.test(key)) entries.delete(key);
  };

const rpcAnswer = (answers: readonly RecordedAnswer[], request: RegExp) =>
  answerJson(answers.find((answer) => request.test(answer.request))!) as {
    result: { block_id: { hash: string }; validators: { address: string }[] };
  };

describe('openSource', () => {
  test.each<[string, string, string, number, string]>([
    ['columbus-4', COLUMBUS_4, 'devnet-col4-a', 290, '0.33.9'],
    ['columbus-4, killed', fixtureKilled('terra-columbus4-devnet'), 'devnet-col4-a', 298, '0.33.9'],
    ['columbus-5', COLUMBUS_5, 'baleen-col5-a', 306, '0.34.14'],
    ['columbus-5, killed', fixtureKilled('terra-columbus5-devnet'), 'baleen-col5-a', 167, '0.34.14'],
  ])('describes %s', async (_, path, chainId, head, software) => {
    using source = await openFolder(path);
    expect(source.info).toMatchObject({
      path,
      chainId,
      software,
      era: `tendermint-${software.slice(0, 4)}`,
      databases: ['application.db', 'blockstore.db', 'state.db'],
      initialHeight: 1,
      base: 1,
      head,
      resultsBase: 1,
      resultsHead: head,
      stateHeight: head,
      genesis: { kind: 'file', path: join(path, 'genesis.json') },
      bech32Prefix: 'terra',
      live: false,
      notes: [],
    });
    expect(source.info.estimatedBytes).toBeGreaterThan(1e6);
  });

  test('finds the databases from a home, its data folder, blockstore.db and leveldb:PATH', async () => {
    const home = temporaryFolder('home');
    mkdirSync(join(home, 'config'));
    cpSync(COLUMBUS_5, join(home, 'data'), { recursive: true });
    rmSync(join(home, 'data/genesis.json'));
    cpSync(join(COLUMBUS_5, 'genesis.json'), join(home, 'config/genesis.json'));
    for (const path of [home, join(home, 'data'), join(home, 'data/blockstore.db'), `leveldb:${home}`]) {
      using source = await openFolder(path);
      expect(source.info.path).toBe(join(home, 'data'));
      expect(source.info.genesis).toEqual({ kind: 'file', path: join(home, 'config/genesis.json') });
    }
  });

  test.each([
    ['/nowhere/at/all', 'SOURCE_NOT_FOUND', /expected a node's home, .* found no such path$/],
    ['tcp://localhost:26657', 'SOURCE_KIND_UNSUPPORTED', /found a URL/],
  ])('refuses %s as wrong use', async (path, code, message) => {
    await expect(openFolder(path)).rejects.toMatchObject({
      kind: 'operator',
      code,
      message: expect.stringMatching(message),
    });
  });

  test("says of a file whose name is no archive's that it is a file, and which endings archives have", async () => {
    const path = join(temporaryFolder('file'), 'noext');
    writeFileSync(path, Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd));
    await expect(openFolder(path)).rejects.toMatchObject({
      kind: 'operator',
      code: 'SOURCE_NOT_FOUND',
      message: `open source ${path}: expected a node's folder or a snapshot archive, whose name ends in .tar, .tar.gz, .tgz, .tar.lz4, .tar.zst or .tar.zstd, found a file with another name; if it is such an archive, rename it`,
    });
  });

  test.each([
    ['rocksdb', 'OPTIONS-000005'],
    ['rocksdb', 'IDENTITY'],
    ['badgerdb', '000001.vlog'],
  ])('names the backend %s that it cannot read', async (backend, file) => {
    const folder = temporaryFolder('backend');
    mkdirSync(join(folder, 'blockstore.db'));
    writeFileSync(join(folder, 'blockstore.db', file), '');
    await expect(openFolder(folder)).rejects.toMatchObject({
      kind: 'operator',
      code: 'SOURCE_BACKEND_UNSUPPORTED',
      message: expect.stringContaining(`found ${backend};`),
    });
  });

  test('names boltdb, whose database is one file', async () => {
    const folder = temporaryFolder('backend');
    const page = Buffer.alloc(4096);
    page.writeUInt32LE(0xed0cdaed, 16);
    writeFileSync(join(folder, 'blockstore.db'), page);
    await expect(openFolder(folder)).rejects.toThrow(/found boltdb;/);
  });

  test('says that a database without blocks is empty', async () => {
    const folder = temporaryFolder('empty');
    await writeLevelDb(join(folder, 'blockstore.db'), [['other', 'x']]);
    await expect(openFolder(folder)).rejects.toMatchObject({
      kind: 'operator',
      code: 'SOURCE_EMPTY',
    });
  });

  test('refuses a state.db of another chain', async () => {
    const folder = await edited(COLUMBUS_4, {});
    rmSync(join(folder, 'state.db'), { recursive: true });
    cpSync(join(COLUMBUS_5, 'state.db'), join(folder, 'state.db'), { recursive: true });
    await expect(openFolder(folder)).rejects.toMatchObject({
      kind: 'data',
      code: 'SOURCE_CHAIN_MISMATCH',
    });
  });
});

describe('eras', () => {
  test('Tendermint 0.32 is read: its store has no base, and begins at 1', async () => {
    const folder = unpackRecording('terra-columbus3-devnet');
    if (folder === undefined) return console.warn('skipped: no recording terra-columbus3-devnet');
    using source = await openFolder(folder);
    expect(source.info).toMatchObject({
      chainId: 'devnet-col3-a',
      era: 'tendermint-0.32',
      software: '0.32.13',
      base: 1,
      head: 424,
      bech32Prefix: 'terra',
    });
  });

  test('CometBFT 0.37 stores what 0.34 does, and is read with a note', async () => {
    const folder = unpackRecording('wasmd-sdk047-devnet');
    if (folder === undefined) return console.warn('skipped: no recording wasmd-sdk047-devnet');
    using source = await openFolder(folder);
    expect(source.info).toMatchObject({
      era: 'tendermint-0.34',
      software: '0.37.2',
      head: 320,
      bech32Prefix: 'wasm',
    });
    expect(source.info.notes).toEqual([expect.stringContaining('begun by CometBFT 0.37.2')]);
  });

  test('the key layout v2 of CometBFT 1.x is refused by name', async () => {
    const folder = await edited(COLUMBUS_5, {
      blockstore: (entries) => entries.set('version', bytesOf('v2')),
    });
    await expect(openFolder(folder)).rejects.toThrow(/CometBFT 1\.x \(key layout 'v2'\)/);
  });
});

describe('the consensus era is told', () => {
  test('of CometBFT 0.38 by its vote extensions where there is no state.db', async () => {
    const folder = await edited(COLUMBUS_5, {
      blockstore: (entries) => entries.set('EC:306', bytesOf('x')),
      state: 'none',
    });
    using source = await openFolder(folder);
    expect(source.info.era).toBe('cometbft-0.38');
  });

  test.each([
    [
      'the layout of its keys',
      { blockstore: (entries: Map<string, Uint8Array>) => entries.set('version', bytesOf('v1')) },
    ],
    [
      'a hash in place of the genesis',
      { state: (entries: Map<string, Uint8Array>) => entries.set('genesisDocHash', bytesOf('x')) },
    ],
  ])('of CometBFT 1.x by %s', async (_, edit) => {
    using source = await openFolder(await edited(COLUMBUS_5, edit));
    expect(source.info.era).toBe('cometbft-1');
  });

  test.each([
    ['sdk050-comet038-devnet', 'cometbft-0.38', '0.38.11', 402],
    ['wasmd-sdk053-devnet', 'cometbft-0.38', '0.38.19', 242],
  ])('of %s', async (name, era, software, head) => {
    const folder = unpackRecording(name);
    if (folder === undefined) return console.warn(`skipped: no recording ${name}`);
    using source = await openFolder(folder);
    expect(source.info).toMatchObject({ era, software, head, resultsBase: 1, resultsHead: head });
  });
});

describe('what the databases lost of what the node wrote last', () => {
  const copied = async (): Promise<string> => {
    const folder = temporaryFolder('lost');
    cpSync(COLUMBUS_5, folder, { recursive: true });
    return folder;
  };
  const LOG = '000006.log';

  test('nothing, where the node was stopped or killed', async () => {
    for (const path of [COLUMBUS_4, COLUMBUS_5, fixtureKilled('terra-columbus5-devnet')]) {
      using source = await openFolder(path);
      expect(source.info.losses).toEqual([]);
    }
  });

  test.each([
    ['is gone', (log: string) => rmSync(log), 'is not there'],
    ['was emptied', (log: string) => truncateSync(log), 'is empty'],
  ])('blocks, where the log of blockstore.db %s', async (_what, lose, how) => {
    const folder = await copied();
    lose(join(folder, 'blockstore.db', LOG));
    using source = await openFolder(folder);
    const { head, losses, notes } = source.info;
    expect(head).toBeLessThan(306);
    expect(losses).toEqual([
      expect.stringMatching(
        new RegExp(`^blocks end at \\d+, state.db is at 306, its log ${LOG} ${how}: .* lost; index another`),
      ),
    ]);
    expect(notes).toContain(losses[0]);
  });

  test.each([
    ['is gone', (log: string) => rmSync(log), 'is not there'],
    ['was emptied', (log: string) => truncateSync(log), 'is empty'],
  ])('states and results, where the log of state.db %s', async (_what, lose, how) => {
    const folder = await copied();
    lose(join(folder, 'state.db', LOG));
    using source = await openFolder(folder);
    expect(source.info.losses).toEqual([
      expect.stringMatching(
        new RegExp(`^state.db is at \\d+, blocks end at 306, its log ${LOG} ${how}: .* lost; index another`),
      ),
    ]);
  });

  test('CURRENT, where a node was stopped while it replaced it: the next step is named', async () => {
    const folder = await copied();
    rmSync(join(folder, 'blockstore.db/CURRENT.bak'));
    renameSync(join(folder, 'blockstore.db/CURRENT'), join(folder, 'blockstore.db/CURRENT.7'));
    await expect(openFolder(folder)).rejects.toMatchObject({
      kind: 'operator',
      code: 'LEVELDB_MISSING',
      message: expect.stringMatching(
        /found only CURRENT\.7, .*in a copy of the folder copy CURRENT\.7 to CURRENT$/,
      ),
    });
  });
});

describe('read', () => {
  test.each<[FixtureName, string]>([
    ['terra-columbus4-devnet', COLUMBUS_4],
    ['terra-columbus5-devnet', COLUMBUS_5],
  ])('yields every height of %s once, in order, as its RPC names them', async (name, path) => {
    using source = await openFolder(path);
    const blocks = await readAll(source);
    expect(blocks.map((block) => block.height)).toEqual(
      Array.from({ length: source.info.head }, (_, index) => index + 1),
    );
    const answers = readJsonLines(fixture(name, 'rpc.jsonl.gz'));
    for (const block of blocks) {
      const { block_id } = rpcAnswer(answers, new RegExp(`^/block\\?height=${block.height}$`)).result;
      // BlockMeta{BlockID f1{Hash f1}}
      expect(Buffer.from(block.meta.subarray(4, 36)).toString('hex').toUpperCase()).toBe(block_id.hash);
      expect(block.results!.length).toBeGreaterThan(0);
    }
  });

  test.each<[FixtureName, string]>([
    ['terra-columbus4-devnet', COLUMBUS_4],
    ['terra-columbus5-devnet', COLUMBUS_5],
  ])('follows the pointers of %s to the set that votes on each block', async (name, path) => {
    using source = await openFolder(path);
    const answers = readJsonLines(fixture(name, 'rpc.jsonl.gz')).filter((answer) =>
      answer.request.startsWith('/validators'),
    );
    let sets = 0;
    for (const block of await readAll(source)) {
      const { validators } = rpcAnswer(answers, new RegExp(`height=${block.height}(&|$)`)).result;
      const stored = Buffer.from(block.validators!);
      for (const { address } of validators) expect(stored.includes(Buffer.from(address, 'hex'))).toBe(true);
      sets++;
    }
    expect(sets).toBe(source.info.head);
  });

  test('yields the same object while validators and params do not change', async () => {
    using source = await openFolder(COLUMBUS_4);
    const blocks = await readAll(source);
    expect(new Set(blocks.map((block) => block.validators)).size).toBe(43);
    expect(new Set(blocks.map((block) => block.consensusParams)).size).toBe(1);
    using columbus5 = await openFolder(COLUMBUS_5);
    // Its application answers every block with the same params, which the node stores each time.
    expect(new Set((await readAll(columbus5)).map((block) => block.consensusParams)).size).toBe(1);
  });

  test('agrees on the heights that a killed node had stored', async () => {
    using clean = await openFolder(COLUMBUS_5);
    using killed = await openFolder(fixtureKilled('terra-columbus5-devnet'));
    const range = { from: 1, to: 167 };
    expect(await readAll(killed, range)).toEqual(await readAll(clean, range));
  });

  test('never takes what this node has seen of a commit (SC:) for the commit', async () => {
    const folder = await edited(COLUMBUS_4, {
      blockstore: (entries) => {
        for (const key of entries.keys())
          if (key.startsWith('SC:')) entries.set(key, bytesOf('not the commit'));
      },
    });
    using original = await openFolder(COLUMBUS_4);
    using other = await openFolder(folder, { known: original.info });
    expect(await readAll(other)).toEqual(await readAll(original));
  });

  test('refuses heights that are not there', async () => {
    using source = await openFolder(COLUMBUS_4);
    await expect(readAll(source, { from: 280, to: 291 })).rejects.toMatchObject({
      kind: 'operator',
      code: 'SOURCE_OUT_OF_RANGE',
      message: expect.stringContaining('expected heights within 1..290'),
    });
  });

  test.each([
    [/^H:100$/, 'read block 100: read .*: expected key H:100 \\(BlockMeta\\), found none'],
    [/^P:100:0$/, 'read block 100: read .*: expected key P:100:0 \\(part 0 of 1\\), found none'],
  ])('names the missing key %s', async (key, message) => {
    using source = await openFolder(await edited(COLUMBUS_4, { blockstore: without(key) }));
    await expect(readAll(source, { from: 90, to: 110 })).rejects.toMatchObject({
      kind: 'data',
      code: 'SOURCE_MISSING',
      message: expect.stringMatching(new RegExp(message)),
    });
    expect(await readAll(source, { from: 101, to: 110 })).toHaveLength(10);
  });

  test('stops with SOURCE_DISCONTINUITY when a parent hash does not match', async () => {
    const folder = await edited(COLUMBUS_4, {
      blockstore: (entries) => {
        const meta = entries.get('H:50')!;
        meta[4] = meta[4]! ^ 1;
      },
    });
    using source = await openFolder(folder);
    await expect(readAll(source, { from: 40, to: 60 })).rejects.toMatchObject({
      kind: 'data',
      code: 'SOURCE_DISCONTINUITY',
      message: expect.stringMatching(
        /^read block 51 of .*: expected parent hash [0-9a-f]{64}, found [0-9a-f]{64};/,
      ),
    });
  });

  test('stops when it is told to', async () => {
    using source = await openFolder(COLUMBUS_4);
    const controller = new AbortController();
    const heights: number[] = [];
    const read = async () => {
      for await (const { height } of source.read({ from: 1, to: 290 }, controller.signal)) {
        heights.push(height);
        if (height === 3) controller.abort();
      }
    };
    await expect(read()).rejects.toThrow(/abort/);
    expect(heights).toEqual([1, 2, 3]);
  });

  test('names the file of a corrupt table', async () => {
    const folder = temporaryFolder('corrupt');
    cpSync(COLUMBUS_5, folder, { recursive: true });
    for (const table of globSync(join(folder, 'blockstore.db/*.ldb'))) {
      const bytes = readFileSync(table);
      for (let at = 1000; at < bytes.length; at += 4000) bytes[at] = bytes[at]! ^ 0xff;
      writeFileSync(table, bytes);
    }
    const read = async () => {
      using source = await openFolder(folder);
      await readAll(source);
    };
    await expect(read()).rejects.toMatchObject({
      kind: 'data',
      code: 'LEVELDB_CORRUPT',
      message: expect.stringMatching(/blockstore\.db\/\d+\.ldb/),
    });
  });
});

describe('what a node may lack', () => {
  test('without state.db there are blocks alone', async () => {
    using source = await openFolder(await edited(COLUMBUS_4, { state: 'none' }));
    expect(source.info).toMatchObject({
      head: 290,
      resultsBase: undefined,
      stateHeight: undefined,
      genesis: undefined,
    });
    expect(source.info.notes).toEqual([
      'no state.db: no results, validator sets and consensus params',
      'no genesis document',
    ]);
    expect(source.genesis()).toBeUndefined();
    const [block] = await readAll(source, { from: 100, to: 100 });
    expect(block).toMatchObject({ results: undefined, validators: undefined, consensusParams: undefined });
  });

  test('a state that lost its last write is one block behind', async () => {
    const folder = await edited(COLUMBUS_4, {});
    const [log] = globSync(join(folder, 'state.db/*.log'));
    cutLastLogRecord(log!);
    using source = await openFolder(folder);
    expect(source.info).toMatchObject({ head: 290, stateHeight: 289, resultsHead: 290 });
    expect(source.info.notes).toContainEqual(
      expect.stringMatching(/^the state is at 289, the block store is ahead by 1/),
    );
    expect(await readAll(source)).toHaveLength(290);
  });

  test('a meta without its parts at the head is no block yet', async () => {
    using source = await openFolder(await edited(COLUMBUS_4, { blockstore: without(/^P:290:/) }));
    expect(source.info.head).toBe(289);
    expect(source.info.notes[0]).toBe(
      'block 290 is not whole (the node was stopped while it wrote it): the head is 289',
    );
    expect(await readAll(source)).toHaveLength(289);
  });

  test('a pruned node begins at its base', async () => {
    const pruned = (key: string): boolean => Number(/:(\d+)/.exec(key)?.[1] ?? 1000) < 200;
    const folder = await edited(COLUMBUS_5, {
      blockstore: (entries) => {
        for (const key of [...entries.keys()])
          if (/^(H|P|C|SC):/.test(key) && pruned(key)) entries.delete(key);
        entries.set('blockStore', new WireWriter().varint(1, 200).varint(2, 306).finish());
      },
      state: (entries) => {
        for (const key of [...entries.keys()])
          if (key.startsWith('abciResponsesKey') && pruned(key)) entries.delete(key);
      },
    });
    using source = await openFolder(folder);
    expect(source.info).toMatchObject({ base: 200, resultsBase: 200, resultsHead: 306 });
    expect(source.info.notes[0]).toBe(
      'blocks below 200 are not there: pruned, or the node began at a snapshot',
    );
    expect((await readAll(source)).map((block) => block.height)[0]).toBe(200);
  });

  test.each([
    ['above 150', (height: number) => height > 150, [1, 150]],
    ['below 150', (height: number) => height < 150, [150, 306]],
    ['everywhere', () => true, [undefined, undefined]],
  ])('results discarded %s are undefined', async (_, isGone, [from, to]) => {
    const folder = await edited(COLUMBUS_5, {
      state: (entries) => {
        for (const key of [...entries.keys()])
          if (key.startsWith('abciResponsesKey') && isGone(Number(key.split(':')[1]))) entries.delete(key);
      },
    });
    using source = await openFolder(folder);
    expect(source.info).toMatchObject({ resultsBase: from, resultsHead: to });
    for (const block of await readAll(source)) expect(block.results === undefined).toBe(isGone(block.height));
  });

  test('the last results are there even where all others are discarded', async () => {
    let last: Uint8Array | undefined;
    const folder = await edited(COLUMBUS_5, {
      state: (entries) => {
        last = entries.get('abciResponsesKey:306')!;
        without(/^abciResponsesKey/)(entries);
        entries.set('lastABCIResponseKey', new WireWriter().message(1, last).varint(2, 306).finish());
      },
    });
    using source = await openFolder(folder);
    expect(source.info).toMatchObject({ resultsBase: 306, resultsHead: 306 });
    const blocks = await readAll(source, { from: 305, to: 306 });
    expect(blocks[0]!.results).toBeUndefined();
    expect(Buffer.from(blocks[1]!.results!).equals(last!)).toBe(true);
  });
});

describe('the directory', () => {
  test.each([
    COLUMBUS_4,
    fixtureKilled('terra-columbus4-devnet'),
    COLUMBUS_5,
    fixtureKilled('terra-columbus5-devnet'),
  ])('is the same to the byte and to the time after reading: %s', async (path) => {
    const before = fingerprint(path);
    const source = await openFolder(path);
    await readAll(source);
    await source.genesis()!.summary();
    source.close();
    expect(fingerprint(path)).toEqual(before);
  });
});

function fingerprint(folder: string): string[] {
  const names = ['', ...(readdirSync(folder, { recursive: true }) as string[])].sort();
  return names.map((name) => {
    const path = join(folder, name);
    const { mtimeMs, ctimeMs, size } = statSync(path);
    const content =
      existsSync(path) && statSync(path).isFile()
        ? createHash('sha256').update(readFileSync(path)).digest('hex')
        : '';
    return `${name} ${mtimeMs} ${ctimeMs} ${size} ${content}`;
  });
}
