import { expect, test } from 'vitest';
import { heightsSchema } from './heights.ts';

test.each([
  ['1..2', { from: 1, to: 2 }],
  ['4_724_000..4724999', { from: 4_724_000, to: 4_724_999 }],
  ['4.7M..', { from: 4_700_000, to: undefined }],
  ['..100k', { from: undefined, to: 100_000 }],
  ['7', { from: 7, to: 7 }],
  ['..', { from: undefined, to: undefined }],
])('%s is a range of heights', (text, range) => {
  expect(heightsSchema.parse(text)).toEqual(range);
});

test.each(['', '5..4', '0..3', '1-5', '1:5', 'a..b', '1.5..2', '1..2..3', '99999999999999999'])(
  '"%s" is refused',
  (text) => {
    expect(heightsSchema.safeParse(text).error?.issues[0]?.message).toBe(
      `expected A..B (A.., ..B or A), heights from 1 with A not above B, got "${text}"`,
    );
  },
);
