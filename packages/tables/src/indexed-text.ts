import { shownText, type Text } from '@baleen/chain';
import { sha256 } from '@baleen/codec';
import { heldText, rawText } from './postgres-text.ts';

/** Bytes (UTF-8) of the longest text that an indexed column holds whole. PostgreSQL refuses a btree entry over 2,704 bytes. */
export const MAX_INDEXED_BYTES = 1024;
/** Bytes of a longer text that its stored form begins with. The SQL function `baleen.key(text)` uses the same number. */
const KEPT_BYTES = 900;

export interface IndexedCells {
  readonly held: string;
  /** Exact bytes of the whole text; null when `held` is the text itself. */
  readonly raw: Uint8Array | null;
}

/** Converts a text of any length to the cells of an indexed column and its `_raw` column.
 *
 * A text of at most 1,024 bytes is stored as it is, with U+FFFD for what Postgres refuses. A longer one is stored as its first 900
 * bytes, cut at a character, and `…sha256:<hex of its exact bytes>`: bounded, and as distinct as the text.
 *
 * @param isDistinct  for columns of a unique key: a text that Postgres refuses gets the hash at any length, as two of them may
 *   show alike */
export function indexedCells(text: Text, isDistinct = false): IndexedCells {
  const raw = rawText(text);
  const isShort = isShortText(shownText(text));
  if (isShort && raw === null) return { held: text as string, raw: null };
  const held = heldText(text);
  const bytes = raw ?? utf8.encode(held);
  return { held: isShort && !isDistinct ? held : shortened(held, bytes), raw: bytes };
}

const utf8 = new TextEncoder();
const characters = new TextDecoder();

/** Whether a text has at most MAX_INDEXED_BYTES. UTF-8 has at most three bytes per UTF-16 unit, so most texts need not be encoded. */
const isShortText = (text: string): boolean =>
  text.length * 3 <= MAX_INDEXED_BYTES ||
  (text.length <= MAX_INDEXED_BYTES && utf8.encode(text).length <= MAX_INDEXED_BYTES);

const shortened = (held: string, exact: Uint8Array): string =>
  `${characters.decode(beginning(utf8.encode(held)))}…sha256:${Buffer.from(sha256(exact)).toString('hex')}`;

/** The first KEPT_BYTES, without a character that is cut at their end. */
function beginning(bytes: Uint8Array): Uint8Array {
  let end = Math.min(KEPT_BYTES, bytes.length);
  while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}
