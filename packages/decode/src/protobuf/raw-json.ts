import { shownText } from '@baleen/chain';
import { decodeUtf8 } from '@baleen/codec';

const SPACE_OR_HTML = /[ \t\n\r<>&\u2028\u2029]/;
const HTML = /[<>&\u2028\u2029]/g;

/** Prints JSON that a message contains as bytes, as Go prints a `json.RawMessage`: without white space between tokens, and with HTML
 * escaped. Returns undefined if the bytes are no JSON; the chain's REST server refuses to print them. */
export function rawJson(bytes: Uint8Array): string | undefined {
  const text = shownText(decodeUtf8(bytes));
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!SPACE_OR_HTML.test(text)) return text;
  return withoutSpace(text).replace(
    HTML,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Takes valid JSON. Copies runs of characters at once, so that a long text costs one pass. */
function withoutSpace(text: string): string {
  let compact = '';
  let start = 0;
  let inString = false;
  for (let pos = 0; pos < text.length; pos++) {
    const code = text.charCodeAt(pos);
    if (code === 0x22) inString = !inString;
    else if (code === 0x5c) pos++;
    else if (!inString && (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09)) {
      compact += text.slice(start, pos);
      start = pos + 1;
    }
  }
  return compact + text.slice(start);
}
