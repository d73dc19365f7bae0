import type { GoTime } from '@baleen/chain';
import type { CellTypes, CopyType } from '@baleen/tables';

/** Seconds from 1970-01-01 to 2000-01-01. Postgres counts timestamps from 2000. */
const EPOCH_SECONDS = 946_684_800;
const TWO_32 = 2 ** 32;
/** PostgreSQL's object ids of the element types of arrays (pg_type.dat; they never change). */
const ELEMENT_OID = {
  'text[]': 25,
  'bytea[]': 17,
  'int2[]': 21,
  'int4[]': 23,
  'int8[]': 20,
  'decimal[]': 1700,
  'timestamptz[]': 1184,
};
type ArrayType = keyof typeof ELEMENT_OID;

/** Values of at most this many bytes (hashes, signatures, short texts) are copied by a loop, which is faster than a native call. */
const SHORT = 64;
/** Node's internal function that `buffer.write(text, start, 'utf8')` calls. The checks of arguments in `write` would take a tenth of the
 * encoding time. */
const { utf8Write } = Buffer.prototype as unknown as {
  utf8Write(this: Buffer, text: string, start: number): number;
};

/** Writes cells of COPY's binary format: a length and a value, big endian. The buffer doubles when it is full. */
export class CopyBuffer {
  private bytes: Buffer;
  private view: DataView;
  private length = 0;

