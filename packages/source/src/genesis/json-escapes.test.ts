import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEscapeFolder } from './json-escapes.ts';

function fold(chunks: readonly Uint8Array[]): string {
  const parts: Uint8Array[] = [];
  const folder = createEscapeFolder((bytes) => parts.push(bytes.slice()));
  for (const chunk of chunks) folder.push(chunk);
  folder.finish();
  return Buffer.concat(parts).toString('utf8');
}

describe('createEscapeFolder', () => {
  test.each([
    ['a\\u003cb\\u003E\\u0026', 'a<b>&'],
    ['\\u2028\\u2029', '\u2028\u2029'],
    ['\\\\u003c', '\\\\u003c'],
    ['\\\\\\u003c', '\\\\<'],
    ['\\u00e4\\n"', '\\u00e4\\n"'],
    ['end\\n', 'end\\n'],
  ])('turns %s into %s', (text, folded) => {
    expect(fold([Buffer.from(text)])).toBe(folded);
    expect(fold(Array.from(Buffer.from(text), (byte) => Uint8Array.of(byte)))).toBe(folded);
  });

  test('undoes what Go adds, wherever the text is cut', () => {
    const goEscape = (text: string): string =>
      text.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const texts = fc
      .string({ unit: fc.constantFrom('<', '&', '\\', '"', 'u', '0', '\u2028', 'x') })
      .map((text) => JSON.stringify(text));
    fc.assert(
      fc.property(texts, fc.nat(), (text, cut) => {
        const bytes = Buffer.from(goEscape(text));
        const at = cut % (bytes.length + 1);
        expect(fold([bytes.subarray(0, at), bytes.subarray(at)])).toBe(text);
      }),
    );
  });
});
