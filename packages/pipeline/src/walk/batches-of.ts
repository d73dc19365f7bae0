import type { BaleenError, Block, BlockRange } from '@baleen/chain';
import type { BlockSource, ReadSeconds } from './block-source.ts';
import { isFaultOfHeight } from './height-fault.ts';

/** Raw bytes (blocks and results) per batch: large enough that COPY's fixed cost (3 to 6 ms) vanishes, small enough that memory stays flat. */
const BATCH_BYTES = 1024 * 1024;

/** Blocks one after another that are written in one transaction: all of them have results, or none has. */
export interface Batch {
  readonly kind: 'batch';
  readonly blocks: readonly Block[];
  readonly seconds: ReadSeconds;
}

/** A height that can't be had for good. */
export interface Fault {
  readonly kind: 'fault';
  readonly error: BaleenError;
}

/** Cuts the blocks of a range into batches, for bulk and head alike. A batch ends once it holds 1 MiB of raw bytes; a larger block is
 * a batch of its own. A height that can't be had for good is yielded as a fault, behind the blocks before it, and left out.
 *
 * @throws BaleenError of the source, what keeps every height from being had, once the blocks before are yielded */
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

/** @returns what the reading ended with. undefined: the end of the range */
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
