import { shownText, type Text } from '@baleen/chain';
import { decodeUtf8, WireReader, WireWriter } from '@baleen/codec';

/** Converts text to what Postgres can hold.
 *
 * Postgres refuses NUL and invalid UTF-8. The text column shows U+FFFD instead, and only then `<column>_raw` has the exact bytes. */

const utf8 = new TextEncoder();

/** The text with U+FFFD for each invalid byte and each NUL. */
export const heldText = (text: Text): string => withoutNul(shownText(text));

/** The exact bytes of the text; null: `heldText` is exact. */
export function rawText(text: Text): Uint8Array | null {
  if (typeof text !== 'string') return text.bytes;
  return text.includes('\0') ? utf8.encode(text) : null;
}

/** The text that `heldText` and `rawText` made these cells of. */
export const exactText = (held: string, raw: Uint8Array | null): Text =>
  raw === null ? held : decodeUtf8(raw);

/** `heldText` of a text whose exact form is kept elsewhere (in a raw message or tx). undefined becomes null. */
export const heldOrNull = (text: string | undefined): string | null =>
  text === undefined ? null : withoutNul(text);

const withoutNul = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text);

type Attributes = readonly (readonly [key: Text, value: Text])[];

export interface AttributeCells {
  /** `[["key","value"],...]`, U+FFFD for what Postgres refuses. */
  readonly attributes: string;
  /** Repeated protobuf field 2 {key 1, value 2}, only when `attributes` is not exact. */
  readonly attributes_raw: Uint8Array | null;
}

export function attributeCells(attributes: Attributes): AttributeCells {
  if (attributes.every(isPlain)) {
    const json = JSON.stringify(attributes);
    // The text itself may hold a backslash and "u0000", which is found here too. The slow way below decides.
    if (!json.includes('\\u0000')) return { attributes: json, attributes_raw: null };
  }
  const exact = attributes.every(([key, value]) => rawText(key) === null && rawText(value) === null);
  return {
    attributes: JSON.stringify(attributes.map(([key, value]) => [heldText(key), heldText(value)])),
    attributes_raw: exact ? null : rawAttributes(attributes),
  };
}

const isPlain = ([key, value]: Attributes[number]): boolean =>
  typeof key === 'string' && typeof value === 'string';

function rawAttributes(attributes: Attributes): Uint8Array {
  const writer = new WireWriter();
  for (const [key, value] of attributes)
    writer.message(2, new WireWriter().bytes(1, exactBytes(key)).bytes(2, exactBytes(value)).finish());
  return writer.finish();
}

/** The attributes that `attributeCells` made these cells of.
 * @throws BaleenError data `WIRE_MALFORMED`: `attributes_raw` is not what `attributeCells` writes */
export function attributesOf({ attributes, attributes_raw }: AttributeCells): Attributes {
  if (attributes_raw === null) return JSON.parse(attributes);
  const reader = new WireReader(attributes_raw);
  const pairs: [Text, Text][] = [];
  while (!reader.done) {
    if (reader.key() !== 0x12) throw reader.error('attributes in field 2', 'another field');
    pairs.push(pairOf(reader.message()));
  }
  return pairs;
}

function pairOf(reader: WireReader): [key: Text, value: Text] {
  const pair: [Text, Text] = ['', ''];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) pair[0] = reader.text();
    else if (key === 0x12) pair[1] = reader.text();
    else throw reader.error('a key in field 1 and a value in field 2', 'another field');
  }
  return pair;
}

const exactBytes = (text: Text): Uint8Array => (typeof text === 'string' ? utf8.encode(text) : text.bytes);
