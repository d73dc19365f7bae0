import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { BaleenError, type BlockRange } from '@baleen/chain';
import { type SourceInfo, sourceAt } from '@baleen/source';
import { openStore, type Store } from '@baleen/store';
import {
  createDatabase,
  describeChain,
  fixtureData,
  type TestDatabase,
  temporaryFolder,
  writeLevelDb,
} from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indexRanges } from './index-ranges.ts';
import { openBlocks } from './open-blocks.ts';

const path = fixtureData('terra-columbus4-devnet');
const chainId = 'devnet-col4-a';

describe('indexing a range', () => {
  let database: TestDatabase;
  let store: Store;
  let known: SourceInfo;
  beforeAll(async () => {
    using source = await openBlocks(sourceAt(path));
    known = source.info;
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(
      describeChain(chainId, { source: { from: 1, to: 290 }, wanted: { from: 1, to: 290 } }),
    );
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  const index = (
    ranges: readonly BlockRange[],
    { folder = path, ...more }: { folder?: string; workers?: number; signal?: AbortSignal } = {},
  ) => indexRanges({ source: { ref: sourceAt(folder), info: known }, chainId, store, ranges, ...more });

  test('two walks over the same heights, cut differently, write each height once', async () => {
    const ranges = [{ from: 1, to: 120 }];
    await Promise.all([index(ranges, { workers: 1 }), index(ranges, { workers: 3 })]);
    expect(
      await store.query(
        'select count(*)::int as n, min(height)::int as low, max(height)::int as high from baleen.blocks',
      ),
    ).toEqual([{ n: 120, low: 1, high: 120 }]);
  });

  test('a stopped walk keeps whole batches and says that it was interrupted', async () => {
    const report = await index([{ from: 121, to: 200 }], { signal: AbortSignal.abort() });
    expect(report.interrupted).toBe(true);
    expect(await store.missing(chainId, { from: 1, to: 200 }, ['blocks'])).toEqual([{ from: 121, to: 200 }]);
  });

  test('a folder that is gone when a thread opens it is told as what it is', async () => {
    const gone = join(temporaryFolder('gone'), 'data');
    const failure = await index([{ from: 121, to: 200 }], { folder: gone }).catch((error: unknown) => error);
    // Not only alike: callers tell errors apart by their class, which a thread's own error event drops.
    expect(failure).toBeInstanceOf(BaleenError);
    expect(failure).toMatchObject({
      ...{ kind: 'operator', code: 'SOURCE_NOT_FOUND' },
      message: expect.stringContaining(gone),
    });
  });

  test('a thread that ends without an error, as out of memory ends it, ends the walk with one', async () => {
    process.once('worker', (thread) => void thread.terminate());
    await expect(index([{ from: 121, to: 200 }], { workers: 1 })).rejects.toThrow(
      /a thread of the walk ended with \d/,
    );
    expect(await store.missing(chainId, { from: 121, to: 200 }, ['blocks'])).toEqual([
      { from: 121, to: 200 },
    ]);
  });

  test('a block that cannot be read is named in failed_ranges; all others are written; a sound copy mends it', async () => {
    const broken = join(temporaryFolder('broken'), 'data');
    cpSync(path, broken, { recursive: true });
    const height = 200;
    await writeLevelDb(join(broken, 'blockstore.db'), [
      [`P:${height}:0`, new Uint8Array([0x12, 0x02, 1, 2])],
    ]);
    const { faults } = await index([{ from: 121, to: 290 }], { folder: broken, workers: 1 });
    expect(faults.map(({ message }) => message)).toEqual([expect.stringMatching(/block 200/)]);
    expect(await store.query('select from_height::int as height from baleen.failed_ranges')).toEqual([
      { height },
    ]);
    expect(await store.missing(chainId, { from: 121, to: 290 }, ['blocks'])).toEqual([
      { from: height, to: height },
    ]);
    await index(await store.missing(chainId, { from: 1, to: 290 }, ['blocks']));
    expect(await store.query('select * from baleen.failed_ranges')).toEqual([]);
    expect(await store.missing(chainId, { from: 1, to: 290 }, ['blocks', 'results'])).toEqual([]);
  });
});
