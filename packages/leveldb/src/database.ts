import { compareBytes } from './bytes.ts';
import { firstTable, RunCursor, type Start, TablesCursor } from './cursor.ts';
import { type Entry, MergedEntries, type Stop } from './merge.ts';
import { compareKeyAt, isDeletion, searchRun } from './sorted-run.ts';
import { type Hit, type Table, TableStore } from './table-store.ts';
import { takeView, type View } from './view.ts';

/** Bounds of keys, compared byte by byte; all that are given hold. `reverse`: from the largest key down. */
export interface KeyRange {
  readonly gte?: Uint8Array;
  readonly gt?: Uint8Array;
  readonly lte?: Uint8Array;
  readonly lt?: Uint8Array;
  readonly reverse?: boolean;
}

/** Reads by key. Keys and values returned may be views of cached blocks: never write to them, and copy what is kept long
 * (a small view keeps its whole block in memory). */
export interface KeyValueReader {
  /** undefined: no such key. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** Entries in order of their keys. */
  entries(range?: KeyRange): IterableIterator<Entry>;
}

/** A LevelDB directory as it was when it was opened; what a node writes later is not seen. */
export interface LevelDb extends KeyValueReader {
  readonly path: string;
  /** Sequence of the newest change seen. */
  readonly lastSequence: bigint;
  /** Closes all files. Reading afterwards throws `TypeError`. */
  close(): void;
  [Symbol.dispose](): void;
}

export interface LevelDbOptions {
  /** Decoded blocks held in memory; index blocks have 16 MiB of their own. Default 16 MiB. */
  readonly cacheBytes?: number;
  /** Bytes of the logs held in memory before large values are left in their files. Default 32 MiB. */
  readonly keepLogBytes?: number;
  /** Tables held open from the start. Default 1,000: Linux allows a process 1,024 descriptors or more by default,
   * and Node raises that to the hard limit. */
  readonly maxHeldTables?: number;
}

const DEFAULT_CACHE_BYTES = 16 * 1024 * 1024;
const DEFAULT_KEEP_LOG_BYTES = 32 * 1024 * 1024;
/** Tables above this are opened when needed: a node of 2 TB has a million of them. */
const DEFAULT_HELD_TABLES = 1000;

/** Opens a LevelDB directory (Google's or goleveldb's) for reading, also while a node writes to it.
 *
 * Takes no lock, creates and changes nothing. Holds up to 1,000 tables open, so that a node's compactions cannot take them
 * away; of a larger directory the rest is opened when needed, and only a stopped node keeps those.
 *
 * @throws BaleenError  `LEVELDB_MISSING`: no such directory, CURRENT or named file; `LEVELDB_CORRUPT`: with file, offset,
 *   expected and found (also thrown by reads, which check every block); `LEVELDB_UNSUPPORTED`: another comparator;
 *   `LEVELDB_UNREADABLE`: permissions or the limit of open files */
export function openLevelDb(path: string, options: LevelDbOptions = {}): LevelDb {
  const view = takeView(path, {
    keepLogBytes: options.keepLogBytes ?? DEFAULT_KEEP_LOG_BYTES,
    maxHeldTables: options.maxHeldTables ?? DEFAULT_HELD_TABLES,
  });
  return new ViewReader(path, view, options.cacheBytes ?? DEFAULT_CACHE_BYTES);
}

class ViewReader implements LevelDb {
  readonly path: string;
  readonly lastSequence: bigint;
  private readonly view: View;
  private readonly store: TableStore;
  private closed = false;

  constructor(path: string, view: View, cacheBytes: number) {
    this.path = path;
    this.lastSequence = BigInt(view.lastSequence);
    this.view = view;
    this.store = new TableStore(view.tableFiles, cacheBytes);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.checkOpen();
    const hit = this.findNewest(key);
    return hit === undefined || isDeletion(hit.run, hit.index) ? undefined : hit.run.value(hit.index);
  }

  entries(range: KeyRange = {}): IterableIterator<Entry> {
    this.checkOpen();
    const reverse = range.reverse === true;
    const { start, stop } = walkOf(range, reverse);
    const { logRun, levels } = this.view;
    const [level0 = [], ...sorted] = levels;
    const cursors = [
      new RunCursor(logRun, start, reverse),
      ...level0.filter((table) => isInRange(table, range)).map((table) => [table]),
      ...sorted.map((tables) => tablesInRange(tables, range)).filter((tables) => tables.length > 0),
    ].map((source) =>
      source instanceof RunCursor ? source : new TablesCursor(this.store, source, start, reverse),
    );
    return new MergedEntries(cursors, stop, reverse, () => this.checkOpen());
  }

  close(): void {
    this.closed = true;
    this.store.close();
    for (const file of this.view.logFiles) file.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Newest entry of a key, which may be a deletion. Logs are newer than tables, level 0 than 1, and so on. */
  private findNewest(key: Uint8Array): Hit | undefined {
    const { logRun, levels } = this.view;
    const index = searchRun(logRun, key, false);
    if (index < logRun.count && compareKeyAt(logRun, index, key) === 0) return { run: logRun, index };
    const [level0 = [], ...sorted] = levels;
    let newest: Hit | undefined;
    for (const table of level0) {
      const hit = this.findInTable(table, key);
      if (hit === undefined) continue;
      if (newest === undefined || hit.run.versions[hit.index]! > newest.run.versions[newest.index]!)
        newest = hit;
    }
    if (newest !== undefined) return newest;
    for (const tables of sorted) {
      const hit = this.findInTable(tables[firstTable(tables, { key, afterEqual: false })], key);
      if (hit !== undefined) return hit;
    }
    return undefined;
  }

  private findInTable(table: Table | undefined, key: Uint8Array): Hit | undefined {
    if (table === undefined || compareBytes(key, table.smallest) < 0 || compareBytes(key, table.largest) > 0)
      return undefined;
    const hit = this.store.find(table, key);
    return hit !== undefined && compareKeyAt(hit.run, hit.index, key) === 0 ? hit : undefined;
  }

  private checkOpen(): void {
    if (this.closed) throw new TypeError(`leveldb ${this.path} is closed`);
  }
}

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
    // Backwards a walk begins one before the first entry above the bound.
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

/** May be true for a table that only touches an excluded bound. */
function isInRange(table: Table, range: KeyRange): boolean {
  const lower = lowerBound(range);
  const upper = upperBound(range);
  return (
    (lower === undefined || compareBytes(table.largest, lower.key) >= 0) &&
    (upper === undefined || compareBytes(table.smallest, upper.key) <= 0)
  );
}

/** The tables of a level above 0 that may hold keys of the range. */
function tablesInRange(tables: readonly Table[], range: KeyRange): readonly Table[] {
  const lower = lowerBound(range);
  const upper = upperBound(range);
  const from = lower === undefined ? 0 : firstTable(tables, { key: lower.key, afterEqual: false });
  // Two tables can share a key at their border, so ask for the first that ends after the bound; it may begin before.
  const to =
    upper === undefined ? tables.length : firstTable(tables, { key: upper.key, afterEqual: true }) + 1;
  const chosen = tables.slice(from, to);
  const last = chosen[chosen.length - 1];
  return last === undefined || isInRange(last, range) ? chosen : chosen.slice(0, -1);
}
