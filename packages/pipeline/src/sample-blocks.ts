/** Reads sample blocks of a source before its chain is indexed, to estimate the number of events per block. */
import type { Block, BlockRange } from '@baleen/chain';
import type { BlockSource } from './walk/block-source.ts';

/** Number of blocks in a sample: enough for an average that is right within a factor of two, and decoded in well under a second. */
const SAMPLES = 8;
/** Number of blocks in a sample over RPC. The node is asked for these blocks once more when they are indexed. */
const RPC_SAMPLES = 4;

/** Yields blocks at even distances over the range, one at a time, since a large block takes tens of megabytes when decoded. A block that
 * can't be read is skipped; indexing will report it. */
export async function* sampleBlocks(source: BlockSource, { from, to }: BlockRange): AsyncGenerator<Block> {
  const samples = source.info.backend === 'rpc' ? RPC_SAMPLES : SAMPLES;
  const count = Math.min(samples, to - from + 1);
  for (let index = 0; index < count; index++) {
    const height = from + Math.floor(((to - from) * (index + 0.5)) / count);
    const block = await source.blockAt(height).catch(() => undefined);
    if (block !== undefined) yield block;
  }
}

/** Returns the average number of events in the blocks that have results; 0 if no block has results. */
export async function eventsPerBlock(blocks: AsyncIterable<Block>): Promise<number> {
  let events = 0;
  let count = 0;
  for await (const { results } of blocks) {
    count++;
    if (results === undefined) continue;
    events += results.beginEvents.length + results.endEvents.length + results.finalizeEvents.length;
    for (const tx of results.txs) events += tx.events.length;
  }
  return count === 0 ? 0 : events / count;
}
