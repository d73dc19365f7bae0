import type { Block, BlockRange } from '@baleen/chain';
import type { BlockSource, ReadSeconds } from './block-source.ts';

/** Raw bytes (blocks and results) per batch: large enough that COPY's fixed cost (3 to 6 ms) vanishes, small enough that memory stays flat. */
const BATCH_BYTES = 2 * 1024 * 1024;

/** Blocks one after another that are written in one transaction: all of them have results, or none has. */
export interface Batch {
  readonly blocks: readonly [Block, ...Block[]];
  readonly seconds: ReadSeconds;
}

/** Cuts the blocks of a range into batches, for bulk and head alike. A batch ends once it holds 2 MiB of raw bytes; a larger block is
 * a batch of its own. The blocks before one that can't be had are yielded first, so that only that one is missing.
 *
 * @throws BaleenError  as `blocks` of the source */
export async function* batchesOf(
  source: Pick<BlockSource, 'blocks'>,
  range: BlockRange,
  signal?: AbortSignal,
): AsyncGenerator<Batch> {
  let batch = newBatch();
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const { block, bytes, seconds } of source.blocks(range, signal)) {
      if (isFull(batch) || !belongs(block, batch)) {
        yield batch as unknown as Batch;
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
  if (batch.blocks.length > 0) yield batch as unknown as Batch;
  if (failure !== undefined) throw failure.error;
}

interface OpenBatch {
  readonly blocks: Block[];
  bytes: number;
  readonly seconds: { read: number; decode: number };
}

const newBatch = (): OpenBatch => ({ blocks: [], bytes: 0, seconds: { read: 0, decode: 0 } });

const isFull = ({ bytes }: OpenBatch): boolean => bytes >= BATCH_BYTES;

const belongs = (block: Block, { blocks: [first] }: OpenBatch): boolean =>
  first === undefined || (first.results === undefined) === (block.results === undefined);
