import { availableParallelism } from 'node:os';
import { BaleenError, type BlockRange } from '@baleen/chain';
import { isRpcAddress, type SourceInfo } from '@baleen/source';
import type { EncodedBatch, Store } from '@baleen/store';
import { encodeRanges } from './encoder-pool.ts';
import type { WorkerSetup } from './protocol.ts';
import { countHeights, splitRanges } from './split-ranges.ts';

/** Raw bytes (blocks and results) per batch: large enough that COPY's fixed cost (3 to 6 ms) vanishes, small enough that memory stays flat. */
const BATCH_BYTES = 2 * 1024 * 1024;

/** Heights handed to a worker at once: several batches of a usual chain, so that neighbours stay together. */
const MOST_HEIGHTS_PER_JOB = 1_000;

/** Rounds over what other processes were writing at the same time; each one can only shrink it. */
const MOST_ROUNDS = 5;

export interface IndexOptions {
  /** A path that `openSource` takes; each worker thread opens it for itself. */
  readonly path: string;
  /** What the caller's own opening found: neither the genesis nor a node is asked for it again. */
  readonly known: SourceInfo;
  /** Over RPC: requests per second. */
  readonly maxRps?: number | undefined;
  readonly store: Store;
  readonly chainId: string;
  /** Heights to index, disjoint and in ascending order. */
  readonly ranges: readonly BlockRange[];
  /** Worker threads; default: one per core, at most four (the database needs cores, too). Over RPC always
   * one: it fetches ahead, and the bounds on requests and bytes in flight hold for the whole process. */
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
  try {
    return await walk(options);
  } catch (error) {
    await rememberFailure(options, error);
    throw error;
  }
}

async function walk(options: IndexOptions): Promise<IndexReport> {
  const progress = { heights: 0, totalHeights: countHeights(options.ranges), txs: 0, rows: 0, bytes: 0 };
  let ranges = options.ranges;
  for (let round = 1; ranges.length > 0; round++) {
    const overlapping: EncodedBatch[] = [];
    for await (const { batch, release } of encodeRanges(
      jobsOf(ranges, options),
      setupOf(options),
      workersOf(options),
    )) {
      if (options.signal?.aborted) return { ...progress, interrupted: true };
      if (await writeOrSkip(options, batch, round)) count(progress, batch);
      else overlapping.push(withoutRows(batch));
      release();
      options.onProgress?.({ ...progress });
    }
    ranges = await stillMissing(options, overlapping);
  }
  return { ...progress, interrupted: false };
}

const workersOf = ({ path, workers }: IndexOptions): number =>
  isRpcAddress(path) ? 1 : (workers ?? Math.min(4, availableParallelism()));

const setupOf = ({ path, known, maxRps }: IndexOptions): WorkerSetup => ({
  path,
  sourceOptions: {
    known,
    ...(maxRps !== undefined && { maxRps }),
  },
  batchBytes: BATCH_BYTES,
});

function jobsOf(ranges: readonly BlockRange[], options: IndexOptions): Iterator<BlockRange> {
  const share = Math.ceil(countHeights(ranges) / (workersOf(options) * 4));
  return splitRanges(ranges, Math.max(1, Math.min(MOST_HEIGHTS_PER_JOB, share)));
}

/** false: another process has written a part of it meanwhile; what is then missing is asked for anew. */
async function writeOrSkip({ store }: IndexOptions, batch: EncodedBatch, round: number): Promise<boolean> {
  try {
    await store.write(batch);
    return true;
  } catch (error) {
    if (error instanceof BaleenError && error.code === 'STORE_OVERLAP' && round < MOST_ROUNDS) return false;
    throw error;
  }
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

/** The view `failed_ranges` shows it until the height is written. */
async function rememberFailure({ store, chainId }: IndexOptions, error: unknown): Promise<void> {
  if (!(error instanceof BaleenError) || error.kind !== 'data' || error.height === undefined) return;
  await store.recordFailure(chainId, { from: error.height, to: error.height }, error.message);
}
