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
  for (const { range, tables } of pieces(asked)) {
    const part = parts.get(tables.join()) ?? { tables, ranges: [] };
    part.ranges.push(range);
    parts.set(tables.join(), part);
  }
  return [...parts.values()].map(({ tables, ranges }) => ({ tables, ranges: merged(ranges) }));
}

/** Walks up the heights and cuts them where a table's range begins or ends. */
function* pieces(
  asked: readonly Outdated[],
): Generator<{ readonly range: BlockRange; readonly tables: readonly TableName[] }> {
  const ends = asked
    .flatMap(({ table, ranges }) =>
      ranges.flatMap(({ from, to }) => [
        { at: from, table, change: 1 },
        { at: to + 1, table, change: -1 },
      ]),
    )
    .sort((one, other) => one.at - other.at);
  const open = new Map(asked.map(({ table }) => [table, 0]));
  let from = 0;
  for (const { at, table, change } of ends) {
    const tables = [...open.keys()].filter((name) => open.get(name)! > 0);
    if (at > from && tables.length > 0) yield { range: { from, to: at - 1 }, tables };
    open.set(table, open.get(table)! + change);
    from = at;
  }
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