  constructor(capacity = 65_536) {
    this.bytes = Buffer.from(new ArrayBuffer(capacity));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Returns a copy of what was written, which can be transferred to another thread, and empties this buffer. */
  take(): Uint8Array {
    const taken = new Uint8Array(this.bytes.buffer.slice(0, this.length) as ArrayBuffer);
    this.length = 0;
    return taken;
  }

  /** Number of bytes that were written. */
  get size(): number {
    return this.length;
  }

  reset(): void {
    this.length = 0;
  }

  /** Starts a row. */
  row(columnCount: number): void {
    this.reserve(2);
    this.int16(columnCount);
  }

  null(): void {
    this.reserve(4);
    this.int32(-1);
  }

  text(text: string): void {
    this.reserve(4 + text.length * 3);
    const start = this.length + 4;
    const size = this.utf8(text, start);
    this.view.setInt32(this.length, size);
    this.length = start + size;
  }

  bytea(value: Uint8Array): void {
    const size = value.length;
    this.reserve(4 + size);
    this.int32(size);
    if (size > SHORT) this.bytes.set(value, this.length);
    else for (let index = 0; index < size; index++) this.bytes[this.length + index] = value[index]!;
    this.length += size;
  }

  /** Writes a jsonb cell: a version byte (1), then the JSON text. */
  jsonb(text: string): void {
    this.reserve(5 + text.length * 3);
    const start = this.length + 5;
    const size = this.utf8(text, start);
    this.view.setInt32(this.length, size + 1);
    this.bytes[start - 1] = 1;
    this.length = start + size;
  }

  int2(value: number): void {
    this.reserve(6);
    this.int32(2);
    this.int16(value);
  }

  int4(value: number): void {
    this.reserve(8);
    this.int32(4);
    this.int32(value);
  }

  int8(value: number | bigint): void {
    this.reserve(12);
    this.int32(8);
    this.int64(value);
  }

  bool(value: boolean): void {
    this.reserve(5);
    this.int32(1);
    this.bytes[this.length++] = value ? 1 : 0;
  }

  timestamptz(time: GoTime): void {
    const seconds = time.seconds - EPOCH_SECONDS;
    const micros = seconds * 1e6 + Math.floor(time.nanos / 1000);
    if (Number.isSafeInteger(micros)) this.int8(micros);
    else this.int8(BigInt(seconds) * 1_000_000n + BigInt(Math.floor(time.nanos / 1000)));
  }

  /** Writes an integer as `numeric`, in the form of Postgres's numeric_recv: count of base-10,000 digits, weight of the first, sign, places
   * after the point, digits. */
  numeric(value: bigint): void {
    const digits = base10000(value < 0n ? -value : value);
    let count = digits.length;
    while (count > 0 && digits[count - 1] === 0) count--;
    this.reserve(12 + 2 * count);
    this.int32(8 + 2 * count);
    this.int16(count);
    this.int16(count === 0 ? 0 : digits.length - 1);
    this.int16(value < 0n ? 0x4000 : 0);
    this.int16(0);
    for (let index = 0; index < count; index++) this.int16(digits[index]!);
  }

  /** Writes a number of units of 1e-18 as `numeric`: five base-10,000 digits after the point, the last of which ends in 00. */
  decimal(units: bigint): void {
    const digits = base10000((units < 0n ? -units : units) * 100n);
    let count = digits.length;
    while (count > 0 && digits[count - 1] === 0) count--;
    this.reserve(12 + 2 * count);
    this.int32(8 + 2 * count);
    this.int16(count);
    this.int16(count === 0 ? 0 : digits.length - 1 - 5);
    this.int16(units < 0n ? 0x4000 : 0);
    this.int16(18);
    for (let index = 0; index < count; index++) this.int16(digits[index]!);
  }

  /** Writes an array. It has one dimension or, if it is empty, no dimension, as PostgreSQL wants it. Elements may be NULL. */
  array<Type extends ArrayType>(type: Type, values: CellTypes[Type]): void {
    this.reserve(24);
    const lengthAt = this.length;
    this.length += 4;
    this.int32(values.length === 0 ? 0 : 1);
    this.int32(values.includes(null as never) ? 1 : 0);
    this.int32(ELEMENT_OID[type]);
    if (values.length > 0) {
      this.int32(values.length);
      this.int32(1);
    }
    const element = type.slice(0, -2) as CopyType;
    for (const value of values) this.cell(element, value);
    this.view.setInt32(lengthAt, this.length - lengthAt - 4);
  }

  /** Writes a cell whose type is known only at run time. */
  cell(type: CopyType, value: CellTypes[CopyType] | null): void {
    if (value === null) this.null();
    else if (type === 'text') this.text(value as string);
    else if (type === 'bytea') this.bytea(value as Uint8Array);
    else if (type === 'int4') this.int4(value as number);
    else if (type === 'int8') this.int8(value as number | bigint);
    else if (type === 'timestamptz') this.timestamptz(value as GoTime);
    else if (type === 'jsonb') this.jsonb(value as string);
    else if (type === 'numeric') this.numeric(value as bigint);
    else if (type === 'decimal') this.decimal(value as bigint);
    else if (type === 'int2') this.int2(value as number);
    else if (type === 'bool') this.bool(value as boolean);
    else this.array(type, value as never);
  }

  private int16(value: number): void {
    this.view.setInt16(this.length, value);
    this.length += 2;
  }

  private int32(value: number): void {
    this.view.setInt32(this.length, value);
    this.length += 4;
  }

  private int64(value: number | bigint): void {
    if (typeof value === 'bigint') this.view.setBigInt64(this.length, value);
    else {
      this.view.setInt32(this.length, Math.floor(value / TWO_32));
      this.view.setUint32(this.length + 4, value % TWO_32 < 0 ? (value % TWO_32) + TWO_32 : value % TWO_32);
    }
    this.length += 8;
  }

  /** Writes UTF-8, and returns the number of bytes. Short ASCII, the usual case, is written by a loop, which is faster than a native
   * call. */
  private utf8(text: string, start: number): number {
    if (text.length > 20) return utf8Write.call(this.bytes, text, start);
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) return utf8Write.call(this.bytes, text, start);
      this.bytes[start + index] = code;
    }
    return text.length;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = Buffer.from(new ArrayBuffer(Math.max(this.bytes.length * 2, this.length + count)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** Returns the digits to base 10,000, the highest first; none for 0. */
function base10000(value: bigint): number[] {
  const digits: number[] = [];
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) {
    for (let rest = Number(value); rest > 0; rest = Math.floor(rest / 10_000)) digits.unshift(rest % 10_000);
    return digits;
  }
  const text = String(value);
  for (let end = text.length; end > 0; end -= 4)
    digits.unshift(Number(text.slice(Math.max(0, end - 4), end)));
  return digits;
}
