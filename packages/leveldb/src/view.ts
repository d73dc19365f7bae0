import { join } from 'node:path';
import type { SortedRun } from './blocks/sorted-run.ts';
import { listDirectory, listFiles, oddTables, renamedFile, retryVanished, tableName } from './directory.ts';
import type { Format } from './format.ts';
import { replayLogs } from './logs/replay.ts';
import { ManifestReader, type Version } from './manifest.ts';
import { type ReadMeter, ReadOnlyFile } from './read-only-file.ts';
import type { Table } from './table.ts';
import { type StoreBounds, TableStore } from './table-store.ts';

export interface ViewBounds extends StoreBounds {
  /** Bytes of the logs kept in memory, see `LogRunBuilder`. Logs whose files are used again are kept whole. */
  readonly keepLogBytes: number;
  /** Tables opened with the view; others are opened when needed. */
  readonly maxHeldTables: number;
}

/** A consistent state of a directory: every change up to `lastSequence`, none after. */
export interface View {
  readonly lastSequence: number;
  /** Changes in logs that are not in tables yet, newest first: if two runs have a key, the first one has its newer entry. */
  readonly logRuns: readonly SortedRun[];
  readonly levels: readonly (readonly Table[])[];
}

/** A view with the open files that it is read from; whoever takes it closes them. */
export interface TakenView extends View {
  readonly store: TableStore;
  readonly logFiles: readonly ReadOnlyFile[];
}

/** Takes a view of a directory that a node may be writing to, without a lock.
 *
 * Order: list and open the logs, read CURRENT and its manifest, open the tables it names, replay the logs from the
 * manifest's number on. In this order a change can be missing only if it was written after the logs were listed: a change that
 * moved from a log to a table meanwhile is in a table of the manifest, or still in the log, which is held open. If the node removed
 * a file before it was opened, everything is done again.
 *
 * @throws BaleenError  `LEVELDB_MISSING`, `LEVELDB_CORRUPT`, `LEVELDB_UNSUPPORTED`, `LEVELDB_UNREADABLE` */
export function takeView(path: string, format: Format, bounds: ViewBounds, meter: ReadMeter): TakenView {
  return retryVanished(path, () => {
    const opened: { close(): void }[] = [];
    const keep = <File extends { close(): void }>(file: File): File => {
      opened.push(file);
      return file;
    };
    try {
      return tryView(path, format, bounds, meter, keep);
    } catch (error) {
      for (const file of opened) file.close();
      throw error;
    }
  });
}

function tryView(
  path: string,
  format: Format,
  bounds: ViewBounds,
  meter: ReadMeter,
  keep: <File extends { close(): void }>(file: File) => File,
): TakenView {
  const open = (name: string): ReadOnlyFile => keep(new ReadOnlyFile(join(path, name), meter));
  const { names, logs: found } = listDirectory(path);
  const logs = found.map(({ name, number }) => ({ number, file: open(name) }));
  const manifest = open(format.manifestName(path));
  const version = new ManifestReader(manifest, format).read();
  manifest.close();
  const odd = oddTables(names, format.tableEndings);
  const pathOf = ({ number }: Table): string =>
    join(path, tableName(number, odd.get(number) ?? format.tableEndings[0]!));
  const store = keep(new TableStore(format, pathOf, bounds, meter));
  openTables(path, version, store, pathOf, bounds.maxHeldTables);
  const needed = logs.filter(({ number }) => isNeeded(number, version));
  for (const log of logs) if (!needed.includes(log)) log.file.close();
  const keepBytes = format.reusesLogs ? Number.POSITIVE_INFINITY : bounds.keepLogBytes;
  const { run, lastSequence } = replayLogs(needed, format, keepBytes);
  // A log whose file the writer has given to a newer log meanwhile may not have been read whole.
  const renamed = format.reusesLogs ? needed.find(({ file }) => !file.isNamed()) : undefined;
  if (renamed !== undefined) throw renamedFile(renamed.file.path);
  return {
    lastSequence: Math.max(version.lastSequence, lastSequence),
    logRuns: [run],
    levels: version.levels,
    store,
    logFiles: needed.map(({ file }) => file),
  };
}

/** Whether the log of this number holds what the tables don't. */
export const isNeeded = (log: number, { logNumber, prevLogNumber }: Version): boolean =>
  log >= logNumber || log === prevLogNumber;

/** The first tables of a view, of level 0 first: what is newest is read most, and is compacted away soonest. */
export function firstTables(levels: View['levels'], count: number): Table[] {
  let first: Table[] = [];
  for (const tables of levels)
    if (first.length < count) first = first.concat(tables.slice(0, count - first.length));
  return first;
}

/** Opens the first tables, and makes sure that the others are there. */
function openTables(
  path: string,
  { levels }: Version,
  store: TableStore,
  pathOf: (table: Table) => string,
  maxHeld: number,
): void {
  store.hold(firstTables(levels, maxHeld));
  const there = new Set(listFiles(path).map((name) => Number.parseInt(name, 10)));
  // Opening a missing file gives the error that names it.
  for (const tables of levels)
    for (const table of tables) if (!there.has(table.number)) new ReadOnlyFile(pathOf(table)).close();
}
