/** What holds for all threads that read a node together. */
import { type EndpointHealth, sourceAt } from '@baleen/source';
import { openStore, type Store } from '@baleen/store';
import {
  createDatabase,
  describeChain,
  type Fault,
  fixture,
  fixtureData,
  type ReplayServer,
  replayRpc,
  sumDifferences,
  type TestDatabase,
} from '@baleen/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { type IndexOptions, indexRanges, openThreads } from './index-ranges.ts';
import { openBlocks } from './open-blocks.ts';

const CHAIN = 'terra-columbus5-devnet';
const chainId = 'baleen-col5-a';
const WHOLE = { from: 1, to: 306 };
const THREADS = 3;

const atEnd: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of atEnd.splice(0).reverse()) await end();
});

async function serve(fault?: (route: string, answer: string) => Fault | undefined): Promise<ReplayServer> {
  const node = await replayRpc([fixture(CHAIN, 'rpc.jsonl.gz')], fault && { fault });
  atEnd.push(() => node.close());
  return node;
}

/** A store that knows the chain. */
async function emptyStore(): Promise<{ store: Store; database: TestDatabase }> {
  const database = await createDatabase();
  const store = await openStore(database.url);
  atEnd.push(
    () => database.drop(),
    () => store.close(),
  );
  await store.prepareChain(describeChain(chainId, { source: WHOLE, wanted: WHOLE }));
  return { store, database };
}

async function describeSource(paths: readonly string[]): Promise<IndexOptions['source']> {
  using source = await openBlocks(sourceAt(...paths));
  const { ref, info } = source;
  return { ref, info };
}

async function indexedSums(
  paths: readonly string[],
  more: Partial<IndexOptions>,
): Promise<Map<string, string>> {
  const { store, database } = await emptyStore();
  await indexRanges({
    ...{ source: await describeSource(paths), store, chainId, ranges: [WHOLE] },
    ...more,
  });
  return database.checksums();
}

describe('three threads over RPC', () => {
  test('ask as many requests at once as one would, no results twice, and each walk is told of its own', async () => {
    // So slow that each thread has as many requests in flight as it may.
    const node = await serve((_route, body) => ({ kind: 'answer', delayMs: 10, body }));
    const source = await describeSource([node.url]);
    const { store } = await emptyStore();
    const threads = openThreads({ source, workers: THREADS });
    atEnd.push(() => threads.close());
    const toldOf = async (from: number, to: number): Promise<EndpointHealth> => {
      let last: EndpointHealth | undefined;
      await indexRanges({
        ...{ source, store, chainId, threads, workers: THREADS, ranges: [{ from, to }] },
        onEndpoints: ([endpoint]) => void (last = endpoint),
      });
      return last!;
    };
    const opened = node.routes.length;
    const first = await toldOf(1, 250);
    const between = node.routes.length;
    const second = await toldOf(251, 306);
    expect(node.mostAtOnce).toBeLessThanOrEqual(4);
    expect(first.requests).toBe(between - opened);
    expect(second.requests).toBe(node.routes.length - between);
    expect(await store.missing(chainId, WHOLE, ['blocks', 'results'])).toEqual([]);
    const asked = node.routes.slice(opened);
    const countOf = (route: string): number => asked.filter((each) => each.startsWith(`${route}?`)).length;
    expect(countOf('/block_results')).toBe(306);
    // Two pieces, and one; above the first two a header proves the last results.
    expect(countOf('/block')).toBeLessThanOrEqual(306 + 2);
  });

  test('of two nodes, of which one lies and fails, write what the directory holds', async () => {
    const inDirectory = await indexedSums([fixtureData(CHAIN)], { workers: 1 });
    let [asked, lies] = [0, 0];
    const unreliable = await serve((route, answer) => {
      const height = Number(/^\/block(?:_results)?\?height=(\d+)$/.exec(route)?.[1]);
      if (asked++ < 10 || !(height > 1)) return undefined;
      const altered = answer.replace(/"code":\s*0/, '"code":7');
      if (height % 5 === 0 && altered !== answer) {
        lies++;
        return { kind: 'answer', body: altered };
      }
      if (height % 7 === 0) return { kind: 'cut', bytes: 100 };
      return height % 11 === 0 ? { kind: 'answer', status: 503, body: 'busy' } : undefined;
    });
    const honest = await serve();
    const overRpc = await indexedSums([unreliable.url, honest.url], { workers: THREADS });
    expect(lies).toBeGreaterThan(0);
    expect(unreliable.mostAtOnce).toBeLessThanOrEqual(4);
    expect(honest.mostAtOnce).toBeLessThanOrEqual(4);
    expect(sumDifferences(overRpc, inDirectory)).toEqual([]);
  });
});
