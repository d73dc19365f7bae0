import type { BaleenError, Block, BlockRange } from '@baleen/chain';
import type { BlockSource, ReadSeconds } from './block-source.ts';
import { isFaultOfHeight } from './height-fault.ts';

/** Raw bytes (blocks and results) per batch. It is large enough that COPY's fixed cost of 3 to 6 ms does not matter, and small enough that
 * the process needs little memory. */
const BATCH_BYTES = 1024 * 1024;

/** Consecutive blocks that are written in one transaction. Either all of them have results, or none has. */
export interface Batch {
  readonly kind: 'batch';
  readonly blocks: readonly Block[];
  readonly seconds: ReadSeconds;
}

/** A height with a permanent fault: a retry does not help. */
export interface Fault {
  readonly kind: 'fault';
  readonly error: BaleenError;
}

/** Cuts the blocks of a range into batches. A batch ends when it has 1 MiB of raw bytes; a larger block is a batch of its own. A height
 * with a permanent fault is yielded as a fault after the blocks below it, and is skipped.
 *
 * @throws BaleenError of the source that concerns all heights, after the blocks that were read before are yielded */
export async function* batchesOf(
  source: Pick<BlockSource, 'blocks'>,
  { from, to }: BlockRange,
  signal?: AbortSignal,
): AsyncGenerator<Batch | Fault> {
  for (let next = from; next <= to; ) {
    const failure = yield* wholeBatches(source, { from: next, to }, signal);
    if (failure === undefined) return;
    const { error } = failure;
    if (!isFaultOfHeight(error) || error.height < next || error.height > to) throw error;
    yield { kind: 'fault', error };
    next = error.height + 1;
  }
}

interface Failure {
  readonly error: unknown;
}

/** Yields the batches up to the first error, and returns that error; undefined if the range was read to its end. */
async function* wholeBatches(
  source: Pick<BlockSource, 'blocks'>,
  range: BlockRange,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch, Failure | undefined> {
  let batch = newBatch();
  let failure: Failure | undefined;
  try {
    for await (const { block, bytes, seconds } of source.blocks(range, signal)) {
      if (isFull(batch) || !belongs(block, batch)) {
        yield batch;
        batch = newBatch();
      }
      batch.blocks.push(block);
      batch.bytes += bytes;
      batch.seconds.read += seconds.read;
      batch.seconds.decode += seconds.decode;
    }
  } catch (error) {
    failure = { error };
  }
  if (batch.blocks.length > 0) yield batch;
  return failure;
}

interface OpenBatch extends Batch {
  readonly blocks: Block[];
  bytes: number;
  readonly seconds: { read: number; decode: number };
}

const newBatch = (): OpenBatch => ({
  kind: 'batch',
  blocks: [],
  bytes: 0,
  seconds: { read: 0, decode: 0 },
});

const isFull = ({ bytes }: OpenBatch): boolean => bytes >= BATCH_BYTES;

const belongs = (block: Block, { blocks: [first] }: OpenBatch): boolean =>
  first === undefined || (first.results === undefined) === (block.results === undefined);
