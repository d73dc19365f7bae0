/** Ranges of heights and the arithmetic on them. */

/** Inclusive range of heights; `from <= to`. A single block is `{from: h, to: h}`. */
export interface BlockRange {
  readonly from: number;
  readonly to: number;
}

/** Joins ranges that touch or overlap. The result is ascending and disjoint, with a gap between any two ranges. */
export function merged(ranges: readonly BlockRange[]): BlockRange[] {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of ranges.toSorted((left, right) => left.from - right.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

/** Returns the parts of `range` that no range of `there` contains, ascending.
 *
 * @param there  ascending and disjoint, as `merged` returns */
export function without(range: BlockRange, there: readonly BlockRange[]): BlockRange[] {
  const result: BlockRange[] = [];
  let { from } = range;
  for (const covered of there) {
    if (covered.to < from || covered.from > range.to) continue;
    if (covered.from > from) result.push({ from, to: covered.from - 1 });
    from = covered.to + 1;
  }
  if (from <= range.to) result.push({ from, to: range.to });
  return result;
}

/** Returns true if one range of `there` contains every height of `range`.
 *
 * @param there  with a gap between any two ranges, as `merged` returns */
export const covers = (there: readonly BlockRange[], range: BlockRange): boolean =>
  there.some(({ from, to }) => from <= range.from && range.to <= to);

/** Returns the heights that both ranges contain; undefined if there are none. */
export function intersection(one: BlockRange, other: BlockRange): BlockRange | undefined {
  const from = Math.max(one.from, other.from);
  const to = Math.min(one.to, other.to);
  return from <= to ? { from, to } : undefined;
}

/** Cuts each range, from its lowest height up, into pieces of at most `size` heights. The order of the ranges stays. */
export function* split(ranges: Iterable<BlockRange>, size: number): Generator<BlockRange> {
  for (const { from, to } of ranges)
    for (let start = from; start <= to; start += size)
      yield { from: start, to: Math.min(to, start + size - 1) };
}

/** Counts the heights in disjoint ranges. */
export function countHeights(ranges: Iterable<BlockRange>): number {
  let count = 0;
  for (const { from, to } of ranges) count += to - from + 1;
  return count;
}

/** Writes a range for people to read: `7` if it has one height, otherwise `7..9`. */
export const shownRange = ({ from, to }: BlockRange): string => (from === to ? `${from}` : `${from}..${to}`);
