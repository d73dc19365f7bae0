import type { Start } from './block-walk.ts';
import type { FoundEntry } from './blocks/block.ts';
import { compareBytes } from './blocks/bytes.ts';
import { compareKeyAt, isDeletion, searchRun } from './blocks/sorted-run.ts';
import { firstTable, RunCursor, TablesCursor } from './cursor.ts';
import { type Entry, MergedEntries, type Stop } from './merge.ts';
import type { Table } from './table.ts';
import type { TableStore } from './table-store.ts';
import type { View } from './view.ts';

/** Limits the keys of a walk. Keys are compared byte by byte, and a key has to satisfy all bounds that are given. `reverse` walks from the
 * largest key to the smallest. */
export interface KeyRange {
  readonly gte?: Uint8Array;
  readonly gt?: Uint8Array;
  readonly lte?: Uint8Array;
  readonly lt?: Uint8Array;
  readonly reverse?: boolean;
}

/** Returns the value of a key in a view; undefined if the view does not have the key. It searches the newest entries first: the logs, then
 * the tables of level 0, of level 1, and so on. */
export function findValue(
  { logRuns, levels }: View,
  store: TableStore,
  key: Uint8Array,
): Uint8Array | undefined {
  for (const run of logRuns) {
    const index = searchRun(run, key, false);
    if (index < run.count && compareKeyAt(run, index, key) === 0)
      return isDeletion(run, index) ? undefined : run.value(index);
  }
  const [level0 = [], ...sorted] = levels;
  return (findInLevel0(level0, store, key) ?? findInSorted(sorted, store, key))?.value;
}

/** Yields the entries of a view in order of their keys.
 *
 * @param check  called before each step; throws when the view's files are no longer open */
export function walkEntries(
  view: View,
  store: TableStore,
  range: KeyRange,
  check: () => void,
): IterableIterator<Entry> {
  const reverse = range.reverse === true;
  const { start, stop } = walkOf(range, reverse);
  const [level0 = [], ...sorted] = view.levels;
  const tables = [
    ...level0.filter((table) => isInRange(table, range)).map((table) => [table]),
    ...sorted.map((level) => tablesInRange(level, range)).filter((level) => level.length > 0),
  ];
  const cursors = [
    ...view.logRuns.map((run) => new RunCursor(run, start, reverse)),
    ...tables.map((level) => new TablesCursor(store, level, start, reverse)),
  ];
  return new MergedEntries(cursors, stop, reverse, check);
}

/** Finds the newest entry of a key in level 0; it may be a deletion. All tables are searched, since those of level 0 overlap. */
function findInLevel0(tables: readonly Table[], store: TableStore, key: Uint8Array): FoundEntry | undefined {
  let newest: FoundEntry | undefined;
  for (const table of tables) {
    const found = findInTable(store, table, key);
    if (found !== undefined && (newest === undefined || found.version > newest.version)) newest = found;
  }
  return newest;
}

function findInSorted(
  levels: readonly (readonly Table[])[],
  store: TableStore,
  key: Uint8Array,
): FoundEntry | undefined {
  for (const tables of levels) {
    const found = findInTable(store, tables[firstTable(tables, { key, afterEqual: false })], key);
    if (found !== undefined) return found;
  }
  return undefined;
}

const findInTable = (store: TableStore, table: Table | undefined, key: Uint8Array): FoundEntry | undefined =>
  table === undefined || table.compareSmallest(key) > 0 || table.compareLargest(key) < 0
    ? undefined
    : store.find(table, key);

interface Bound {
  readonly key: Uint8Array;
  readonly included: boolean;
}

function walkOf(range: KeyRange, reverse: boolean): { start: Start | undefined; stop: Stop | undefined } {
  const lower = lowerBound(range);
  const upper = upperBound(range);
  const first = reverse ? upper : lower;
  const last = reverse ? lower : upper;
  return {
    // A walk backwards begins one entry before the first entry above the bound.
    start: first && { key: first.key, afterEqual: first.included === reverse },
    stop: last && { key: last.key, includeEqual: last.included },
  };
}

function lowerBound({ gt, gte }: KeyRange): Bound | undefined {
  if (gte !== undefined && (gt === undefined || compareBytes(gte, gt) > 0))
    return { key: gte, included: true };
  return gt && { key: gt, included: false };
}

function upperBound({ lt, lte }: KeyRange): Bound | undefined {
  if (lte !== undefined && (lt === undefined || compareBytes(lte, lt) < 0))
    return { key: lte, included: true };
  return lt && { key: lt, included: false };
}

/** Returns true if a table may contain keys of the range. It is also true if the table only touches a bound that is excluded. */
function isInRange(table: Table, range: KeyRange): boolean {
  const lower = lowerBound(range);
  const upper = upperBound(range);
  return (
    (lower === undefined || table.compareLargest(lower.key) >= 0) &&
    (upper === undefined || table.compareSmallest(upper.key) <= 0)
  );
}

/** Returns the tables of a level above 0 that may contain keys of the range. */
function tablesInRange(tables: readonly Table[], range: KeyRange): readonly Table[] {
  const lower = lowerBound(range);
  const upper = upperBound(range);
  const from = lower === undefined ? 0 : firstTable(tables, { key: lower.key, afterEqual: false });
  // Two tables can share a key at their border. So search the first table that ends after the bound; it may begin before the bound.
  const to =
    upper === undefined ? tables.length : firstTable(tables, { key: upper.key, afterEqual: true }) + 1;
  const chosen = tables.slice(from, to);
  const last = chosen[chosen.length - 1];
  return last === undefined || isInRange(last, range) ? chosen : chosen.slice(0, -1);
}
