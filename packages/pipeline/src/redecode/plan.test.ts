import { expect, test } from 'vitest';
import { partsOf } from './plan.ts';

const ALL = { tables: undefined, heights: { from: 0, to: 1000 } };

test('heights that lack the same tables are one part, so that each block is decoded once', () => {
  const outdated = [
    { table: 'messages', ranges: [{ from: 1, to: 100 }] },
    {
      table: 'events',
      ranges: [
        { from: 50, to: 60 },
        { from: 90, to: 120 },
      ],
    },
  ] as const;
  expect(partsOf(outdated, ALL, [])).toEqual([
    {
      tables: ['messages'],
      ranges: [
        { from: 1, to: 49 },
        { from: 61, to: 89 },
      ],
    },
    {
      tables: ['messages', 'events'],
      ranges: [
        { from: 50, to: 60 },
        { from: 90, to: 100 },
      ],
    },
    { tables: ['events'], ranges: [{ from: 101, to: 120 }] },
  ]);
});

test('ranges of a table that touch are one', () =>
  expect(
    partsOf(
      [
        {
          table: 'txs',
          ranges: [
            { from: 1, to: 5 },
            { from: 6, to: 9 },
          ],
        },
      ],
      ALL,
      [],
    ),
  ).toEqual([{ tables: ['txs'], ranges: [{ from: 1, to: 9 }] }]));

test('only the tables and heights that are asked for, without those that can not be had', () => {
  const outdated = [
    { table: 'messages', ranges: [{ from: 1, to: 100 }] },
    { table: 'events', ranges: [{ from: 1, to: 100 }] },
  ] as const;
  const asked = { tables: ['events'], heights: { from: 40, to: 200 } } as const;
  expect(partsOf(outdated, asked, [{ from: 50, to: 50 }])).toEqual([
    {
      tables: ['events'],
      ranges: [
        { from: 40, to: 49 },
        { from: 51, to: 100 },
      ],
    },
  ]);
  expect(partsOf([], asked, [])).toEqual([]);
});
