import { availableParallelism } from 'node:os';
import type { BlockRange } from '@baleen/chain';
import type { Store } from '@baleen/store';
import { encodeRanges } from './encoder-pool.ts';
import { countHeights, splitRanges } from './split-ranges.ts';

/** Raw bytes (blocks and results) per batch: large enough that COPY's fixed cost (3 to 6 ms) vanishes, small enough that memory stays flat. */
const BATCH_BYTES = 2 * 1024 * 1024;

/** Heights handed to a worker at once: several batches of a usual chain, so that neighbours stay together. */
const MOST_HEIGHTS_PER_JOB = 1_000;

export interface IndexOptions {
  /** A path that `openSource` takes; each worker thread opens it for itself. */
  readonly path: string;
  /** What the caller found in the genesis; undefined: workers look for it. */
  readonly bech32Prefix: string | undefined;
  readonly store: Store;
  /** Heights to index, disjoint and in ascending order. */
  readonly ranges: readonly BlockRange[];
  /** Worker threads; default: one per core, at most four (the database needs cores, too). */
  readonly workers?: number;
  /** Stops after the batch that is being written. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
}

export interface IndexProgress {
  /** Heights written by this call, and how many it set out to write. */
  readonly heights: number;
  readonly totalHeights: number;
  readonly txs: number;
  readonly rows: number;
  /** Bytes of COPY data written. */
  readonly bytes: number;
}

export interface IndexReport extends IndexProgress {
  readonly interrupted: boolean;
}

/** Reads, decodes and writes ranges of one source: the one walk that every caller shares.
 *
 * Progress is committed batch by batch, in no particular order; whatever ends this early leaves only whole batches.
 * @throws BaleenError of the source, the decoder or the store; what was written before stays */
export async function indexRanges(options: IndexOptions): Promise<IndexReport> {
  const totalHeights = countHeights(options.ranges);
  const progress = { heights: 0, totalHeights, txs: 0, rows: 0, bytes: 0 };
  if (totalHeights === 0) return { ...progress, interrupted: false };
  const workers = options.workers ?? Math.min(4, availableParallelism());
  const perJob = Math.max(1, Math.min(MOST_HEIGHTS_PER_JOB, Math.ceil(totalHeights / (workers * 4))));
  const jobs = splitRanges(options.ranges, perJob);
  const setup = { path: options.path, bech32Prefix: options.bech32Prefix, batchBytes: BATCH_BYTES };
  for await (const { batch, release } of encodeRanges(jobs, setup, workers)) {
    if (options.signal?.aborted) return { ...progress, interrupted: true };
    await options.store.write(batch);
    release();
    progress.heights += batch.range.to - batch.range.from + 1;
    progress.txs += batch.rowCounts.txs;
    progress.rows += Object.values(batch.rowCounts).reduce((sum, count) => sum + count, 0);
    progress.bytes += batch.bytes;
    options.onProgress?.({ ...progress });
  }
  return { ...progress, interrupted: false };
}
