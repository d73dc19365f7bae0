import type { Fail } from '../errors.ts';
import { compareSlices, uint32At } from './bytes.ts';
import { isPrefixed, type Kinds, PREFIX_OF_HANDLE, PUT } from './kinds.ts';
import { SLOT_FIELDS, type SortedRun } from './sorted-run.ts';

/** Size of the kind and the sequence number at the end of each key of a table, in bytes. */
export const TRAILER_BYTES = 8;

/** Buffers that decoding fills before the exact sizes are known. They are used for every block and grow to the largest one. */
let keys = new Uint8Array(64 * 1024);
let slots = new Uint32Array(4096 * SLOT_FIELDS);
let versions = new Float64Array(4096);
let pos = 0;
/** The lengths that the last call of `readHead` has read. */
let headShared = 0;
let headUnshared = 0;
let headValue = 0;

/** Decodes all entries of a table's block. The values are views of `bytes`.
 *
 *     block = entry* · restart offset (4)* · number of restarts (4)
 *     entry = uvarint shared · uvarint unshared · uvarint value length · the key's unshared end · value
 *     key   = user key · kind (1) · sequence (7, little endian)
 *
 * A key shares its start with the key before it (google/leveldb doc/table_format.md, table/block_builder.cc). Here all keys are written out
 * once, so that a search is a plain binary search and walking backwards is as fast as walking forwards. */
export function decodeBlock(bytes: Uint8Array, kinds: Kinds, fail: Fail): SortedRun {
  const end = entriesEnd(bytes, bytes.length, fail);
  let count = 0;
  let used = 0;
  let keyLength = 0;
  pos = 0;
  while (pos < end) {
    const before = keyLength;
    keyLength = readEntry(bytes, end, count++, used, before, kinds, fail);
    used += keyLength;
  }
  return new BlockRun(bytes, count, used);
}

/** An entry that was found in a block without decoding the whole block. */
export interface FoundEntry {
  /** See `SortedRun.versions`. */
  readonly version: number;
  /** A copy of the value; undefined if the entry is a deletion. */
  readonly value: Uint8Array | undefined;
}

/** Finds the newest entry of a key in the block `bytes[0, blockLength)`. It searches from the last restart before the key, and so reads
 * about 16 entries instead of all. Returns `absent` if the block has a larger key and not this one, `beyond` if all its keys are
 * smaller. */
export function searchBlock(
  bytes: Uint8Array,
  blockLength: number,
  key: Uint8Array,
  kinds: Kinds,
  fail: Fail,
): FoundEntry | 'absent' | 'beyond' {
  const end = entriesEnd(bytes, blockLength, fail);
  const start = restartBefore(bytes, end, (blockLength - 4 - end) / 4, key, fail);
  return (
    searchShared(bytes, start, end, key, kinds, fail) ?? searchWhole(bytes, start, end, key, kinds, fail)
  );
}

/** Searches without joining the two parts of each entry's key. Keys are in ascending order, and the entry before is smaller than `key` and
 * has `matched` bytes in common with it. So the number of bytes that an entry shares with the entry before tells how it compares with
 * `key`.
 *
 * @returns undefined if this does not tell it, for example if a key is the beginning of the next one */
function searchShared(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: Uint8Array,
  kinds: Kinds,
  fail: Fail,
): FoundEntry | 'absent' | 'beyond' | undefined {
  let matched = 0;
  let before = 0;
  pos = start;
  while (pos < end) {
    readHead(bytes, end, before, fail);
    const userLength = headShared + headUnshared - TRAILER_BYTES;
    const shared = headShared;
    if (shared > userLength) return undefined;
    if (shared > matched) {
      if (matched >= before - TRAILER_BYTES) return undefined;
    } else {
      // This entry has fewer bytes in common with `key` than the one before, or its key is written out whole.
      matched = shared;
      const stop = Math.min(userLength, key.length);
      const shift = pos - shared;
      while (matched < stop && bytes[shift + matched] === key[matched]) matched++;
      if (matched === userLength && matched === key.length)
        return foundEntry(bytes, shift + matched, kinds, fail);
      if (matched === key.length || (matched < userLength && bytes[shift + matched]! > key[matched]!))
        return 'absent';
    }
    before = shared + headUnshared;
    pos += headUnshared + headValue;
  }
  return 'beyond';
}

