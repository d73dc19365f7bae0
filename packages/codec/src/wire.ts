import { BaleenError, type Text } from '@baleen/chain';
import { decodeUtf8 } from './utf8.ts';

/** Wire types shared by protobuf and amino: the low three bits of a field key. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/** Reads protobuf's wire format, which amino shares. Every read is bounds checked; `bytes` returns views, not copies. */
export class WireReader {
  readonly buffer: Uint8Array;
  pos: number;
  readonly end: number;
  constructor(buffer: Uint8Array, pos = 0, end = buffer.length) {
    this.buffer = buffer;
    this.pos = pos;
    this.end = end;
  }

  get done(): boolean {
    return this.pos >= this.end;
  }

  /** Reads a field key: `number << 3 | wire type`. */
  key(): number {
    const key = this.uint();
    if (key >>> 3 === 0 || key > 0xffff_ffff) throw this.error('a field number of at least 1', `key ${key}`);
    return key;
  }

  /** Reads an unsigned varint below 2^53. Throws if it is larger. */
  uint(): number {
    const { buffer, end } = this;
    let value = 0;
    let scale = 1;
    for (let pos = this.pos; pos < end; pos++) {
      const byte = buffer[pos]!;
      if (scale === 2 ** 49 && byte > 15) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.pos = pos + 1;
        return value;
      }
      scale *= 128;
    }
    throw this.error('a varint below 2^53', this.pos >= end ? 'the end' : 'a longer one or the end');
  }

  /** Reads an unsigned 64-bit varint of at most ten bytes. */
  uint64(): bigint {
    let value = 0n;
    for (let index = 0; index < 10; index++) {
      if (this.pos + index >= this.end) break;
      const byte = this.buffer[this.pos + index]!;
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) {
        if (value > 0xffff_ffff_ffff_ffffn) break;
        this.pos += index + 1;
        return value;
      }
    }
    throw this.error('a varint of at most 64 bits', 'a longer one or the end');
  }

  /** Reads a varint as a signed 64-bit integer in two's complement (proto int64, amino int and int64). */
  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  /** Reads an int64 in two's complement that fits a JavaScript number. Throws if it doesn't fit. */
  int(): number {
    const value = Number(this.int64());
    if (!Number.isSafeInteger(value)) throw this.error('an integer within 53 bits', String(value));
    return value;
  }

  /** Reads a zig-zag varint from -2^52 to 2^52 - 1 (Go's `PutVarint`, amino's int8): the bytes 0, 1, 2, 3 mean 0, -1, 1, -2. */
  zigzag(): number {
    const value = this.uint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Reads length-prefixed bytes, and returns a view of them. */
  bytes(): Uint8Array {
    const start = this.lengthPrefix();
    const bytes = this.buffer.subarray(start, this.pos);
    return bytes;
  }

  /** Reads length-prefixed bytes, and returns a reader over them. */
  message(): WireReader {
    const start = this.lengthPrefix();
    return new WireReader(this.buffer, start, this.pos);
  }

  /** Reads length-prefixed text. Bytes that are not valid UTF-8 are kept as `Text` describes. */
  text(): Text {
    const start = this.lengthPrefix();
    return decodeUtf8(this.buffer, start, this.pos);
  }

  /** Reads eight bytes as an unsigned integer, little endian. */
  fixed64(): bigint {
    const start = this.take(8);
    return new DataView(this.buffer.buffer, this.buffer.byteOffset + start, 8).getBigUint64(0, true);
  }

  /** Reads four bytes as an unsigned integer, little endian. */
  fixed32(): number {
    const start = this.take(4);
    return new DataView(this.buffer.buffer, this.buffer.byteOffset + start, 4).getUint32(0, true);
  }

  /** Skips the value of the field whose key was just read. */
  skip(key: number): void {
    const type = key & 7;
    if (type === VARINT) this.uint64();
    else if (type === BYTES) this.lengthPrefix();
    else if (type === FIXED64) this.take(8);
    else if (type === FIXED32) this.take(4);
    else throw this.error('wire type 0, 1, 2 or 5', `type ${type} of field ${key >>> 3}`);
  }

  error(expected: string, found: string): BaleenError {
    return new BaleenError(
      'data',
      'WIRE_MALFORMED',
      `at byte ${this.pos} of ${this.end}: expected ${expected}, found ${found}`,
    );
  }

  /** Reads a length, moves past the bytes that it counts, and returns the position at which they start. */
  private lengthPrefix(): number {
    const length = this.uint();
    return this.take(length);
  }

  private take(length: number): number {
    const start = this.pos;
    if (length > this.end - start) throw this.error(`${length} bytes`, `${this.end - start} left`);
    this.pos = start + length;
    return start;
  }
}
