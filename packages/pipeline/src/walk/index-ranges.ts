import { BaleenError, type BlockRange, countHeights } from '@baleen/chain';
import type { EndpointHealth, SourceOptions } from '@baleen/source';
import type { EncodedBatch, Lease, Store } from '@baleen/store';
import type { BlockSource } from './block-source.ts';
import { MOST_FAULTS, rememberFailure } from './height-fault.ts';
import { jobsOf, threadCount } from './jobs.ts';
import { openBlocks } from './open-blocks.ts';
import type { ThreadSetup } from './protocol.ts';
import { refutesResults, replaceUnproved } from './replace-unproved.ts';
import { createStopwatch, type WrittenBatch, writtenBatch } from './stages.ts';
import { createThreadPool, type ThreadPool, walkRanges } from './thread-pool.ts';

/** Most rounds over heights that other processes were writing at the same time. Each round has fewer heights left. */
const MOST_ROUNDS = 5;

/** Options for reading a source: limits on requests and bytes, timeouts, and whether endpoints are compared. */
export type ReadLimits = Omit<SourceOptions, 'known' | 'sharedLimits'>;

/** Options with which the threads of a source are started. */
export interface ThreadOptions {
  /** The source as the caller has opened it. The threads use what it found, and ask the node neither for the genesis nor for the heights
   * that it has. */
  readonly source: Pick<BlockSource, 'ref' | 'info'>;
  /** Limits for all threads together. */
  readonly limits?: ReadLimits | undefined;
  /** Number of threads; undefined means one per core, at most four. */
  readonly workers?: number | undefined;
}

export interface IndexOptions extends ThreadOptions {
  readonly store: Store;
  readonly chainId: string;
  /** Heights to index, disjoint, in the order in which they are taken. */
  readonly ranges: readonly BlockRange[];
  /** Threads from `openThreads` that are kept for the next walk over the same source; undefined if the threads end with this walk. */
  readonly threads?: ThreadPool | undefined;
  /** Lease of a job. After another worker has taken it over, nothing more is written. undefined if no lease is needed. */
  readonly lease?: Lease | undefined;
  /** Aborted to stop after the batch that is being written. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: IndexProgress) => void) | undefined;
  /** Called about once a second and at the end, with one entry per endpoint or folder. */
  readonly onEndpoints?: ((endpoints: readonly EndpointHealth[]) => void) | undefined;
  /** Called after each commit. */
  readonly onWritten?: ((written: WrittenBatch) => void) | undefined;
}

export interface IndexProgress {
  /** Number of heights that this call has written, and how many it was to write. */
  readonly heights: number;
  readonly totalHeights: number;
  readonly txs: number;
  readonly rows: number;
  /** Size of the COPY data that was written, in bytes. */
  readonly bytes: number;
}

export interface IndexReport extends IndexProgress {
  readonly interrupted: boolean;
  /** Permanent faults of single heights. They are recorded in `failed_ranges`; all other heights were written. */
  readonly faults: readonly BaleenError[];
}

/** Reads, decodes and writes ranges of heights from one source. All commands that index use this walk.
 *
 * Each batch is committed with its progress, in no particular order. If the walk ends early, the database only has whole batches. A height
 * with a permanent fault (kind `data`) is recorded in `failed_ranges` and skipped.
 * @throws BaleenError of the source or the store, or the twentieth permanent fault; what was written before stays */
export async function indexRanges(options: IndexOptions): Promise<IndexReport> {
  try {
    return await walkAll(options);
  } catch (error) {
    await rememberFailure(options.store, options.chainId, error);
    throw error;
  }
}

