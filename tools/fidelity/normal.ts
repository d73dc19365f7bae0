/** Brings small values to one form, whether they come from a node's JSON or from SQL. */
import { createHash } from 'node:crypto';
import { shownText, type Text } from '@baleen/chain';
import { decodeBech32, decodeUtf8 } from '@baleen/codec';
import { at, type Json, list, text, textOr } from './json.ts';

const GO_ZERO = '0001-01-01T00:00:00Z';

/** RFC 3339 of a Go time as `2026-11-23T02:46:15 916583581 916583`: seconds, nanoseconds, microseconds cut off; zero is null. */
export function timeOf(json: Json | undefined): string | null {
  const written = text(json);
  if (written === null || written === GO_ZERO) return null;
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(written);
  if (parts === null) throw new TypeError(`expected a time in UTC, got ${written}`);
  const nanos = (parts[2] ?? '').padEnd(9, '0');
  return `${parts[1]} ${nanos} ${nanos.slice(0, 6)}`;
}

/** SQL that gives the same form from a view's `time` and `time_ns`. */
export const timeSql = (time: string, nanos: string): string =>
  `(to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || ' ' || lpad(${nanos}::text, 9, '0') || to_char(${time} at time zone 'UTC', ' US'))`;

export const bytesOfBase64 = (json: Json | undefined): Buffer => Buffer.from(textOr(json, ''), 'base64');

export const sha256Hex = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').toUpperCase();

/** Bytes of a bech32 address in upper-case hex, as RPC prints addresses; `''` for NULL. */
export const addressHex = (bech32: string | null): string =>
  bech32 === null || bech32 === ''
    ? ''
    : Buffer.from(decodeBech32(bech32).bytes).toString('hex').toUpperCase();

/** SQL for what a node's JSON shows of a text column: the column, or its raw bytes where Postgres could not hold them. */
export const columnText = (column: string | null, raw: Buffer | null): string | null =>
  raw === null ? column : shownText(decodeUtf8(raw));

/** What a node's JSON shows of bytes that are a text. */
export const shownBytes = (bytes: Uint8Array): string => shownText(decodeUtf8(bytes) as Text);

/** Events in one form: type and attributes in order; an absent key or value is `''`. */
export const eventsOf = (json: Json | undefined, base64: boolean): Json =>
  list(json).map((event) => ({
    type: textOr(at(event, 'type'), ''),
    attributes: list(at(event, 'attributes')).map((attribute) =>
      ['key', 'value'].map((part) => attributeText(textOr(at(attribute, part), ''), base64)),
    ),
  }));

const attributeText = (written: string, base64: boolean): string =>
  base64 ? shownBytes(Buffer.from(written, 'base64')) : written;
