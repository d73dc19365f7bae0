import { BaleenError } from '@baleen/chain';
import { WireReader } from '@baleen/codec';
import { uint32At } from '../blocks/bytes.ts';
import type { Fail } from '../errors.ts';

/** The entries of a block whose keys are names without a trailer: a table's metaindex and its properties. */
export function readPairs(block: Uint8Array, fail: Fail): Map<string, Uint8Array> {
  if (block.length < 4) throw fail('a block of 4 bytes or more', `${block.length}`);
  const restarts = uint32At(block, block.length - 4);
  const end = block.length - 4 - restarts * 4;
  if (end < 0) throw fail(`at most ${(block.length - 4) >>> 2} restarts`, `${restarts}`);
  const entries = new WireReader(block, 0, end);
  const pairs = new Map<string, Uint8Array>();
  let name = '';
  try {
    while (!entries.done) {
      const [shared, unshared, length] = [entries.uint(), entries.uint(), entries.uint()];
      if (shared > name.length) throw fail(`a name that shares at most ${name.length} bytes`, `${shared}`);
      const value = entries.pos + unshared;
      if (value + length > end) throw fail(`names and values within ${end} bytes`, `${value + length}`);
      name = name.slice(0, shared) + Buffer.from(block.subarray(entries.pos, value)).toString('latin1');
      pairs.set(name, block.slice(value, value + length));
      entries.pos = value + length;
    }
  } catch (error) {
    if (!(error instanceof BaleenError) || error.code !== 'WIRE_MALFORMED') throw error;
    throw fail('names and values', error.message);
  }
  return pairs;
}
