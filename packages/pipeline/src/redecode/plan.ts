/** What is to be written anew: tables of which some heights are outdated become runs of heights with the same tables. */
import { type BlockRange, intersection, merged, without } from '@baleen/chain';
import type { OutdatedTable, TableName } from '@baleen/store';

export interface Limits {
  /** undefined: all. */
  readonly tables: readonly TableName[] | undefined;
  readonly heights: BlockRange;
}

/** Heights at which the same tables are written anew, so that each block is decoded once. */
export interface Part {
  readonly tables: readonly TableName[];
  readonly ranges: readonly BlockRange[];
}

type Outdated = Pick<OutdatedTable, 'table' | 'ranges'>;

/** @param leftOut  heights that can't be had */
export function partsOf(
  outdated: readonly Outdated[],
  { tables, heights }: Limits,
  leftOut: readonly BlockRange[],
): Part[] {
  const asked = outdated
    .filter(({ table }) => tables === undefined || tables.includes(table))
    .map(({ table, ranges }) => ({ table, ranges: within(ranges, heights, leftOut) }));
  const parts = new Map<string, { tables: readonly TableName[]; ranges: BlockRange[] }>();
  for (const range of piecesOf(asked.flatMap(({ ranges }) => ranges))) {
    const here = asked.filter(({ ranges }) => ranges.some((each) => intersection(each, range) !== undefined));
    const names = here.map(({ table }) => table);
    const part = parts.get(names.join()) ?? { tables: names, ranges: [] };
    part.ranges.push(range);
    parts.set(names.join(), part);
  }
  return [...parts.values()].map(({ tables, ranges }) => ({ tables, ranges: merged(ranges) }));
}

const within = (
  ranges: readonly BlockRange[],
  heights: BlockRange,
  leftOut: readonly BlockRange[],
): BlockRange[] =>
  ranges.flatMap((range) => {
    const asked = intersection(range, heights);
    return asked === undefined ? [] : without(asked, merged(leftOut));
  });

/** Cuts ranges at all of their ends, so that no two pieces overlap in part; each piece once, ascending. */
function piecesOf(ranges: readonly BlockRange[]): BlockRange[] {
  const starts = [...new Set(ranges.flatMap(({ from, to }) => [from, to + 1]))].sort(
    (one, other) => one - other,
  );
  const whole = merged(ranges);
  return starts.slice(1).flatMap((end, index) => {
    const piece = { from: starts[index]!, to: end - 1 };
    return whole.some((range) => intersection(range, piece) !== undefined) ? [piece] : [];
  });
}
