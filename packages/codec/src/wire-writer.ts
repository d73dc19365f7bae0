import { BYTES, FIXED64, VARINT } from './wire.ts';

const utf8 = new TextEncoder();

/** Writes protobuf's wire format, for the bytes that a chain hashes. As in proto3 and amino, a field is left out if its value is zero or
 * empty; only `message` always writes its field. Every method but `finish` returns the writer. */
export class WireWriter {
  private buffer = new Uint8Array(64);
  private length = 0;

  /** Writes a varint field. A negative number is written in 64-bit two's complement. */
  varint(field: number, value: number | bigint): this {
    if (value === 0 || value === 0n) return this;
    this.rawVarint(field * 8 + VARINT);
    return this.rawVarint(value);
  }

  /** Writes a field of eight bytes: a signed integer, little endian. */
  fixed64(field: number, value: number | bigint): this {
    if (value === 0 || value === 0n) return this;
    this.rawVarint(field * 8 + FIXED64);
    this.reserve(8);
    new DataView(this.buffer.buffer).setBigInt64(this.length, BigInt(value), true);
    this.length += 8;
    return this;
  }

  /** Writes a field of length-prefixed bytes, unless they are empty. */
  bytes(field: number, bytes: Uint8Array): this {
    return bytes.length === 0 ? this : this.message(field, bytes);
  }

  /** Writes a field of length-prefixed UTF-8, unless the text is empty. */
  text(field: number, text: string): this {
    return text === '' ? this : this.message(field, utf8.encode(text));
  }

  /** Writes a field of length-prefixed bytes, even if they are empty (a non-nullable message, an element of a list). */
  message(field: number, bytes: Uint8Array): this {
    this.rawVarint(field * 8 + BYTES);
    this.rawVarint(bytes.length);
    return this.raw(bytes);
  }

  raw(bytes: Uint8Array): this {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  rawVarint(value: number | bigint): this {
    this.reserve(10);
    let rest = value;
    if (typeof rest === 'bigint' || rest < 0) rest = BigInt.asUintN(64, BigInt(rest));
    if (typeof rest === 'bigint') {
      for (; rest >= 0x80n; rest >>= 7n) this.buffer[this.length++] = Number(rest & 0x7fn) | 0x80;
      this.buffer[this.length++] = Number(rest);
      return this;
    }
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) this.buffer[this.length++] = (rest % 128) | 0x80;
    this.buffer[this.length++] = rest;
    return this;
  }

  /** Writes a zig-zag varint without a field key. `WireReader.zigzag` describes the format. */
  rawZigzag(value: number): this {
    return this.rawVarint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** Returns a copy of the written bytes, and empties the writer for the next message. */
  finish(): Uint8Array {
    const written = this.buffer.slice(0, this.length);
    this.length = 0;
    return written;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.length + count));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }
}
