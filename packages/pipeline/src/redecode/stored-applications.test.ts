import { expect, test } from 'vitest';
import { changedHeights, replaced } from './stored-applications.ts';

const BEFORE = [
  { from: 100, name: 'one', reason: 'its stores' },
  { from: 200, name: 'two', reason: 'its stores' },
];
const ALL = Number.MAX_SAFE_INTEGER - 1;
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

test.each([
  [
    'another one from 150 on',
    [
      { from: 100, name: 'one' },
      { from: 150, name: 'x' },
    ],
    { from: 150, to: ALL },
  ],
  [
    'another one below 200',
    [
      { from: 100, name: 'x' },
      { from: 200, name: 'two' },
    ],
    { from: 100, to: 199 },
  ],
  [
    'others between',
    [
      { from: 100, name: 'one' },
      { from: 120, name: 'x' },
      { from: 140, name: 'one' },
      { from: 160, name: 'x' },
      { from: 180, name: 'one' },
      { from: 200, name: 'two' },
    ],
    { from: 120, to: 179 },
  ],
  ['the same', BEFORE, undefined],
])('with %s only the heights are decoded anew that another application reads', (_, after, changed) => {
  expect(changedHeights(BEFORE, after)).toEqual(changed);
});
