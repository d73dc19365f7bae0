import { BYTES, FIXED64, VARINT } from './wire.ts';

const utf8 = new TextEncoder();

/** Writes protobuf's wire format, for the leaves of hashes. As in proto3 and amino, zero and empty are not written;
 * `message` is always written. Every method returns the writer. */
export class WireWriter {
  private buffer = new Uint8Array(64);
  private length = 0;

  /** A varint field; negative numbers as 64-bit two's complement. */
  varint(field: number, value: number | bigint): this {
    if (value === 0 || value === 0n) return this;
    this.rawVarint(field * 8 + VARINT);
    return this.rawVarint(value);
  }

  /** A field of eight bytes, little endian, signed. */
  fixed64(field: number, value: number | bigint): this {
    if (value === 0 || value === 0n) return this;
    this.rawVarint(field * 8 + FIXED64);
    this.reserve(8);
    new DataView(this.buffer.buffer).setBigInt64(this.length, BigInt(value), true);
    this.length += 8;
    return this;
  }

  /** Length-prefixed bytes, not written when empty. */
  bytes(field: number, bytes: Uint8Array): this {
    return bytes.length === 0 ? this : this.message(field, bytes);
  }

  /** Length-prefixed UTF-8, not written when empty. */
  text(field: number, text: string): this {
    return text === '' ? this : this.message(field, utf8.encode(text));
  }

  /** Length-prefixed bytes, written even when empty (a non-nullable message, an element of a list). */
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

  /** A zig-zag varint, see `WireReader.zigzag`. */
  rawZigzag(value: number): this {
    return this.rawVarint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** A copy of what was written. The writer is empty afterwards, ready for the next message. */
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
