/** Followers of nodes that play a recorded chain, and the tables that plain indexing of the same heights leaves. */
import type { BlockRange } from '@baleen/chain';
import { type EndpointHealth, type SourceOptions, sourceAt } from '@baleen/source';
import { openStore, type Store } from '@baleen/store';
import { createDatabase, describeChain, replayNode, type TestDatabase, until } from '@baleen/testing';
import { storeGenesisAndIndexes } from '../store-genesis-and-indexes.ts';
import type { BlockSource } from '../walk/block-source.ts';
import { indexRanges } from '../walk/index-ranges.ts';
import { openBlocks } from '../walk/open-blocks.ts';
import { type FollowOptions, type FollowReport, followChain } from './follow.ts';

export interface Followed {
  readonly database: TestDatabase;
  readonly store: Store;
}

export async function openFollowed(): Promise<Followed> {
  const database = await createDatabase();
  return { database, store: await openStore(database.url) };
}

export async function dropFollowed({ database, store }: Followed): Promise<void> {
  await store.close();
  await database.drop();
}

export interface Following {
  /** What was said, with `A`, `B`, … for the places' addresses. */
  readonly lines: readonly string[];
  /** How each endpoint of the newest source does. */
  readonly health: ReadonlyMap<string, EndpointHealth>;
  readonly ended: Promise<FollowReport>;
  stop(): Promise<FollowReport>;
  /** Blocks and results of all heights are there. */
  untilThere(range: BlockRange): Promise<void>;
  until(what: string, holds: () => Promise<boolean> | boolean): Promise<void>;
  /** Address of the source that is followed now, as the last tick saw it. */
  readonly address: string | undefined;
  /** Lets the time pass by which a chain is silent. Else it stands still. */
  pass(ms: number): void;
}

/** A block's results are always waited for, however slow the machine is. */
export const AN_HOUR_MS = 3_600_000;

/** Short waits, and no second look at the genesis. */
const QUICK = { retryMs: 5, timeoutMs: 60_000, bech32Prefix: 'terra' };

/** Each of `places` is one source: the addresses of a pool, or a folder. */
export function followInto(
  { store }: Followed,
  chainId: string,
  places: readonly (readonly string[])[],
  more: Partial<FollowOptions> = {},
  sourceOptions: SourceOptions = {},
): Following {
  const stop = new AbortController();
  const lines: string[] = [];
  const health = new Map<string, EndpointHealth>();
  let address: string | undefined;
  let now = 0;
  const named = (line: string): string =>
    places.flat().reduce((text, path, at) => text.replaceAll(path, 'ABCD'[at]!), line);
  const ended = followChain({
    sources: places.map((paths) => ({
      ref: sourceAt(...paths),
      options: { ...QUICK, ...sourceOptions },
    })) as unknown as FollowOptions['sources'],
    limits: QUICK,
    ...{ store, chainId, from: undefined, backfill: 'newest-first', signal: stop.signal },
    prepare: (source, wanted) => prepare(store, source, wanted),
    say: (line) => lines.push(named(line)),
    onProgress: () => undefined,
    now: () => now,
    resultsWaitMs: AN_HOUR_MS,
    walk: () => ({
      onWritten: () => undefined,
      onEndpoints(endpoints) {
        for (const each of endpoints) health.set(each.address, each);
        address = endpoints[0]?.address;
      },
      end: () => undefined,
    }),
    ...more,
  });
  ended.catch(() => undefined);

  const untilThis: Following['until'] = (what, holds) =>
    until(() => `${what}; told: ${lines.join('; ')}`, holds, ended);
  return {
    ...{ lines, health, ended, until: untilThis },
    get address() {
      return address;
    },
    pass(ms) {
      now += ms;
    },
    stop() {
      stop.abort();
      return ended;
    },
    untilThere: (range) =>
      untilThis(
        `${range.from}..${range.to} are there`,
        async () => (await store.missing(chainId, range, ['blocks', 'results'])).length === 0,
      ),
  };
}

/** Sources of one chain are known by its genesis. */
async function prepare(store: Store, source: BlockSource, wanted: BlockRange): Promise<void> {
  const { chainId, base: from, head: to } = source.info;
  const genesis = await source.genesis()?.summary();
  await store.prepareChain(
    describeChain(chainId, { source: { from, to }, wanted, genesisHash: genesis?.hash }),
  );
}

/** Writes a range from one source, and what follows when it is the last one. */
export async function indexInto(
  { store }: Followed,
  path: string,
  range: BlockRange,
  isLast = true,
): Promise<void> {
  using source = await openBlocks(sourceAt(path), QUICK);
  const { chainId } = source.info;
  await prepare(store, source, range);
  await indexRanges({ source, store, chainId, ranges: [range] });
  const { signal } = new AbortController();
  if (isLast) await storeGenesisAndIndexes(source, store, { wroteBlocks: true, signal });
}

/** Checksums by table. What was wanted is left out: it is no fact of the chain, but told when one begins to follow. */
export async function tablesOf({ database }: Followed): Promise<Map<string, string>> {
  const sums = await database.checksums();
  sums.delete('wanted_ranges');
  return sums;
}

/** What plain indexing of a recorded chain leaves. */
export async function indexedTables(
  files: readonly string[],
  range: BlockRange,
  base: number,
  read: (followed: Followed) => Promise<Map<string, string>> = tablesOf,
): Promise<Map<string, string>> {
  const plain = await openFollowed();
  const node = await replayNode(files, { base, head: range.to });
  await indexInto(plain, node.url, range);
  const indexed = await read(plain);
  await node.close();
  await dropFollowed(plain);
  return indexed;
}
