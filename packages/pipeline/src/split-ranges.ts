import type { BlockRange } from '@baleen/chain';

/** Cuts ranges into pieces of at most `size` heights, in order. */
export function* splitRanges(ranges: Iterable<BlockRange>, size: number): Generator<BlockRange> {
  for (const range of ranges) {
    for (let from = range.from; from <= range.to; from += size) {
      yield { from, to: Math.min(range.to, from + size - 1) };
    }
  }
}

/** Number of heights in disjoint ranges. */
export function countHeights(ranges: Iterable<BlockRange>): number {
  let count = 0;
  for (const range of ranges) count += range.to - range.from + 1;
  return count;
}
