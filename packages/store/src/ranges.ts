import type { BlockRange } from '@baleen/chain';

/** Joins ranges that touch or overlap; ascending. */
export function merged(ranges: readonly BlockRange[]): BlockRange[] {
  const result: { from: number; to: number }[] = [];
  for (const range of ranges.toSorted((left, right) => left.from - right.from)) {
    const last = result.at(-1);
    if (last !== undefined && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
    else result.push({ ...range });
  }
  return result;
}

/** Parts of `range` that no range of `there` covers; `there` is ascending and disjoint. */
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

export const covers = (there: readonly BlockRange[], range: BlockRange): boolean =>
  there.some(({ from, to }) => from <= range.from && range.to <= to);

export const shownRange = ({ from, to }: BlockRange): string => (from === to ? `${from}` : `${from}..${to}`);
