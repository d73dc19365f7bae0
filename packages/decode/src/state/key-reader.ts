import { decodeUtf8, encodeBech32, toHex } from '@baleen/codec';
import { misfit } from './errors.ts';

/** How an era writes addresses in keys: 20 bytes, or a byte of length before them. */
export type AddressStyle = 'fixed' | 'prefixed';

const FIXED_BYTES = 20;
/** SDK's address.MaxAddrLen. */
const MAX_BYTES = 255;

/** Reads the parts of a leaf's key in order. Every read is bounds checked; `end` refuses what is left. */
export class KeyReader {
  private readonly bytes: Uint8Array;
  private readonly style: AddressStyle;
  private readonly prefix: string;
  private pos: number;
  constructor(bytes: Uint8Array, start: number, style: AddressStyle, prefix: string) {
    this.bytes = bytes;
    this.pos = start;
    this.style = style;
    this.prefix = prefix;
  }

  account(): string {
    return this.bech32('', this.address());
  }

  operator(): string {
    return this.bech32('valoper', this.address());
  }

  consensus(): string {
    return this.bech32('valcons', this.address());
  }

  /** The rest of the key as an account address, which never has a length before it. */
  lastAccount(): string {
    const rest = this.rest();
    if (rest.length === 0 || rest.length > MAX_BYTES) throw misfit('an address', `${rest.length} bytes`);
    return this.bech32('', rest);
  }

  /** Eight bytes, big endian. */
  uint64(): bigint {
    const bytes = this.take(8);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
  }

  /** Eight bytes, little endian. */
  uint64LittleEndian(): bigint {
    const bytes = this.take(8);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  }

  /** Text up to an address of 20 bytes, with which the key ends. */
  textBeforeAddress(): string {
    return this.utf8(this.take(this.bytes.length - this.pos - FIXED_BYTES));
  }

  /** All text that is left; may be empty. */
  text(): string {
    return this.utf8(this.rest());
  }

  rest(): Uint8Array {
    return this.take(this.bytes.length - this.pos);
  }

  hex(): string {
    return toHex(this.rest()).toUpperCase();
  }

  end(): void {
    const left = this.bytes.length - this.pos;
    if (left !== 0) throw misfit("the key's end", `${left} more bytes`);
  }

  private address(): Uint8Array {
    const length = this.style === 'fixed' ? FIXED_BYTES : this.take(1)[0]!;
    if (length === 0) throw misfit('an address', 'an empty one');
    return this.take(length);
  }

  private bech32(suffix: string, bytes: Uint8Array): string {
    return encodeBech32(this.prefix + suffix, bytes);
  }

  private take(length: number): Uint8Array {
    if (length < 0 || this.pos + length > this.bytes.length)
      throw misfit(`${length} more bytes of the key`, String(this.bytes.length - this.pos));
    const bytes = this.bytes.subarray(this.pos, this.pos + length);
    this.pos += length;
    return bytes;
  }

  private utf8(bytes: Uint8Array): string {
    const text = decodeUtf8(bytes);
    if (typeof text !== 'string' || text.includes('\0')) throw misfit('UTF-8 in the key', 'other bytes');
    return text;
  }
}
