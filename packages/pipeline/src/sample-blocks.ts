/** A few blocks of a source, decoded: what is known of a chain before it is indexed. */
import type { Block, BlockRange } from '@baleen/chain';
import type { BlockSource } from './walk/block-source.ts';

/** Enough for an average that is right within a factor of two; decoded in well under a second. */
const SAMPLES = 8;
/** Over RPC fewer: the node is asked for these blocks twice. */
const RPC_SAMPLES = 4;

/** Blocks at even distances over the range, one at a time: a large block weighs tens of megabytes when decoded. One that can't be
 * read is left out: indexing will come to it and report it. */
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
