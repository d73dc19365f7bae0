import type { GoTime } from '@baleen/chain';
import type { CellTypes, CopyType } from '@baleen/tables';

/** Seconds from 1970-01-01 to 2000-01-01. Postgres counts timestamps from 2000. */
const EPOCH_SECONDS = 946_684_800;
/** Size of COPY's header in bytes: signature, flags, and the length of an extension, which PostgreSQL leaves empty. */
const HEADER_BYTES = 19;
const NEGATIVE = 0x4000;

/** Reads cells of COPY's binary format, as `CopyBuffer` writes them. Cells with bytes are views, not copies. */
export class CopyReader {
  private readonly bytes: Buffer;
  private pos = HEADER_BYTES;

  /** @param bytes  the whole output of `copy … to stdout (format binary)` */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Moves to the next row. Returns false if there is none. */
  row(): boolean {
    return this.int16() >= 0;
  }

  /** Reads the next cell of the row; null for NULL. */
  cell<Type extends CopyType>(type: Type): CellTypes[Type] | null {
    const size = this.int32();
    if (size < 0) return null;
    const end = this.pos + size;
    const value = this.value(type, end);
    this.pos = end;
    return value as CellTypes[Type];
  }

  private value(type: CopyType, end: number): CellTypes[CopyType] {
    const { bytes, pos } = this;
    if (type === 'text') return bytes.toString('utf8', pos, end);
    if (type === 'bytea') return new Uint8Array(bytes.buffer, bytes.byteOffset + pos, end - pos);
    // The JSON text comes after a version byte.
    if (type === 'jsonb') return bytes.toString('utf8', pos + 1, end);
    if (type === 'int2') return this.int16();
    if (type === 'int4') return this.int32();
    if (type === 'int8') return this.int8();
    if (type === 'bool') return bytes[pos] === 1;
    if (type === 'timestamptz') return this.timestamptz();
    if (type === 'numeric') return this.numeric();
    if (type === 'decimal') throw new TypeError('read a cell of type decimal: only tables of state have any');
    return this.array(type.slice(0, -2) as CopyType) as CellTypes[CopyType];
  }

  private timestamptz(): GoTime {
    const micros = this.bytes.readBigInt64BE(this.pos);
    const within = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
    return {
      seconds: Number((micros - within) / 1_000_000n) + EPOCH_SECONDS,
      nanos: Number(within) * 1000,
    };
  }

  /** Reads a numeric cell, which must be an integer. Its digits are to base 10,000, the highest first; `weight` is the power of 10,000 of
   * the first one. */
  private numeric(): bigint {
    const count = this.int16();
    const weight = this.int16();
    const sign = this.int16();
    this.int16();
    let value = 0n;
    for (let index = 0; index < count; index++) value = value * 10_000n + BigInt(this.int16());
    value *= 10_000n ** BigInt(Math.max(0, weight + 1 - count));
    return sign === NEGATIVE ? -value : value;
  }

  private array(element: CopyType): unknown[] {
    const dimensions = this.int32();
    this.pos += 8;
    if (dimensions === 0) return [];
    const count = this.int32();
    this.pos += 4;
    return Array.from({ length: count }, () => this.cell(element));
  }

  private int8(): number | bigint {
    const value = this.bytes.readBigInt64BE(this.pos);
    const small = Number(value);
    return Number.isSafeInteger(small) ? small : value;
  }

  private int16(): number {
    const value = this.bytes.readInt16BE(this.pos);
    this.pos += 2;
    return value;
  }

  private int32(): number {
    const value = this.bytes.readInt32BE(this.pos);
    this.pos += 4;
    return value;
  }
}
