/** Counts what this process does for one chain: blocks, txs, rows, seconds by stage, requests by endpoint. Counting is cheap enough to
 * be always on. */
import type { WrittenBatch } from '@baleen/pipeline';
import type { EndpointHealth, Source, SourceInfo } from '@baleen/source';
import type { SourceReport } from '@baleen/store';
import { createRecentRate } from './recent-rate.ts';

export const STAGES = ['read', 'decode', 'encode', 'write'] as const;
export type Stage = (typeof STAGES)[number];

/** Callbacks for one walk over blocks. They are spread into the options of `indexRanges`. */
export interface WalkHooks {
  onWritten(written: WrittenBatch): void;
  onEndpoints(endpoints: readonly EndpointHealth[]): void;
  /** Ends the walk's counting; its counts stay in the sums. */
  end(): void;
}

/** Counters of the work that this process has done for one chain. */
export interface ChainWork {
  readonly chainId: string;
  /** What the process is doing, in words for `baleen status`. A walk updates it with each batch. */
  doing: string;
  readonly heights: number;
  readonly txs: number;
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: Readonly<Record<Stage, number>>;
  /** Encoded batches that wait to be written. */
  readonly queued: number;
  /** Blocks written per second over the last minute. */
  heightsPerSecond(): number;
  /** Health of each endpoint or folder, one entry each, summed over all readers. */
  sources(): SourceReport[];
  /** Adds the requests that opening a source has cost. */
  opened(source: Pick<Source, 'info' | 'health'>): void;
  /** Begins to count a walk over blocks.
   * @param info  about the source that is read, for the version of its software */
  walk(info?: SourceInfo): WalkHooks;
}

export function createChainWork(chainId: string): ChainWork {
  const counts = { heights: 0, txs: 0, rows: 0, bytes: 0, queued: 0 };
  const seconds = { read: 0, decode: 0, encode: 0, write: 0 };
  const rate = createRecentRate();
  /** The last health report of each running walk, and the sum of those of finished walks. */
  const walks = new Set<Map<string, SourceReport>>();
  const over = new Map<string, SourceReport>();
  const work: ChainWork = {
    chainId,
    doing: 'starting',
    get heights() {
      return counts.heights;
    },
    get txs() {
      return counts.txs;
    },
    get rows() {
      return counts.rows;
    },
    get bytes() {
      return counts.bytes;
    },
    get queued() {
      return counts.queued;
    },
    seconds,
    heightsPerSecond: () => rate.perSecond(),
    sources: () => [...addUp([over, ...walks]).values()],
    opened(source) {
      const hooks = work.walk(source.info);
      hooks.onEndpoints(source.health());
      hooks.end();
    },
    walk(info) {
      const places = new Map<string, SourceReport>();
      const from = info === undefined ? '' : ` from ${info.path}`;
      walks.add(places);
      work.doing = `reading blocks${from}`;
      return {
        onWritten(written) {
          const heights = written.range.to - written.range.from + 1;
          counts.heights += heights;
          counts.txs += written.txs;
          counts.rows += written.rows;
          counts.bytes += written.bytes;
          counts.queued = written.queued;
          for (const stage of STAGES) seconds[stage] += written.seconds[stage];
          rate.add(heights);
          work.doing = `indexing${from}, wrote ${written.range.from}..${written.range.to}`;
        },
        onEndpoints(endpoints) {
          for (const each of endpoints) places.set(each.address, { ...each, version: versionOf(each, info) });
        },
        end() {
          if (!walks.delete(places)) return;
          if (walks.size === 0) work.doing = 'waiting for work';
          for (const place of places.values())
            over.set(place.address, added(over.get(place.address), atRest(place)));
        },
      };
    },
  };
  return work;
}

const versionOf = ({ address }: EndpointHealth, info: SourceInfo | undefined): string | undefined =>
  info?.path === address ? (info.nodeVersion ?? info.software) : undefined;

const atRest = (place: SourceReport): SourceReport => ({ ...place, concurrency: 0 });

function addUp(maps: readonly ReadonlyMap<string, SourceReport>[]): Map<string, SourceReport> {
  const sum = new Map<string, SourceReport>();
  for (const map of maps)
    for (const place of map.values()) sum.set(place.address, added(sum.get(place.address), place));
  return sum;
}

/** Merges two reports of one endpoint: counts are added, the later report wins for everything else. */
const added = (earlier: SourceReport | undefined, later: SourceReport): SourceReport =>
  earlier === undefined
    ? later
    : {
        ...later,
        version: later.version ?? earlier.version,
        base: later.base ?? earlier.base,
        head: later.head ?? earlier.head,
        requests: earlier.requests + later.requests,
        errors: earlier.errors + later.errors,
        bytes: earlier.bytes + later.bytes,
        concurrency: earlier.concurrency + later.concurrency,
      };
