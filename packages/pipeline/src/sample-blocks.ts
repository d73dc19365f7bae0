/** Samples blocks of a source, to learn about a chain before it is indexed. */
import type { Block, BlockRange } from '@baleen/chain';
import type { BlockSource } from './walk/block-source.ts';

/** Blocks of a sample: enough for an average that is right within a factor of two, and decoded in well under a second. */
const SAMPLES = 8;
/** Blocks of a sample over RPC, where the node is asked for these blocks twice. */
const RPC_SAMPLES = 4;

/** Yields blocks at even distances over the range, one at a time, as a large block takes tens of megabytes when decoded. A block that can't
 * be read is left out: indexing will report it. */
export async function* sampleBlocks(source: BlockSource, { from, to }: BlockRange): AsyncGenerator<Block> {
  const samples = source.info.backend === 'rpc' ? RPC_SAMPLES : SAMPLES;
  const count = Math.min(samples, to - from + 1);
  for (let index = 0; index < count; index++) {
    const height = from + Math.floor(((to - from) * (index + 0.5)) / count);
    const block = await source.blockAt(height).catch(() => undefined);
    if (block !== undefined) yield block;
  }
}

/** Average number of events per block, of all blocks that have results; 0: there are none. */
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
