import type { Block } from '@baleen/chain';
import { buildBlocks, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { contents } from './contents.fixture.ts';
import { encodeBlocks } from './encode.ts';

const blocks = buildBlocks({ count: 30 });
const between = (from: number, to: number): Block[] => blocks.slice(from - 1, to);
const batch = (from: number, to: number) => encodeBlocks(between(from, to));

/** The block of a height with results that the next header refutes. */
function withFalseResults(height: number): Block {
  const block = blocks[height - 1]!;
  const lie = { ...block.txs[0]!.result!, code: 7, log: 'a lie' };
  return {
    ...block,
    txs: block.txs.map((tx, index) => (index === 0 ? { ...tx, result: lie } : tx)),
    results: { ...block.results!, hash: new Uint8Array(32).fill(height) },
  };
}

describe('write at the head', () => {
  let database: TestDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(describeChain());
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  it('replaces results that nothing proved, with the block that refutes them', async () => {
    await store.write(batch(1, 12));
    const undisturbed = await contents(store);
    const other = await createDatabase();
    const second = await openStore(other.url);
    await second.prepareChain(describeChain());
    await second.write(batch(1, 10));
    await second.writeHead(encodeBlocks([withFalseResults(11)]));
    expect(await second.query("select height::int from baleen.txs where log = 'a lie'")).toEqual([
      { height: 11 },
    ]);
    await expect(second.writeHead(batch(12, 12))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[BaleenError: write block 12 of test-1: by its header the results of 11 have the hash bf01f4a8eac0, those stored have 0b0b0b0b0b0b: one of them is false; nothing written, ask for both blocks again]`,
    );
    expect(await second.writeHead(batch(11, 12))).toBe('written');
    expect(await contents(second)).toEqual(undisturbed);
    await second.close();
    await other.drop();
  });

  it('fills in the results of a block that came without, together with the next one', async () => {
    await store.write(batch(1, 10));
    await store.writeHead(encodeBlocks([{ ...blocks[10]!, results: undefined }]));
    expect(await store.writeHead(batch(11, 12))).toBe('written');
    expect(await store.missing('test-1', { from: 1, to: 12 }, ['blocks', 'results'])).toEqual([]);
  });

  it('replaces at the end of any range, and joins the one above', async () => {
    await store.write(batch(1, 9));
    await store.writeHead(encodeBlocks([withFalseResults(10)]));
    await store.write(batch(21, 30));
    expect(await store.writeHead(batch(10, 20))).toBe('written');
    const joined = await contents(store);
    const other = await createDatabase();
    const second = await openStore(other.url);
    await second.prepareChain(describeChain());
    await second.write(batch(1, 30));
    expect(joined).toEqual(await contents(second));
    await second.close();
    await other.drop();
  });

  it('never replaces what a stored block proves, another block, or results by none', async () => {
    await store.write(batch(1, 11));
    const before = await contents(store);
    await expect(store.writeHead(batch(10, 12))).rejects.toMatchObject({ code: 'STORE_OVERLAP' });
    await expect(store.writeHead(encodeBlocks([withFalseResults(11)]))).rejects.toMatchObject({
      code: 'STORE_OTHER_BLOCK',
    });
    const fork = buildBlocks({ count: 12, fork: 'x' });
    await expect(store.writeHead(encodeBlocks(fork.slice(10)))).rejects.toMatchObject({
      code: 'STORE_OTHER_BLOCK',
    });
    const bare = between(11, 12).map((block) => ({ ...block, results: undefined }));
    await expect(store.writeHead(encodeBlocks(bare))).rejects.toMatchObject({ code: 'STORE_OVERLAP' });
    await expect(store.write(batch(11, 12))).rejects.toMatchObject({ code: 'STORE_OVERLAP' });
    expect(await contents(store)).toEqual(before);
  });

  it('ends equal when two followers write the same blocks, cut differently', async () => {
    const second = await openStore(database.url);
    await store.write(batch(1, 10));
    await Promise.allSettled([
      store.writeHead(batch(11, 13)),
      second.writeHead(batch(11, 11)).then(() => second.writeHead(batch(12, 14))),
    ]);
    await second.close();
    const [missing] = await store.missing('test-1', { from: 11, to: 20 }, ['blocks', 'results']);
    expect(await store.writeHead(batch(missing!.from, 20))).toBe('written');
    expect(
      await store.query(
        'select count(*)::int as n, count(distinct height)::int as heights from baleen.blocks',
      ),
    ).toEqual([{ n: 20, heights: 20 }]);
  });

  it('begins a leaf with all its indexes, where loading begins it with what correctness needs', async () => {
    await store.query('update baleen_store.chains set leaf_heights = 16');
    await store.write(batch(1, 10));
    const loaded = (await store.status())[0]!.missingIndexes;
    expect(loaded.length).toBeGreaterThan(0);
    await store.finish('test-1');
    await store.writeHead(batch(11, 20));
    expect((await store.status())[0]!.missingIndexes).toEqual([]);
    expect(
      await store.query("select leaf from baleen_store.leaves where table_name = 'events' order by leaf"),
    ).toHaveLength(2);
  });
});
