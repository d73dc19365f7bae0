import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BlockRange, countHeights, covers, intersection, merged, split, without } from './ranges.ts';

/** Small heights, so that ranges touch and overlap often. */
const range = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 12 }))
  .map(([from, more]): BlockRange => ({ from, to: from + more }));
const ranges = fc.array(range, { maxLength: 8 });

const heightsOf = (all: Iterable<BlockRange>): number[] =>
  [...all].flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
const setOf = (all: Iterable<BlockRange>): Set<number> => new Set(heightsOf(all));
const ascending = (heights: Iterable<number>): number[] => [...heights].sort((left, right) => left - right);

describe('ranges of heights are sets of heights', () => {
  test('merged keeps the heights, in order, each once, and leaves a gap between ranges', () => {
    fc.assert(
      fc.property(ranges, (all) => {
        const joined = merged(all);
        expect(heightsOf(joined)).toEqual(ascending(setOf(all)));
        for (const [index, { from }] of joined.slice(1).entries())
          expect(from).toBeGreaterThan(joined[index]!.to + 1);
      }),
    );
  });

  test('merged leaves what it was given as it was', () => {
    const given = [
      { from: 4, to: 6 },
      { from: 1, to: 3 },
    ];
    expect(merged(given)).toEqual([{ from: 1, to: 6 }]);
    expect(given).toEqual([
      { from: 4, to: 6 },
      { from: 1, to: 3 },
    ]);
  });

  test('without keeps exactly the heights that are not there', () => {
    fc.assert(
      fc.property(range, ranges, (asked, there) => {
        const absent = setOf(there);
        expect(heightsOf(without(asked, merged(there)))).toEqual(
          heightsOf([asked]).filter((height) => !absent.has(height)),
        );
      }),
    );
  });

  test('covers says whether every height is there', () => {
    fc.assert(
      fc.property(range, ranges, (asked, there) => {
        const all = setOf(there);
        expect(covers(merged(there), asked)).toBe(heightsOf([asked]).every((height) => all.has(height)));
      }),
    );
  });

  test('an intersection holds the heights of both, and is the same either way', () => {
    fc.assert(
      fc.property(range, range, (one, other) => {
        const both = intersection(one, other);
        const there = setOf([other]);
        expect(heightsOf(both === undefined ? [] : [both])).toEqual(
          heightsOf([one]).filter((height) => there.has(height)),
        );
        expect(intersection(other, one)).toEqual(both);
      }),
    );
  });

  test('split keeps every height in its order, in pieces of one range, none larger than asked', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 20 }), (all, size) => {
        const pieces = [...split(all, size)];
        expect(heightsOf(pieces)).toEqual(heightsOf(all));
        for (const piece of pieces) expect(countHeights([piece])).toBeLessThanOrEqual(size);
        expect(pieces.length).toBe(
          all.map((each) => Math.ceil(countHeights([each]) / size)).reduce((sum, count) => sum + count, 0),
        );
      }),
    );
  });

  test('countHeights counts the heights of disjoint ranges', () => {
    fc.assert(
      fc.property(ranges, (all) => {
        expect(countHeights(merged(all))).toBe(setOf(all).size);
      }),
    );
  });
});