async function walkAll(options: IndexOptions): Promise<IndexReport> {
  const progress = { heights: 0, totalHeights: countHeights(options.ranges), txs: 0, rows: 0, bytes: 0 };
  const faults: BaleenError[] = [];
  let ranges = options.ranges;
  for (let round = 1; ranges.length > 0; round++) {
    const overlapping: EncodedBatch[] = [];
    for await (const each of walk(ranges, options)) {
      if (options.signal?.aborted) return { ...progress, faults, interrupted: true };
      if (each.kind === 'fault') {
        faults.push(each.error);
        await rememberFailure(options.store, options.chainId, each.error);
        if (faults.length >= MOST_FAULTS) throw each.error;
      } else {
        const { output: batch, seconds, queued, release } = each;
        const lap = createStopwatch();
        if (await writeOrSkip(options, batch, round)) {
          count(progress, batch);
          options.onWritten?.(writtenBatch(batch, { ...seconds, write: lap() }, queued));
        } else overlapping.push(withoutRows(batch));
        release();
        options.onProgress?.({ ...progress });
      }
    }
    if (options.signal?.aborted) return { ...progress, faults, interrupted: true };
    ranges = await stillMissing(options, overlapping);
  }
  return { ...progress, faults, interrupted: false };
}

/** Opens threads for several walks over one source, one walk after another. No thread is started before the first walk. */
export const openThreads = (options: ThreadOptions): ThreadPool =>
  createThreadPool(setupOf(options), threadCount(options.workers));

function walk(ranges: readonly BlockRange[], options: IndexOptions): ReturnType<ThreadPool['walk']> {
  const { threads, onEndpoints, signal } = options;
  const jobs = jobsOf(ranges, options.source.ref, options.workers);
  return threads === undefined
    ? walkRanges(jobs, setupOf(options), threadCount(options.workers), { onEndpoints, signal })
    : threads.walk(jobs, { onEndpoints, signal });
}

const setupOf = (options: ThreadOptions): ThreadSetup<'copy'> => ({
  source: options.source.ref,
  sourceOptions: readerOptionsOf(options),
  sink: 'copy',
  sinkOptions: undefined,
});

/** Returns the options with which each thread opens the source. All threads share the limits on requests. The limit on bytes per second is
 * divided among them. */
function readerOptionsOf(options: ThreadOptions): SourceOptions {
  const { source, limits } = options;
  const maxReadBytesPerSecond =
    limits?.maxReadBytesPerSecond && limits.maxReadBytesPerSecond / threadCount(options.workers);
  return { ...limits, maxReadBytesPerSecond, known: source.info };
}

/** Writes a batch.
 * @returns false if another process has written a part of it in the meantime, or if its first block was written together with the block
 *   below. The caller then asks the database which heights are still missing */
async function writeOrSkip(options: IndexOptions, batch: EncodedBatch, round: number): Promise<boolean> {
  const { store, lease } = options;
  try {
    await store.write(batch, lease);
    return true;
  } catch (error) {
    if (round === MOST_ROUNDS) throw error;
    if (refutesResults(error)) await replaceBelow(options, batch, error);
    else if (!(error instanceof BaleenError && error.code === 'STORE_OVERLAP')) throw error;
    return false;
  }
}

/** Replaces the results of the block below if they are wrong. They were written when that block was the head, and no next header proved
 * them then. */
async function replaceBelow(
  { source: { ref, info }, store, lease }: IndexOptions,
  { range }: EncodedBatch,
  refuted: BaleenError,
): Promise<void> {
  if (range.from <= info.base) throw refuted;
  using source = await openBlocks(ref, { known: info });
  await replaceUnproved(range.from - 1, refuted, { source, store, lease });
}

const withoutRows = (batch: EncodedBatch): EncodedBatch => ({ ...batch, copies: {} });

async function stillMissing(
  { store, chainId }: IndexOptions,
  batches: readonly EncodedBatch[],
): Promise<BlockRange[]> {
  const missing: BlockRange[] = [];
  for (const { range, hasResults } of batches.toSorted((left, right) => left.range.from - right.range.from))
    missing.push(...(await store.missing(chainId, range, hasResults ? ['blocks', 'results'] : ['blocks'])));
  return missing;
}

function count(progress: { -readonly [key in keyof IndexProgress]: number }, batch: EncodedBatch): void {
  progress.heights += batch.range.to - batch.range.from + 1;
  progress.txs += batch.rowCounts.txs;
  progress.rows += Object.values(batch.rowCounts).reduce((sum, rows) => sum + rows, 0);
  progress.bytes += batch.bytes;
}
