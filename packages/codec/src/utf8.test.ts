import { isUtf8 } from 'node:buffer';
import { InvalidText, shownText } from '@baleen/chain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeUtf8 } from './utf8.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const unicode = fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => text.isWellFormed());
/** Bytes that start, continue and end sequences, so that most of their mixtures are nearly valid. */
const nearlyUtf8 = fc.array(
  fc.oneof(
    fc.constantFrom(0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf),
    fc.constantFrom(0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xfe, 0xff),
    fc.nat(255),
  ),
  { maxLength: 60 },
);

/** Go's rule in other words: the shortest valid character at each byte, else one U+FFFD for that byte alone. */
function asGoShows(bytes: Uint8Array): string {
  let text = '';
  for (let pos = 0; pos < bytes.length; ) {
    const lengths = [1, 2, 3, 4].filter((length) => pos + length <= bytes.length);
    const length = lengths.find((each) => isUtf8(bytes.subarray(pos, pos + each)));
    text += length === undefined ? '\ufffd' : Buffer.from(bytes.subarray(pos, pos + length)).toString();
    pos += length ?? 1;
  }
  return text;
}

describe('decodeUtf8', () => {
  test('returns the text whose UTF-8 it is given, of any length', () => {
    fc.assert(
      fc.property(unicode, fc.nat(40), (text, more) => {
        const whole = text + 'x'.repeat(more);
        expect(decodeUtf8(Buffer.from(whole))).toBe(whole);
      }),
    );
  });

  test('keeps the bytes of what is not UTF-8, and shows it as Go does, for any bytes', () => {
    fc.assert(
      fc.property(nearlyUtf8, (list) => {
        const bytes = Uint8Array.from(list);
        const text = decodeUtf8(bytes);
        expect(shownText(text)).toBe(asGoShows(bytes));
        expect(text instanceof InvalidText).toBe(!isUtf8(bytes));
        if (text instanceof InvalidText) expect(text.bytes).toEqual(bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['no bytes', '', ''],
    ['NUL', '610062', 'a\0b'],
    ['a byte order mark', 'efbbbf61', '\ufeffa'],
    ['U+FFFD itself', 'efbfbd', '\ufffd'],
    ['the last before the surrogates', 'ed9fbf', '\ud7ff'],
    ['the first after the surrogates', 'ee8080', '\ue000'],
    ['the last character of all', 'f48fbfbf', '\u{10ffff}'],
    ['the first of two, three and four bytes', 'c280e0a080f0908080', '\x80\u0800\u{10000}'],
  ])('takes %s as text', (_, bytes, text) => expect(decodeUtf8(hex(bytes))).toBe(text));

  test.each([
    ['surrogates', 'eda080edbfbf', 6],
    ['an overlong slash of two bytes', 'c0af', 2],
    ['an overlong slash of three bytes', 'e080af', 3],
    ['an overlong slash of four bytes', 'f08080af', 4],
    ['a character after the last', 'f4908080', 4],
    ['lead bytes that never are', 'f5fe', 2],
    ['a continuation alone', '80', 1],
    ['sequences cut short', 'f09f90', 3],
  ])('shows %s as one U+FFFD for each byte', (_, bytes, count) => {
    const text = decodeUtf8(hex(`61${bytes}62`));
    expect(text).toBeInstanceOf(InvalidText);
    expect(shownText(text)).toBe(`a${'\ufffd'.repeat(count)}b`);
    expect(shownText(decodeUtf8(hex(`61${bytes}`)))).toBe(`a${'\ufffd'.repeat(count)}`);
  });

  test('reads only from start to end, also where that cuts a character', () => {
    const bytes = Buffer.from(`ab🐋cd${'x'.repeat(30)}`);
    expect(decodeUtf8(bytes, 1, 7)).toBe('b🐋c');
    expect(decodeUtf8(bytes, 6)).toBe(`cd${'x'.repeat(30)}`);
    expect(shownText(decodeUtf8(bytes, 1, 4))).toBe('b\ufffd\ufffd');
    expect(decodeUtf8(bytes, 3, 3)).toBe('');
  });
});
