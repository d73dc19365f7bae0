/** A process that plays a bundled chain at a steady rate, once: `replaying-node.ts FIXTURE FROM BLOCKS_PER_SECOND`. Prints its
 * address. A block's results come 20 ms after it, as if it took that long to execute. */
import { type FixtureName, fixture, replayNode } from '@baleen/testing';

const EXECUTION_MS = 20;

const [name, from, rate] = process.argv.slice(2);
const file = fixture(name as FixtureName, 'rpc.jsonl.gz');
const last = name === 'terra-columbus4-devnet' ? 290 : 306;
const node = await replayNode([file], { head: Number(from) });
console.log(node.url);
const timer = setInterval(grow, 1000 / Number(rate));

function grow(): void {
  const height = node.head + 1;
  if (height > last) {
    clearInterval(timer);
    return;
  }
  node.advance(height, height - 1);
  setTimeout(() => node.advance(height), EXECUTION_MS);
}
