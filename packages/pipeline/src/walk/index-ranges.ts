import { availableParallelism } from 'node:os';
import { BaleenError, type BlockRange, countHeights, split } from '@baleen/chain';
import {
  type EndpointHealth,
  isRpcAddress,
  openSource,
  type SourceInfo,
  type SourceOptions,
} from '@baleen/source';
import type { EncodedBatch, Lease, Store } from '@baleen/store';
import { createEncoderPool, type EncoderPool, encodeRanges } from './encoder-pool.ts';
import { createJudge } from './judge.ts';
import type { WorkerSetup } from './protocol.ts';
import { refutesResults, replaceUnproved } from './replace-unproved.ts';
import { createStopwatch, type WrittenBatch, writtenBatch } from './stages.ts';

/** Raw bytes (blocks and results) per batch: large enough that COPY's fixed cost (3 to 6 ms) vanishes, small enough that memory stays flat. */
const BATCH_BYTES = 2 * 1024 * 1024;

/** Heights handed to a worker at once: several batches of a usual chain, so that neighbours stay together. */
const MOST_HEIGHTS_PER_JOB = 1_000;
/** A thread costs more than a few blocks. Over RPC, moreover, the block above a job is asked for to prove its last results, and again
 * by the thread that reads it. */
const LEAST_HEIGHTS_PER_JOB = { files: 10, rpc: 200 };

/** Rounds over what other processes were writing at the same time; each one can only shrink it. */
const MOST_ROUNDS = 5;

export interface IndexOptions {
  /** What `openSource` takes: RPC addresses, or one folder. Each worker thread opens it for itself. */
  readonly paths: readonly string[];
  /** What the caller's own opening found: neither the genesis nor a node is asked for it again. */
  readonly known: SourceInfo;
  /** Over RPC: requests per second. */
  readonly maxRps?: number | undefined;
  /** Of files: bytes read per second, by all threads together. */
  readonly maxReadBytesPerSecond?: number | undefined;
  /** Over RPC: compares what no hash covers over two endpoints. */
  readonly crossCheck?: boolean | undefined;
  readonly store: Store;
  readonly chainId: string;
  /** Heights to index, disjoint, in the order in which they are taken. */
  readonly ranges: readonly BlockRange[];
  /** Worker threads; default: one per core, at most four (the database needs cores, too). Over RPC the bounds on requests and
   * bytes in flight hold for all of them together. */
  readonly workers?: number;
  /** Threads that are kept for the next walk over the same source (`openEncoders`); none: they live as long as this one. */
  readonly encoders?: EncoderPool;
  /** Of a job: once it is taken over, nothing more is written. */
  readonly lease?: Lease;
  /** Stops after the batch that is being written. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
  /** How the endpoints do, about once a second and at the end; one entry per address or folder. */
  readonly onEndpoints?: (endpoints: readonly EndpointHealth[]) => void;
  /** After each commit. */
  readonly onWritten?: (written: WrittenBatch) => void;
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
    for await (const { batch, seconds, queued, release } of encodedBatches(ranges, options)) {
      if (options.signal?.aborted) return { ...progress, interrupted: true };
      const lap = createStopwatch();
      if (await writeOrSkip(options, batch, round)) {
        count(progress, batch);
        options.onWritten?.(writtenBatch(batch, { ...seconds, write: lap() }, queued));
      } else overlapping.push(withoutRows(batch));
      release();
      options.onProgress?.({ ...progress });
    }
    if (options.signal?.aborted) return { ...progress, interrupted: true };
    ranges = await stillMissing(options, overlapping);
  }
  return { ...progress, interrupted: false };
}

/** What threads of a source are started with. */
export type EncoderOptions = Pick<
  IndexOptions,
  'paths' | 'known' | 'maxRps' | 'maxReadBytesPerSecond' | 'crossCheck' | 'workers'
>;

/** Threads for walks over one source, one after another; none is started before the first. */
export const openEncoders = (options: EncoderOptions): EncoderPool =>
  createEncoderPool(setupOf(options), workersOf(options));

function encodedBatches(
  ranges: readonly BlockRange[],
  options: IndexOptions,
): ReturnType<EncoderPool['encode']> {
  const { encoders, onEndpoints, signal } = options;
  const jobs = jobsOf(ranges, options);
  return encoders === undefined
    ? encodeRanges(jobs, setupOf(options), workersOf(options), { onEndpoints, signal })
    : encoders.encode(jobs, { onEndpoints, signal });
}

const workersOf = ({ workers }: EncoderOptions): number => workers ?? Math.min(4, availableParallelism());

const setupOf = (options: EncoderOptions): WorkerSetup => ({
  paths: options.paths,
  sourceOptions: readerOptionsOf(options),
  batchBytes: BATCH_BYTES,
});

function readerOptionsOf(options: EncoderOptions): SourceOptions {
  const { known, maxRps, maxReadBytesPerSecond, crossCheck } = options;
  return {
    known,
    ...(crossCheck !== undefined && { crossCheck }),
    ...(maxRps !== undefined && { maxRps }),
    ...(maxReadBytesPerSecond !== undefined && {
      maxReadBytesPerSecond: maxReadBytesPerSecond / workersOf(options),
    }),
  };
}

function jobsOf(ranges: readonly BlockRange[], options: IndexOptions): Iterator<BlockRange> {
  const share = Math.ceil(countHeights(ranges) / (workersOf(options) * 4));
  const least = LEAST_HEIGHTS_PER_JOB[options.paths.some(isRpcAddress) ? 'rpc' : 'files'];
  return split(ranges, Math.max(least, Math.min(MOST_HEIGHTS_PER_JOB, share)));
}

/** false: a part of it was written meanwhile, by another process, or with the block below; what is then missing is asked
 * for anew. */
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

/** Results that were written at the head of their time, where no header proved them, and are false. */
async function replaceBelow(
  { paths, known, store, lease }: IndexOptions,
  { range }: EncodedBatch,
  refuted: BaleenError,
): Promise<void> {
  if (range.from <= known.base) throw refuted;
  const judge = createJudge(paths.some(isRpcAddress) ? await import('@baleen/decode/rpc') : undefined);
  using source = await openSource(paths, { known, judge });
  await replaceUnproved(range.from - 1, refuted, { source, decode: judge.decode, store, lease });
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
