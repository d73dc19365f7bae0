import { join } from 'node:path';
import type { SortedRun } from './blocks/sorted-run.ts';
import {
  findUnusualEndings,
  listDirectory,
  listFiles,
  renamedFileError,
  retryVanished,
  tableName,
} from './directory.ts';
import type { Format } from './format.ts';
import { replayLogs } from './logs/replay.ts';
import { ManifestReader, type Version } from './manifest.ts';
import { type ReadMeter, ReadOnlyFile } from './read-only-file.ts';
import type { Table } from './table.ts';
import { type StoreBounds, TableStore } from './table-store.ts';

export interface ViewBounds extends StoreBounds {
  /** Bytes of the logs that are kept in memory, see `LogRunBuilder`. If the writer uses log files again, the logs are kept whole. */
  readonly keepLogBytes: number;
  /** Number of tables that are opened with the view. Others are opened when they are read. */
  readonly maxHeldTables: number;
}

/** A consistent state of a directory. It has every change up to `lastSequence` and none after it. */
export interface View {
  readonly lastSequence: number;
  /** Changes in logs that are not in tables yet, newest first: if two runs have a key, the first one has its newer entry. */
  readonly logRuns: readonly SortedRun[];
  readonly levels: readonly (readonly Table[])[];
}

/** A view with the open files from which it is read. The caller of `takeView` closes them. */
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
  const unusualEndings = findUnusualEndings(names, format.tableEndings);
  const pathOf = ({ number }: Table): string =>
    join(path, tableName(number, unusualEndings.get(number) ?? format.tableEndings[0]!));
  const store = keep(new TableStore(format, pathOf, bounds, meter));
  openTables(path, version, store, pathOf, bounds.maxHeldTables);
  const needed = logs.filter(({ number }) => isNeeded(number, version));
  for (const log of logs) if (!needed.includes(log)) log.file.close();
  const keepBytes = format.reusesLogs ? Number.POSITIVE_INFINITY : bounds.keepLogBytes;
  const { run, lastSequence } = replayLogs(needed, format, keepBytes);
  // If the writer has given a log's file to a newer log in the meantime, the log may not have been read whole.
  const renamed = format.reusesLogs ? needed.find(({ file }) => !file.isNamed()) : undefined;
  if (renamed !== undefined) throw renamedFileError(renamed.file.path);
  return {
    lastSequence: Math.max(version.lastSequence, lastSequence),
    logRuns: [run],
    levels: version.levels,
    store,
    logFiles: needed.map(({ file }) => file),
  };
}

/** Returns true if the log of this number may have changes that are not in tables yet. */
export const isNeeded = (log: number, { logNumber, prevLogNumber }: Version): boolean =>
  log >= logNumber || log === prevLogNumber;

/** Returns the first `count` tables of a view, those of level 0 first. The newest tables are read most often and are removed soonest by a
 * compaction, so they are the ones to keep open. */
export function firstTables(levels: View['levels'], count: number): Table[] {
  let first: Table[] = [];
  for (const tables of levels)
    if (first.length < count) first = first.concat(tables.slice(0, count - first.length));
  return first;
}

/** Opens the first `maxHeld` tables, and throws if the file of any other table is missing. */
function openTables(
  path: string,
  { levels }: Version,
  store: TableStore,
  pathOf: (table: Table) => string,
  maxHeld: number,
): void {
  store.hold(firstTables(levels, maxHeld));
  const there = new Set(listFiles(path).map((name) => Number.parseInt(name, 10)));
  // A missing file is opened only for the error, which names the file.
  for (const tables of levels)
    for (const table of tables) if (!there.has(table.number)) new ReadOnlyFile(pathOf(table)).close();
}
