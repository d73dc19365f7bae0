import { shownText, type Text } from '@baleen/chain';
import { sha256 } from '@baleen/codec';
import { heldText, rawText } from './postgres-text.ts';

/** Longest text that an indexed column stores whole, in bytes of UTF-8. PostgreSQL refuses a btree entry over 2,704 bytes. */
export const MAX_INDEXED_BYTES = 1024;
/** Number of bytes of a longer text with which its stored form begins. The SQL function `baleen.key(text)` has the same number. */
const KEPT_BYTES = 900;

export interface IndexedCells {
  readonly held: string;
  /** Exact bytes of the whole text; null if `held` is the text itself. */
  readonly raw: Uint8Array | null;
}

/** Converts a text of any length to the cells of an indexed column and its `_raw` column.
 *
 * A text of at most 1,024 bytes is stored as it is, with U+FFFD for what PostgreSQL refuses. Of a longer one are stored its first 900
 * bytes, cut between two characters, and `…sha256:<hex of its exact bytes>`. So its length is limited, and different texts stay different.
 *
 * @param isDistinct  true for columns of a unique key. Then a text that PostgreSQL refuses gets the hash at any length, since two such
 *   texts may look the same with U+FFFD */
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

/** Returns true if a text has at most MAX_INDEXED_BYTES. UTF-8 has at most three bytes per UTF-16 unit, so most texts need not be
 * encoded. */
const isShortText = (text: string): boolean =>
  text.length * 3 <= MAX_INDEXED_BYTES ||
  (text.length <= MAX_INDEXED_BYTES && utf8.encode(text).length <= MAX_INDEXED_BYTES);

const shortened = (held: string, exact: Uint8Array): string =>
  `${characters.decode(beginning(utf8.encode(held)))}…sha256:${Buffer.from(sha256(exact)).toString('hex')}`;

/** Returns the first KEPT_BYTES of a text, without the last character if it would be cut in two. */
function beginning(bytes: Uint8Array): Uint8Array {
  let end = Math.min(KEPT_BYTES, bytes.length);
  while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}
