import { expect, test } from 'vitest';
import { replaced } from './stored-applications.ts';

const BEFORE = [
  { from: 100, name: 'one', reason: 'its stores' },
  { from: 200, name: 'two', reason: 'its stores' },
];
const given = (from: number, name: string) => ({ from, name, reason: 'given by its name' });

test.each([
  ['from a height on', [{ from: 150, name: 'x' }], [BEFORE[0], given(150, 'x')]],
  ['for the whole chain', [{ from: 0, name: 'x' }], [given(100, 'x')]],
  [
    'with heights below the chain’s first',
    [
      { from: 0, name: 'x' },
      { from: 50, name: 'y' },
      { from: 120, name: 'z' },
    ],
    [given(100, 'y'), given(120, 'z')],
  ],
  [
    'twice for one height',
    [
      { from: 150, name: 'x' },
      { from: 150, name: 'y' },
    ],
    [BEFORE[0], given(150, 'y')],
  ],
  ['as it is below', [{ from: 150, name: 'one' }], [BEFORE[0]]],
])('applications that are named %s take the place of the stored ones', (_, named, after) => {
  expect(replaced(BEFORE, named)).toEqual(after);
});