function searchWhole(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: Uint8Array,
  kinds: Kinds,
  fail: Fail,
): FoundEntry | 'absent' | 'beyond' {
  let used = 0;
  let before = 0;
  pos = start;
  while (pos < end) {
    const keyLength = readEntry(bytes, end, 0, used, before, kinds, fail);
    const order = compareSlices(keys, used, used + keyLength - TRAILER_BYTES, key, 0, key.length);
    if (order > 0) return 'absent';
    if (order === 0) return entryOf(bytes, versions[0]!, slots[2]!, slots[3]!);
    used += keyLength;
    before = keyLength;
  }
  return 'beyond';
}

/** Returns the entry whose head was just read and whose kind and sequence number are at `trailer`. */
function foundEntry(bytes: Uint8Array, trailer: number, kinds: Kinds, fail: Fail): FoundEntry {
  const value = pos + headUnshared;
  const version = versionAt(bytes, trailer, kinds, fail);
  const start = isPrefixed(kinds, bytes[trailer]!) ? valueAfterPrefix(bytes, value, fail) : value;
  return entryOf(bytes, version, start, value + headValue);
}

const entryOf = (bytes: Uint8Array, version: number, start: number, end: number): FoundEntry => ({
  version,
  value: version % 2 === 0 ? undefined : copyOf(bytes, start, end),
});

/** Returns the offset of the last restart (an entry that is written with its whole key) before `key`, or of the first entry if there is
 * none. */
function restartBefore(
  bytes: Uint8Array,
  end: number,
  restarts: number,
  key: Uint8Array,
  fail: Fail,
): number {
  let low = 0;
  let high = restarts - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    pos = restartAt(bytes, end, middle, fail);
    readHead(bytes, end, 0, fail);
    const keyEnd = pos + headUnshared - TRAILER_BYTES;
    if (compareSlices(bytes, pos, keyEnd, key, 0, key.length) < 0) low = middle;
    else high = middle - 1;
  }
  return restarts === 0 ? 0 : restartAt(bytes, end, low, fail);
}

function restartAt(bytes: Uint8Array, end: number, index: number, fail: Fail): number {
  const offset = uint32At(bytes, end + index * 4);
  if (offset > end) throw fail(`restart ${index} within ${end} bytes`, `${offset}`);
  return offset;
}

/** Reads the lengths of the entry at `pos`, and moves `pos` to the unshared end of its key.
 *
 * @param before  length of the key of the entry before */
function readHead(bytes: Uint8Array, end: number, before: number, fail: Fail): void {
  const start = pos;
  headShared = length(bytes, end, fail);
  headUnshared = length(bytes, end, fail);
  headValue = length(bytes, end, fail);
  if (headShared > before)
    throw fail(`an entry that shares at most ${before} bytes at ${start}`, `${headShared}`);
  if (headShared + headUnshared < TRAILER_BYTES)
    throw fail(`an entry with a key of 8 bytes or more at ${start}`, `${headShared + headUnshared}`);
  if (headUnshared + headValue > end - pos)
    throw fail(`an entry of at most ${end - pos} bytes at ${start}`, `${headUnshared + headValue}`);
}

/** Reads the entry at `pos` into index `at` of `slots` and `versions`, and its key into `keys` from `used` on.
 *
 * @param before  length of the key of the entry before, which ends at `used`
 * @returns length of the entry's key, with kind and sequence number */
