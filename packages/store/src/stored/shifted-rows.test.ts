import { expect, test } from 'vitest';
import { alignRows } from './shifted-rows.ts';

/** A letter is a row with its content. */
const align = (made: string, stored: string) => {
  const { pairs, ...left } = alignRows([...made], [...stored], (one, other) => one === other);
  return {
    pairs: pairs.map(([one]) => one).join(''),
    made: left.made.join(''),
    stored: left.stored.join(''),
  };
};

test.each([
  ['a missing row', 'abcd', 'acd', { pairs: 'acd', made: 'b', stored: '' }],
  ['an added row', 'acd', 'abcd', { pairs: 'acd', made: '', stored: 'b' }],
  ['a changed row', 'abcd', 'axcd', { pairs: 'acd', made: 'b', stored: 'x' }],
  ['a missing row at the end', 'abc', 'ab', { pairs: 'ab', made: 'c', stored: '' }],
  ['all rows missing', 'abc', '', { pairs: '', made: 'abc', stored: '' }],
  ['a missing row and, later, a changed one', 'abcde', 'acxe', { pairs: 'ace', made: 'bd', stored: 'x' }],
])('%s leaves the others in pairs', (_, made, stored, found) => {
  expect(align(made, stored)).toEqual(found);
});
