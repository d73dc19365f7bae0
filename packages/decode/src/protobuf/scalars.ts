import { type GoTime, shownText } from '@baleen/chain';
import { decodeTimestamp, formatGoTime, type WireReader } from '@baleen/codec';
import { goInteger } from '../go-integer.ts';
import { misfit, shorten } from './errors.ts';

const DECIMAL_PLACES = 18;
/** Bits of an sdk.Int (0.46 on; 255 before), and of a Dec's scaled integer (types/decimal.go: maxDecBitLen). */
const INT_BITS = 256;
const DEC_BITS = 316;
/** Characters: more can't fit into the bits. */
const LONGEST_INTEGER = 400;
const PLAIN = /^(?:0|-?[1-9][0-9]{0,75})$/;
/** 10,000 years (gogo jsonpb v1.3.3: maxSecondsInDuration). */
const MAX_DURATION_SECONDS = 315_576_000_000n;

/** Decimal digits of an sdk.Int as the chain keeps it; bytes that are empty are zero. */
export const readInt = (reader: WireReader): string => readInteger(reader, INT_BITS);

/** An sdk.Dec: digits scaled by 10^18, shown with 18 decimals; bytes that are empty show as `0`. */
export function readDec(reader: WireReader): string {
  const start = reader.pos;
  const text = readInteger(reader, DEC_BITS);
  if (reader.pos - start === 1) return '0';
  const sign = text.startsWith('-') ? '-' : '';
  const digits = text.slice(sign.length).padStart(DECIMAL_PLACES + 1, '0');
  const point = digits.length - DECIMAL_PLACES;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function readInteger(reader: WireReader, maxBits: number): string {
  const text = shownText(reader.text());
  if (PLAIN.test(text)) return text;
  if (text === '') return '0';
  const integer = text.length > LONGEST_INTEGER ? undefined : goInteger(text);
  if (integer === undefined) throw misfit('an integer', shorten(text));
  if (BigInt(integer.replace('-', '')) >> BigInt(maxBits) !== 0n)
    throw misfit(`at most ${maxBits} bits`, shorten(text));
  return integer;
}

/** Text of an unsigned varint; up to seven bytes, the usual case, without a bigint. */
export function readUint64(reader: WireReader): string {
  return isShort(reader) ? String(reader.uint()) : String(reader.uint64());
}

export function readInt64(reader: WireReader): string {
  return isShort(reader) ? String(reader.uint()) : String(reader.int64());
}

function isShort(reader: WireReader): boolean {
  const { buffer, pos } = reader;
  for (let index = pos; index < pos + 7; index++) if (buffer[index]! < 0x80) return true;
  return false;
}

/** The low 32 bits, as gogoproto's readers keep them. */
export function readInt32(reader: WireReader): number {
  return isShort(reader) ? reader.uint() | 0 : Number(BigInt.asIntN(32, reader.uint64()));
}

export const readSint64 = (reader: WireReader): string => {
  const value = reader.uint64();
  return String((value >> 1n) ^ -(value & 1n));
};

export const readSint32 = (reader: WireReader): number => {
  const value = readInt32(reader);
  return (value >>> 1) ^ -(value & 1);
};

/** RFC 3339 with 0, 3, 6 or 9 digits of fraction, as jsonpb prints it (Go's own RFC3339Nano cuts every zero). */
export function readTimestamp(reader: WireReader): string {
  const time: GoTime = decodeTimestamp(reader);
  if (time.nanos === 0) return formatGoTime(time);
  return `${formatGoTime({ seconds: time.seconds, nanos: 0 }).slice(0, -1)}${fraction(time.nanos)}Z`;
}

/** `3600s`, `-0.500s` (gogo jsonpb v1.3.3, marshalObject: Duration). */
export function readDuration(reader: WireReader): string {
  let seconds = 0n;
  let nanos = 0;
  while (!reader.done) {
    const key = reader.key();
    if (key === 8) seconds = reader.int64();
    else if (key === 16) nanos = readInt32(reader);
    else reader.skip(key);
  }
  if (seconds > MAX_DURATION_SECONDS || seconds < -MAX_DURATION_SECONDS)
    throw misfit('a duration of at most 10000 years', `${seconds} seconds`);
  if (Math.abs(nanos) > 999_999_999 || (seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0))
    throw misfit('nanoseconds below a second with the sign of the seconds', `${seconds} s and ${nanos} ns`);
  const sign = nanos < 0 && seconds === 0n ? '-' : '';
  return `${sign}${seconds}${fraction(Math.abs(nanos))}s`;
}

function fraction(nanos: number): string {
  if (nanos === 0) return '';
  return `.${String(nanos)
    .padStart(9, '0')
    .replace(/(?:000){1,2}$/, '')}`;
}

const view = new DataView(new ArrayBuffer(8));
/** Significant digits that tell any two numbers of 32 bits apart. */
const FLOAT_DIGITS = 9;

/** A number of 64 bits, as Go's JSON prints it; what is no number is quoted (gogo/protobuf v1.3.3, jsonpb.go). */
export function readDouble(reader: WireReader): string {
  view.setBigUint64(0, reader.fixed64());
  return numberText(view.getFloat64(0));
}

/** A number of 32 bits: with the fewest digits that come back to it. */
export function readFloat(reader: WireReader): string {
  view.setUint32(0, reader.fixed32());
  const value = view.getFloat32(0);
  if (!Number.isFinite(value)) return numberText(value);
  for (let digits = 1; digits < FLOAT_DIGITS; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return numberText(shorter);
  }
  return numberText(Number(value.toPrecision(FLOAT_DIGITS)));
}

const numberText = (value: number): string =>
  Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : String(value)) : `"${value}"`;
