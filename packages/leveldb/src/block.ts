import { uint32At } from './bytes.ts';
import type { Fail } from './errors.ts';
import { SLOT_FIELDS, type SortedRun } from './sorted-run.ts';

/** Sequence and type at the end of each key of a table. */
export const TRAILER_BYTES = 8;

/** Space that decoding fills before the exact sizes are known; it grows to the largest block met. */
let keys = new Uint8Array(64 * 1024);
let slots = new Uint32Array(4096 * SLOT_FIELDS);
let versions = new Float64Array(4096);
let pos = 0;

/** A block of a table as a run; values are views of `bytes`.
 *
 *     block = entry* · restart offset (4)* · number of restarts (4)
 *     entry = uvarint shared · uvarint unshared · uvarint value length · the key's unshared end · value
 *     key   = user key · type (1) · sequence (7, little endian)
 *
 * A key shares its start with the key before it (google/leveldb doc/table_format.md, table/block_builder.cc). All keys
 * are written out once: searching is then a plain binary search, and going backwards costs what going forwards does. */
export function decodeBlock(bytes: Uint8Array, fail: Fail): SortedRun {
  const end = entriesEnd(bytes, fail);
  let count = 0;
  let used = 0;
  let before = 0;
  let beforeLength = 0;
  pos = 0;
  while (pos < end) {
    const shared = length(bytes, end, fail);
    const unshared = length(bytes, end, fail);
    const valueLength = length(bytes, end, fail);
    const keyLength = shared + unshared;
    if (shared > beforeLength)
      throw fail(`entry ${count} to share at most ${beforeLength} bytes`, `${shared}`);
    if (keyLength < TRAILER_BYTES)
      throw fail(`entry ${count} to have a key of 8 bytes or more`, `${keyLength}`);
    if (unshared + valueLength > end - pos)
      throw fail(`entry ${count} of at most ${end - pos} bytes`, `${unshared + valueLength}`);
    reserve(count + 1, used + keyLength);
    for (let index = 0; index < shared; index++) keys[used + index] = keys[before + index]!;
    for (let index = 0; index < unshared; index++) keys[used + shared + index] = bytes[pos + index]!;
    pos += unshared;
    const keyEnd = used + keyLength - TRAILER_BYTES;
    const slot = count * SLOT_FIELDS;
    slots[slot] = used;
    slots[slot + 1] = keyEnd;
    slots[slot + 2] = pos;
    slots[slot + 3] = pos += valueLength;
    const low = uint32At(keys, keyEnd);
    if ((low & 0xff) > 1) throw fail(`entry ${count} of type 0 or 1`, `type ${low & 0xff}`);
    versions[count++] = (uint32At(keys, keyEnd + 4) * 2 ** 24 + (low >>> 8)) * 2 + (low & 1);
    before = used;
    beforeLength = keyLength;
    used += keyLength;
  }
  return new BlockRun(bytes, count, used);
}

/** Bytes that a decoded block takes in memory, about. */
export const blockCost = (run: SortedRun, bytes: number): number =>
  bytes + run.keys.length + run.count * 24 + 400;

class BlockRun implements SortedRun {
  readonly count: number;
  readonly keys: Uint8Array;
  readonly slots: Uint32Array;
  readonly versions: Float64Array;
  private readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array, count: number, keyBytes: number) {
    this.bytes = bytes;
    this.count = count;
    this.keys = keys.slice(0, keyBytes);
    this.slots = slots.slice(0, count * SLOT_FIELDS);
    this.versions = versions.slice(0, count);
  }
  value(index: number): Uint8Array {
    return this.bytes.subarray(this.slots[index * SLOT_FIELDS + 2]!, this.slots[index * SLOT_FIELDS + 3]!);
  }
}

function entriesEnd(bytes: Uint8Array, fail: Fail): number {
  if (bytes.length < 4) throw fail('a block of 4 bytes or more', `${bytes.length}`);
  const restarts = uint32At(bytes, bytes.length - 4);
  const end = bytes.length - 4 - restarts * 4;
  if (end < 0) throw fail(`at most ${(bytes.length - 4) >>> 2} restarts`, `${restarts}`);
  return end;
}

function length(bytes: Uint8Array, end: number, fail: Fail): number {
  const first = bytes[pos]!;
  if (first < 0x80 && pos < end) {
    pos++;
    return first;
  }
  let value = 0;
  for (let shift = 0; shift <= 28 && pos < end; shift += 7) {
    const byte = bytes[pos++]!;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw fail('a length of at most 32 bits', 'a longer one or the end');
}

function reserve(count: number, keyBytes: number): void {
  if (keyBytes > keys.length) {
    const grown = new Uint8Array(keyBytes * 2);
    grown.set(keys);
    keys = grown;
  }
  if (count <= versions.length) return;
  const grownSlots = new Uint32Array(slots.length * 2);
  grownSlots.set(slots);
  slots = grownSlots;
  const grownVersions = new Float64Array(versions.length * 2);
  grownVersions.set(versions);
  versions = grownVersions;
}
