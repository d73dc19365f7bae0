import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countHeights, splitRanges } from './split-ranges.ts';

test('pieces of a range join without a gap and are never longer than asked', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e9 }),
      fc.integer({ min: 0, max: 500 }),
      fc.integer({ min: 1, max: 70 }),
      (from, more, size) => {
        const pieces = [...splitRanges([{ from, to: from + more }], size)];
        expect(pieces[0]!.from).toBe(from);
        expect(pieces.at(-1)!.to).toBe(from + more);
        for (const [index, piece] of pieces.entries()) {
          expect(piece.to - piece.from + 1).toBeLessThanOrEqual(size);
          if (index > 0) expect(piece.from).toBe(pieces[index - 1]!.to + 1);
        }
        expect(countHeights(pieces)).toBe(more + 1);
      },
    ),
  );
});

test('separate ranges are never joined into one piece', () => {
  expect([
    ...splitRanges(
      [
        { from: 1, to: 3 },
        { from: 5, to: 5 },
      ],
      10,
    ),
  ]).toEqual([
    { from: 1, to: 3 },
    { from: 5, to: 5 },
  ]);
});
