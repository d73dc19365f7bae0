import type { Fail } from '../errors.ts';

/** Most bytes that one byte of Snappy can stand for: a copy of 64 bytes takes at least two. */
const MAX_RATIO = 32;
/** Literals above this go through `set`, whose call costs as much as copying some dozens of bytes. */
const LONG_LITERAL = 48;

/** Length of what a block stands for. */
export function snappyLength(input: Uint8Array, start: number, end: number, fail: Fail): number {
  const length = lengthAt(input, start, end, fail);
  const rest = end - bodyAt(input, start);
  if (length > rest * MAX_RATIO)
    throw fail(`at most ${rest * MAX_RATIO} bytes from ${rest} of snappy`, `${length}`);
  return length;
}

/** Writes what the Snappy block `input[start, end)` stands for, `length` bytes as `snappyLength` says, to the start of `output`.
 *
 *     block    = uvarint(length of the output) element*
 *     element  = literal | copy        by the low two bits of its tag byte: 0 literal, 1..3 copy
 *     literal  = length - 1 in the tag's high six bits; 60..63: in the next 1..4 bytes
 *     copy     = 1: 4..11 bytes, 11 bits of offset; 2: 1..64 bytes, 16 bits; 3: 1..64 bytes, 32 bits
 *
 * (google/snappy format_description.txt). Every read and write is bounds checked; the output's length is limited by
 * the input's before it is allocated. */
export function uncompressSnappyInto(
  output: Uint8Array,
  length: number,
  input: Uint8Array,
  start: number,
  end: number,
  fail: Fail,
): void {
  const written = uncompressElements(input, bodyAt(input, start), end, output, length, fail);
  if (written !== length) throw fail(`${length} bytes from snappy`, `${written}`);
}

function lengthAt(input: Uint8Array, start: number, end: number, fail: Fail): number {
  let length = 0;
  let pos = start;
  for (let shift = 0; ; shift += 7) {
    if (pos >= end || shift > 28) throw fail('a snappy length of at most 32 bits', 'a longer one or the end');
    const byte = input[pos++]!;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return length;
  }
}

/** Returns the position at which the elements begin, after the length. */
function bodyAt(input: Uint8Array, start: number): number {
  let pos = start;
  while (input[pos]! >= 0x80) pos++;
  return pos + 1;
}

function uncompressElements(
  input: Uint8Array,
  start: number,
  end: number,
  output: Uint8Array,
  length: number,
  fail: Fail,
): number {
  let pos = start;
  let out = 0;
  while (pos < end) {
    const tag = input[pos++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let count = (tag >>> 2) + 1;
      if (count > 60) {
        const extra = count - 60;
        if (pos + extra > end) throw fail('the length of a snappy literal', 'the end');
        count = littleEndian(input, pos, extra) + 1;
        pos += extra;
      }
      if (count > end - pos || count > length - out)
        throw fail(`a snappy literal of at most ${Math.min(end - pos, length - out)} bytes`, `${count}`);
      if (count > LONG_LITERAL) output.set(input.subarray(pos, pos + count), out);
      else for (let index = 0; index < count; index++) output[out + index] = input[pos + index]!;
      pos += count;
      out += count;
      continue;
    }
    const extra = kind === 3 ? 4 : kind;
    if (pos + extra > end) throw fail('the offset of a snappy copy', 'the end');
    const count = kind === 1 ? 4 + ((tag >>> 2) & 7) : (tag >>> 2) + 1;
    let offset: number;
    if (kind === 1) offset = ((tag >>> 5) << 8) | input[pos]!;
    else if (kind === 2) offset = input[pos]! | (input[pos + 1]! << 8);
    else offset = littleEndian(input, pos, 4);
    pos += extra;
    if (offset === 0 || offset > out) throw fail(`a snappy copy from 1..${out} bytes back`, `${offset}`);
    if (count > length - out) throw fail(`a snappy copy of at most ${length - out} bytes`, `${count}`);
    // Byte by byte: source and target may overlap, which repeats a pattern.
    for (const stop = out + count; out < stop; out++) output[out] = output[out - offset]!;
  }
  return out;
}

function littleEndian(bytes: Uint8Array, pos: number, count: number): number {
  let value = 0;
  for (let index = count - 1; index >= 0; index--) value = value * 256 + bytes[pos + index]!;
  return value;
}
