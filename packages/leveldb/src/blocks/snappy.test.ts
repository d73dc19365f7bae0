import { describe, expect, it } from 'vitest';
import { corruptAt } from '../errors.ts';
import { SNAPPY } from './compression.ts';

const fail = corruptAt('table', '/x/000003.ldb', 'block at 0');
const uncompress = (hex: string): string => {
  const input = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const output = Buffer.alloc(SNAPPY.length(input, input.length, fail));
  SNAPPY.uncompress(output, output.length, input, input.length, fail);
  return output.toString('latin1');
};

describe('SNAPPY', () => {
  it.each([
    ['nothing', '00', ''],
    ['a literal', '03 08 616263', 'abc'],
    ['a literal with its length in one byte more', `46 f0 45 ${'61'.repeat(70)}`, 'a'.repeat(70)],
    ['a literal with its length in two bytes more', `46 f4 4500 ${'61'.repeat(70)}`, 'a'.repeat(70)],
    ['a copy of the short kind', '07 08 616263 01 03', 'abcabca'],
    ['a copy of the middle kind', '06 08 616263 0a 0300', 'abcabc'],
    ['a copy of the long kind', '06 08 616263 0b 03000000', 'abcabc'],
    ['a copy that repeats what it writes', '0b 00 61 26 0100', 'a'.repeat(11)],
  ])('reads %s', (_, hex, text) => {
    expect(uncompress(hex)).toBe(text);
  });

  it.each([
    ['', 'a snappy length of at most 32 bits, found a longer one or the end'],
    ['ffffffffff01', 'a snappy length of at most 32 bits, found a longer one or the end'],
    ['ffffff7f 08 616263', 'at most 128 bytes from 4 of snappy, found 268435455'],
    ['04 08 616263', '4 bytes from snappy, found 3'],
    ['03 0c 616263', 'a snappy literal of at most 3 bytes, found 4'],
    ['02 08 616263', 'a snappy literal of at most 2 bytes, found 3'],
    ['20 f4 45', 'the length of a snappy literal, found the end'],
    ['07 08 616263 01', 'the offset of a snappy copy, found the end'],
    ['07 08 616263 01 04', 'a snappy copy from 1..3 bytes back, found 4'],
    ['07 08 616263 01 00', 'a snappy copy from 1..3 bytes back, found 0'],
    ['05 08 616263 01 03', 'a snappy copy of at most 2 bytes, found 4'],
    ['06 08 616263 0b ffffffff', 'a snappy copy from 1..3 bytes back, found 4294967295'],
  ])('refuses %s', (hex, message) => {
    expect(() => uncompress(hex)).toThrow(`read table /x/000003.ldb, block at 0: expected ${message};`);
  });
});
