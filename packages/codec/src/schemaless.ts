import { isUtf8 } from 'node:buffer';
import { toBase64 } from './base64.ts';
import { goJsonString } from './go-json.ts';
import { decodeUtf8 } from './utf8.ts';
import { BYTES, FIXED32, FIXED64, VARINT, WireReader } from './wire.ts';

/** Messages that are nested deeper than this are not parsed and become base64. No known message of a chain is nested ten deep. */
const MAX_DEPTH = 16;
/** Matches control characters. Text that people or programs write to a chain has none, so bytes with one are taken for a message first. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
/** Matches control characters other than tab, line feed and carriage return. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const HARD_CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

type Value = bigint | number | Uint8Array;

/** Returns the JSON of protobuf or amino bytes whose schema is not known: `{"1": ...}`. Keys are field numbers in ascending order.
 *
 * | wire | JSON |
 * |---|---|
 * | varint, fixed32, fixed64 | unsigned number; from 2^53 on a string of digits |
 * | bytes that are UTF-8 without control characters | string (the empty one too) |
 * | other bytes that parse as a message | object |
 * | other UTF-8, with tabs and line breaks | string |
 * | other bytes, or deeper than 16 messages | `{"base64": "..."}` |
 * | a field that occurs again | array, in order |
 *
 * The result is a guess: bytes can look like text, and text like a message. It never throws: bytes that don't parse as a message become
 * `{"base64": ...}`. */
export function readSchemaless(bytes: Uint8Array): string {
  return messageJson(bytes, 0) ?? base64Json(bytes);
}

function messageJson(bytes: Uint8Array, depth: number): string | undefined {
  const fields = depth < MAX_DEPTH ? readFields(bytes) : undefined;
  if (fields === undefined) return undefined;
  const numbers = [...fields.keys()].sort((left, right) => left - right);
  const members = numbers.map((number) => {
    const values = fields.get(number)!.map((value) => valueJson(value, depth + 1));
    return `"${number}":${values.length === 1 ? values[0] : `[${values.join(',')}]`}`;
  });
  return `{${members.join(',')}}`;
}

/** Returns the values by field number; undefined if the bytes don't parse as a message. Nested messages are not parsed here, so that each
 * level of nesting reads the bytes once. */
function readFields(bytes: Uint8Array): Map<number, Value[]> | undefined {
  if (!isMessage(bytes)) return undefined;
  const fields = new Map<number, Value[]>();
  const reader = new WireReader(bytes);
  try {
    while (!reader.done) {
      const key = reader.key();
      const value = readValue(reader, key);
      const known = fields.get(key >>> 3);
      if (known === undefined) fields.set(key >>> 3, [value]);
      else known.push(value);
    }
  } catch {
    return undefined;
  }
  return fields;
}

function readValue(reader: WireReader, key: number): Value {
  switch (key & 7) {
    case VARINT:
      return reader.uint64();
    case FIXED64:
      return reader.fixed64();
    case FIXED32:
      return reader.fixed32();
    case BYTES:
      return reader.bytes();
    default:
      throw reader.error('wire type 0, 1, 2 or 5', `type ${key & 7}`);
  }
}

function valueJson(value: Value, depth: number): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'bigint') return value < 2n ** 53n ? String(value) : `"${value}"`;
  const text = isUtf8(value) ? decodeUtf8(value) : undefined;
  if (typeof text === 'string' && !CONTROL.test(text)) return goJsonString(text);
  const message = messageJson(value, depth);
  if (message !== undefined) return message;
  return typeof text === 'string' && !HARD_CONTROL.test(text) ? goJsonString(text) : base64Json(value);
}

const base64Json = (bytes: Uint8Array): string => `{"base64":"${toBase64(bytes)}"}`;

/** Returns true if the bytes parse as a sequence of fields to their end. This check comes before the parsing, since most bytes are no
 * message and an exception takes longer than the check. */
function isMessage(bytes: Uint8Array): boolean {
  let pos = 0;
  while (pos < bytes.length) {
    const keyEnd = endOfVarint(bytes, pos);
    const type = bytes[pos]! & 7;
    if (keyEnd < 0) return false;
    if (type === VARINT) pos = endOfVarint(bytes, keyEnd);
    else if (type === FIXED64) pos = keyEnd + 8;
    else if (type === FIXED32) pos = keyEnd + 4;
    else if (type === BYTES) pos = endOfBytes(bytes, keyEnd);
    else return false;
    if (pos < 0) return false;
  }
  return pos === bytes.length;
}

/** Returns the position after the varint at `pos`; -1 if the varint is cut off or longer than ten bytes. */
function endOfVarint(bytes: Uint8Array, pos: number): number {
  const limit = Math.min(bytes.length, pos + 10);
  for (let at = pos; at < limit; at++) if (bytes[at]! < 0x80) return at + 1;
  return -1;
}

/** Returns the position after the length-prefixed bytes at `pos`, which may be after the end; -1 if the length is no varint. */
function endOfBytes(bytes: Uint8Array, pos: number): number {
  const start = endOfVarint(bytes, pos);
  if (start < 0) return -1;
  let length = 0;
  for (let at = start - 1; at >= pos; at--) length = length * 128 + (bytes[at]! & 0x7f);
  return start + length;
}