function readEntry(
  bytes: Uint8Array,
  end: number,
  at: number,
  used: number,
  before: number,
  kinds: Kinds,
  fail: Fail,
): number {
  readHead(bytes, end, before, fail);
  const shared = headShared;
  const unshared = headUnshared;
  const keyLength = shared + unshared;
  reserve(at + 1, used + keyLength);
  const last = used - before;
  for (let index = 0; index < shared; index++) keys[used + index] = keys[last + index]!;
  for (let index = 0; index < unshared; index++) keys[used + shared + index] = bytes[pos + index]!;
  pos += unshared;
  const keyEnd = used + keyLength - TRAILER_BYTES;
  const slot = at * SLOT_FIELDS;
  slots[slot] = used;
  slots[slot + 1] = keyEnd;
  slots[slot + 2] = isPrefixed(kinds, keys[keyEnd]!) ? valueAfterPrefix(bytes, pos, fail) : pos;
  slots[slot + 3] = pos += headValue;
  versions[at] = versionAt(keys, keyEnd, kinds, fail);
  return keyLength;
}

/** Returns the offset of a value that follows its one-byte prefix, which is at `at`. */
function valueAfterPrefix(bytes: Uint8Array, at: number, fail: Fail): number {
  if (headValue === 0) throw fail('a value with a prefix', 'none');
  if ((bytes[at]! & PREFIX_OF_HANDLE) !== 0)
    throw fail('a value in its place', 'one in a block of values', 'LEVELDB_UNSUPPORTED');
  return at + 1;
}

function versionAt(bytes: Uint8Array, trailer: number, kinds: Kinds, fail: Fail): number {
  const low = uint32At(bytes, trailer);
  const meaning = kinds.meanings[low & 0xff]!;
  if (meaning > PUT) throw kinds.refuse(low & 0xff, fail);
  return (uint32At(bytes, trailer + 4) * 2 ** 24 + (low >>> 8)) * 2 + meaning;
}

/** Estimates how many bytes a decoded block takes in memory. */
export const blockCost = (run: SortedRun, bytes: number): number =>
  bytes + run.keys.length + run.count * 24 + 1000;

class BlockRun implements SortedRun {
  readonly count: number;
  readonly keys: Uint8Array;
  readonly slots: Uint32Array;
  readonly versions: Float64Array;
  private readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array, count: number, keyBytes: number) {
    this.bytes = bytes;
    this.count = count;
    // All three arrays share one buffer. In a small block, three buffers would take more memory than their content.
    const slotsAt = count * Float64Array.BYTES_PER_ELEMENT;
    const keysAt = slotsAt + count * SLOT_FIELDS * Uint32Array.BYTES_PER_ELEMENT;
    const buffer = new ArrayBuffer(keysAt + keyBytes);
    this.versions = new Float64Array(buffer, 0, count);
    this.slots = new Uint32Array(buffer, slotsAt, count * SLOT_FIELDS);
    this.keys = new Uint8Array(buffer, keysAt, keyBytes);
    this.versions.set(versions.subarray(0, count));
    this.slots.set(slots.subarray(0, count * SLOT_FIELDS));
    this.keys.set(keys.subarray(0, keyBytes));
  }
  value(index: number): Uint8Array {
    return this.bytes.subarray(this.slots[index * SLOT_FIELDS + 2]!, this.slots[index * SLOT_FIELDS + 3]!);
  }
}

function entriesEnd(bytes: Uint8Array, blockLength: number, fail: Fail): number {
  if (blockLength < 4) throw fail('a block of 4 bytes or more', `${blockLength}`);
  const restarts = uint32At(bytes, blockLength - 4);
  const end = blockLength - 4 - restarts * 4;
  if (end < 0) throw fail(`at most ${(blockLength - 4) >>> 2} restarts`, `${restarts}`);
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

/** Values up to this many bytes are copied into a common buffer with others that were found at about the same time. */
const SMALL_BYTES = 1024;
let pool = new Uint8Array(0);
let pooled = 0;

function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const size = end - start;
  if (size > SMALL_BYTES) return bytes.slice(start, end);
  if (pooled + size > pool.length) {
    pool = new Uint8Array(16 * SMALL_BYTES);
    pooled = 0;
  }
  const copy = pool.subarray(pooled, pooled + size);
  pooled += size;
  for (let index = 0; index < size; index++) copy[index] = bytes[start + index]!;
  return copy;
}
