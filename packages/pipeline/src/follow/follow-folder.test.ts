import { sourceAt } from '@baleen/source';
import { openStore, type Store } from '@baleen/store';
import {
  createDatabase,
  describeChain,
  type SlowNode,
  startSlowNode,
  type TestDatabase,
} from '@baleen/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { storeGenesisAndIndexes } from '../store-genesis-and-indexes.ts';
import { indexRanges } from '../walk/index-ranges.ts';
import { openBlocks } from '../walk/open-blocks.ts';
import { type FollowOptions, followChain } from './follow.ts';

const CHAIN = 'baleen-col5-a';
const FIRST = 30;
const LAST = 60;

async function tablesOf({ database }: { database: TestDatabase }): Promise<Map<string, string>> {
  const sums = await database.checksums();
  // What was wanted is not a fact of the chain: it is told when one begins to follow.
  sums.delete('wanted_ranges');
  return sums;
}

async function openedDatabase(): Promise<{ database: TestDatabase; store: Store }> {
  const database = await createDatabase();
  return { database, store: await openStore(database.url) };
}

describe("following a running node's folder", () => {
  let node: SlowNode;
  let opened: Awaited<ReturnType<typeof openedDatabase>>[];
  beforeEach(async () => {
    node = await startSlowNode('terra-columbus5-devnet', FIRST);
    opened = [await openedDatabase(), await openedDatabase()];
  });
  afterEach(async () => {
    for (const { database, store } of opened) {
      await store.close();
      await database.drop();
    }
  });

  function follow(store: Store, signal: AbortSignal, lines: string[]): ReturnType<typeof followChain> {
    const prepare: FollowOptions['prepare'] = ({ info }, wanted) =>
      store.prepareChain(describeChain(CHAIN, { source: { from: info.base, to: info.head }, wanted }));
    return followChain({
      sources: [{ ref: sourceAt(node.path) }],
      limits: {},
      ...{ store, chainId: CHAIN, from: undefined, backfill: 'newest-first', signal, prepare },
      say: (line) => lines.push(line),
      onProgress: () => undefined,
    });
  }

  async function untilThere(store: Store, height: number, ended: Promise<unknown>): Promise<void> {
    const client = new pg.Client({ connectionString: opened[0]!.database.url });
    await client.connect();
    await client.query('listen baleen');
    const all = { from: 1, to: height };
    const isThere = async (): Promise<boolean> =>
      (await store.missing(CHAIN, all, ['blocks', 'results'])).length === 0;
    try {
      while (!(await isThere()))
        await Promise.race([new Promise((resolve) => client.once('notification', resolve)), ended]);
    } finally {
      await client.end();
    }
  }

  async function indexAll({ store }: { store: Store }): Promise<void> {
    const ranges = [{ from: 1, to: LAST }];
    using source = await openBlocks(sourceAt(node.path));
    await store.prepareChain(describeChain(CHAIN, { source: ranges[0]!, wanted: ranges[0]! }));
    await indexRanges({ source, store, chainId: CHAIN, ranges });
    await storeGenesisAndIndexes(source, store, { wroteBlocks: true, signal: new AbortController().signal });
  }

  test('leaves the tables that indexing leaves, block after block, over a restart of the node', async () => {
    const [followed, indexed] = opened as [(typeof opened)[0], (typeof opened)[0]];
    const stop = new AbortController();
    const lines: string[] = [];
    const ended = follow(followed.store, stop.signal, lines);
    for (let height = FIRST + 1; height <= LAST; height++) {
      await node.block(height);
      await node.results(height);
      if (height === FIRST + 12) {
        await node.stop();
        await node.start();
      }
    }
    await untilThere(followed.store, LAST, ended);
    stop.abort();
    expect(await ended).toMatchObject({ ended: 'stopped', progress: { heights: LAST } });
    expect(lines).toEqual([]);
    await node.stop();
    await indexAll(indexed);
    expect(await tablesOf(followed)).toEqual(await tablesOf(indexed));
  });

  test('leaves the tables that indexing leaves when the node goes on as CometBFT 0.38', async () => {
    const [followed, indexed] = opened as [(typeof opened)[0], (typeof opened)[0]];
    const stop = new AbortController();
    const lines: string[] = [];
    const ended = follow(followed.store, stop.signal, lines);
    const upgrade = FIRST + 8;
    for (let height = FIRST + 1; height <= LAST; height++) {
      if (height === upgrade) {
        await untilThere(followed.store, upgrade - 1, ended);
        await node.stop();
        await node.start();
      }
      await node.block(height);
      await (height < upgrade ? node.results(height) : node.resultsOf038(height));
    }
    await untilThere(followed.store, LAST, ended);
    stop.abort();
    expect(await ended).toMatchObject({ ended: 'stopped' });
    await node.stop();
    await indexAll(indexed);
    expect(await tablesOf(followed)).toEqual(await tablesOf(indexed));
  });
});
