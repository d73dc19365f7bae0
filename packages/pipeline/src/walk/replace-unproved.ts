import { BaleenError, type Block } from '@baleen/chain';
import type { Lease, Store } from '@baleen/store';
import { encodeBlocks } from '@baleen/store/encode';
import type { BlockSource } from './block-source.ts';

/** True if a write failed because the results stored for the block below the batch are not those that the first header of the batch proves. */
export const refutesResults = (error: unknown): error is BaleenError =>
  error instanceof BaleenError && error.code === 'STORE_RESULTS_REFUTED';

export interface Replacing {
  readonly source: Pick<BlockSource, 'blocks'>;
  readonly store: Store;
  readonly lease?: Lease | undefined;
}

/** Reads a stored block again whose results the next block refutes, and writes both in one transaction.
 *
 * At the head no hash proves results yet, so an endpoint that lies or errs is found out with the next block. Read together with that
 * block the results are proved, and a source of several endpoints asks another one for them.
 * @param refuted  error of the write of the next block: thrown again when the two blocks still contradict each other
 * @throws BaleenError `refuted`; what the source and the store throw */
export async function replaceUnproved(
  height: number,
  refuted: BaleenError,
  { source, store, lease }: Replacing,
): Promise<void> {
  const blocks: Block[] = [];
  for await (const each of source.blocks({ from: height, to: height + 1 })) blocks.push(each.block);
  const [block, next] = blocks;
  const agrees =
    block?.results !== undefined &&
    next?.results !== undefined &&
    Buffer.compare(block.results.hash, next.header.lastResultsHash) === 0;
  if (!agrees) throw refuted;
  try {
    await store.writeHead(encodeBlocks(blocks), lease);
  } catch (error) {
    if (error instanceof BaleenError && error.code === 'STORE_OVERLAP') throw refuted;
    throw error;
  }
}
