/** What holds for all threads that read one node together. */
import { type EndpointHealth, openSource, type SourceInfo } from '@baleen/source';
import { openStore, type Store } from '@baleen/store';
import {
  createDatabase,
  describeChain,
  fixture,
  type ReplayServer,
  replayRpc,
  type TestDatabase,
} from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indexRanges, openEncoders } from './index-source.ts';

const chainId = 'baleen-col5-a';
const THREADS = 3;

describe('three threads that read one node', () => {
  let database: TestDatabase;
  let store: Store;
  let node: ReplayServer;
  let known: SourceInfo;
  beforeAll(async () => {
    node = await replayRpc([fixture('terra-columbus5-devnet', 'rpc.jsonl.gz')]);
    using source = await openSource(node.url);
    known = source.info;
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(
      describeChain(chainId, { source: { from: 1, to: 306 }, wanted: { from: 1, to: 306 } }),
    );
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
    await node.close();
  });

  test('ask as many requests at once as one would, and each walk is told of its own', async () => {
    const paths = [node.url];
    const encoders = openEncoders({ paths, known, workers: THREADS });
    const toldOf = async (from: number, to: number): Promise<EndpointHealth> => {
      let last: EndpointHealth | undefined;
      await indexRanges({
        ...{ paths, known, store, chainId, encoders, workers: THREADS, ranges: [{ from, to }] },
        onEndpoints: ([endpoint]) => void (last = endpoint),
      });
      return last!;
    };
    const before = node.routes.length;
    const first = await toldOf(1, 250);
    const between = node.routes.length;
    const second = await toldOf(251, 306);
    await encoders.close();
    expect(node.mostAtOnce).toBeLessThanOrEqual(4);
    expect(first.requests).toBe(between - before);
    expect(second.requests).toBe(node.routes.length - between);
    expect(await store.missing(chainId, { from: 1, to: 306 }, ['blocks', 'results'])).toEqual([]);
  });

  test('ask for no results twice, and for a block twice only where one range ends and another begins', () => {
    const askedFor = (route: string): string[] => node.routes.filter((each) => each.startsWith(`${route}?`));
    const results = askedFor('/block_results');
    // What describing the node has asked for is asked again by whoever reads that height.
    expect(results.length).toBeLessThanOrEqual(306 + 2);
    expect(askedFor('/block').length).toBeLessThanOrEqual(306 + 2);
  });
});
