import { join } from 'node:path';
import type { SortedRun } from './blocks/sorted-run.ts';
import { listDirectory, renamedFile, retryVanished, tableName } from './directory.ts';
import type { Format } from './format.ts';
import { replayLogs } from './logs/replay.ts';
import { ManifestReader, type Version } from './manifest.ts';
import { type ReadMeter, ReadOnlyFile } from './read-only-file.ts';
import type { TableMeta } from './table-meta.ts';
import type { Table } from './table-store.ts';

export interface ViewBounds {
  /** Bytes of the logs kept in memory, see `LogRunBuilder`. Logs whose files are used again are kept whole. */
  readonly keepLogBytes: number;
  /** Tables opened with the view; others are opened when needed. */
  readonly maxHeldTables: number;
}

/** A consistent state of a directory: every change up to `lastSequence`, none after. */
export interface View {
  readonly lastSequence: number;
  /** What the logs hold that the tables don't, newest first: of a key that is in two, the first has the newer entry. */
  readonly logRuns: readonly SortedRun[];
  readonly levels: readonly (readonly Table[])[];
}

/** A view and the files it was taken from, for its owner to close. */
export interface TakenView extends View {
  /** By table number. */
  readonly tableFiles: Map<number, ReadOnlyFile>;
  readonly logFiles: readonly ReadOnlyFile[];
}

/** Takes a view of a directory that a node may be writing to, without a lock.
 *
 * Order: list and open the logs, read CURRENT and its manifest, open the tables it names, replay the logs from the
 * manifest's number on. Then a change is missed only if it came after the logs were listed: one that moved from a log to a
 * table meanwhile is in the tables of the manifest, or still in the log, which is held open. If the node removed a file
 * before it was opened, all starts again.
 *
 * @throws BaleenError  `LEVELDB_MISSING`, `LEVELDB_CORRUPT`, `LEVELDB_UNSUPPORTED`, `LEVELDB_UNREADABLE` */
export function takeView(path: string, format: Format, bounds: ViewBounds, meter: ReadMeter): TakenView {
  return retryVanished(path, () => {
    const opened: ReadOnlyFile[] = [];
    try {
      return tryView(path, format, bounds, (name) => {
        const file = new ReadOnlyFile(join(path, name), meter);
        opened.push(file);
        return file;
      });
    } catch (error) {
      for (const file of opened) file.close();
      throw error;
    }
  });
}

type Open = (name: string) => ReadOnlyFile;

function tryView(path: string, format: Format, bounds: ViewBounds, open: Open): TakenView {
  const logs = listDirectory(path).logs.map(({ name, number }) => ({ number, file: open(name) }));
  const manifest = open(format.manifestName(path));
  const version = new ManifestReader(manifest, format).read();
  manifest.close();
  const { levels, tableFiles } = openTables(path, version, format, bounds.maxHeldTables, open);
  const needed = logs.filter(({ number }) => isNeeded(number, version));
  for (const log of logs) if (!needed.includes(log)) log.file.close();
  const keepBytes = format.reusesLogs ? Number.POSITIVE_INFINITY : bounds.keepLogBytes;
  const { run, lastSequence } = replayLogs(needed, format, keepBytes);
  // A log that was given to a newer one in the meantime was not read whole.
  const renamed = format.reusesLogs ? needed.find(({ file }) => !file.isNamed()) : undefined;
  if (renamed !== undefined) throw renamedFile(renamed.file.path);
  return {
    lastSequence: Math.max(version.lastSequence, lastSequence),
    logRuns: [run],
    levels,
    tableFiles,
    logFiles: needed.map(({ file }) => file),
  };
}

/** Whether the log of this number holds what the tables don't. */
export const isNeeded = (log: number, { logNumber, prevLogNumber }: Version): boolean =>
  log >= logNumber || log === prevLogNumber;

function openTables(path: string, version: Version, format: Format, maxHeld: number, open: Open) {
  const names = new Set(listDirectory(path).names);
  const tableFiles = new Map<number, ReadOnlyFile>();
  let base = 0;
  const openTable = (meta: TableMeta): Table => {
    const candidates = format.tableEndings.map((ending) => tableName(meta.number, ending));
    const name = candidates.find((candidate) => names.has(candidate)) ?? candidates[0]!;
    // Beyond the bound the list must do; a name it lacks is opened too, for the error that this gives.
    if (tableFiles.size < maxHeld || !names.has(name)) tableFiles.set(meta.number, open(name));
    const table = { ...meta, path: join(path, name), base };
    base += meta.sizeBytes;
    return table;
  };
  return { levels: version.levels.map((tables) => tables.map(openTable)), tableFiles };
}
