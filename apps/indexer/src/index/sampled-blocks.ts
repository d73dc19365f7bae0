/** A few blocks of a source, decoded: what is told of a chain before the walk begins. */
import type { Block, BlockRange } from '@baleen/chain';
import { createBlockDecoder } from '@baleen/decode';
import type { Source } from '@baleen/source';

/** Enough for an average that is right within a factor of two; decoded in well under a second. */
const SAMPLES = 8;
/** Over RPC: a node is asked for these blocks twice. */
const RPC_SAMPLES = 4;

export async function blockAt(source: Source, height: number): Promise<Block | undefined> {
  const decode = createBlockDecoder(
    source.info.backend === 'rpc' ? await import('@baleen/decode/rpc') : undefined,
  );
  for await (const raw of source.read({ from: height, to: height })) return decode(raw);
  return undefined;
}

/** Blocks at even distances over the range, one at a time: a large block weighs tens of megabytes when decoded.
 * One that can't be read is left out: the walk will come there and say so. */
export async function* sampleBlocks(source: Source, { from, to }: BlockRange): AsyncGenerator<Block> {
  const samples = source.info.backend === 'rpc' ? RPC_SAMPLES : SAMPLES;
  const count = Math.min(samples, to - from + 1);
  for (let index = 0; index < count; index++) {
    const height = from + Math.floor(((to - from) * (index + 0.5)) / count);
    const block = await blockAt(source, height).catch(() => undefined);
    if (block !== undefined) yield block;
  }
}

/** Rows of the largest table per block, from a sample. */
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
