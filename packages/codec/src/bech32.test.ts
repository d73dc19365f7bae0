import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBech32, encodeBech32 } from './bech32.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

describe('encodeBech32 and decodeBech32', () => {
  test.each([
    ['a', '', 'a12uel5l'],
    ['terra', '00'.repeat(20), 'terra1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq486l9a'],
    [
      'terravalcons',
      '29b74e4549aae9d5f98447c9a942c89b875e6b00',
      'terravalcons19xm5u32f4t5at7vygly6jskgnwr4u6cq3jdp6r',
    ],
    [
      'split',
      'c5f38b70305f519bf66d85fb6cf03058f3dde463ecd7918f2dc743918f2d',
      'split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w',
    ],
  ])('turn %s and %s into %s and back', (prefix, bytes, text) => {
    expect(encodeBech32(prefix, hex(bytes))).toBe(text);
    expect(decodeBech32(text)).toEqual({ prefix, bytes: hex(bytes) });
    expect(decodeBech32(text.toUpperCase())).toEqual({ prefix, bytes: hex(bytes) });
  });

  test('return what went in, for any prefix and bytes', () => {
    const prefixes = fc.stringMatching(/^[a-z][a-z0-9]{0,15}$/);
    fc.assert(
      fc.property(prefixes, fc.uint8Array({ maxLength: 64 }), (prefix, bytes) => {
        expect(decodeBech32(encodeBech32(prefix, bytes))).toEqual({ prefix, bytes });
      }),
    );
  });

  test('tell addresses apart that share the memory of recent ones', () => {
    const bytes = new Uint8Array(20);
    const first = encodeBech32('terra', bytes);
    bytes[10] = 1;
    expect(encodeBech32('terra', bytes)).not.toBe(first);
    bytes[10] = 0;
    expect(encodeBech32('terra', bytes)).toBe(first);
    expect(encodeBech32('cosmos', bytes)).toMatch(/^cosmos1/);
  });
});

describe('decodeBech32', () => {
  test('refuses any text with one character changed', () => {
    const text = encodeBech32(
      'terra',
      Uint8Array.from({ length: 20 }, (_, index) => index),
    );
    fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.constantFrom(...'qpzry9x8gf2tvdw0s3jn54khce6mua7l'),
        (at, character) => {
          fc.pre(text[at] !== character);
          expect(() => decodeBech32(text.slice(0, at) + character + text.slice(at + 1))).toThrow(/^bech32 /);
        },
      ),
    );
  });

  test.each([
    ['', "bech32 '': expected a prefix, '1' and at least 6 characters, found no prefix"],
    ['1qqqqqqqq', "bech32 '1qqqqqqqq': expected a prefix, '1' and at least 6 characters, found no prefix"],
    ['a12uel5', "bech32 'a12uel5': expected a prefix, '1' and at least 6 characters, found fewer"],
    ['a12UEL5L', "bech32 'a12UEL5L': expected one case, found both"],
    ['a12uel5m', "bech32 'a12uel5m': expected a matching checksum, found '2uel5m'"],
    ['a12uelbl', "bech32 'a12uelbl': expected a character of qpzry9x8gf2tvdw0s3jn54khce6mua7l, found 'b'"],
    ['a1lqfn3a', "bech32 'a1lqfn3a': expected a matching checksum, found 'lqfn3a'"],
  ])('refuses %j', (text, message) => {
    expect(() => decodeBech32(text)).toThrow(expect.objectContaining({ code: 'BECH32_MALFORMED', message }));
  });

  test('refuses a text longer than the SDK takes', () => {
    expect(() => decodeBech32(`a1${'q'.repeat(1022)}`)).toThrow(
      'expected at most 1023 characters, found 1024',
    );
  });
});
