import { shownText, type Text } from '@baleen/chain';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON escapes
const ESCAPED = /["\\<>&\u0000-\u001f\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const EACH_ESCAPED = /["\\<>&\u0000-\u001f\u2028\u2029]/g;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A JSON string as Go's encoding/json writes it with HTML escaping, which amino-JSON always has on.
 *
 * `<`, `>`, `&`, U+2028 and U+2029 are escaped; so are control characters, of which only `\n`, `\r`, `\t` have a short
 * form (before Go 1.22). An invalid byte shows as U+FFFD. */
export function goJsonString(text: Text): string {
  const shown = shownText(text);
  return ESCAPED.test(shown) ? `"${shown.replace(EACH_ESCAPED, escaped)}"` : `"${shown}"`;
}

const escaped = (character: string): string =>
  SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
