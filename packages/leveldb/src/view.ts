import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BaleenError } from '@baleen/chain';
import { corruptAt, systemCode } from './errors.ts';
import { readManifest, type TableMeta, type Version } from './manifest.ts';
import { ReadOnlyFile } from './read-only-file.ts';
import { type Replayed, replayLogs } from './replay.ts';
import type { Table } from './table-store.ts';

export interface ViewBounds {
  /** Bytes of the logs kept in memory, see `LogRunBuilder`. */
  readonly keepLogBytes: number;
  /** Tables opened with the view; others are opened when needed. */
  readonly maxHeldTables: number;
}

/** A node replaces tables once a compaction; meeting that ten times in a row is no race any more. */
const MAX_ATTEMPTS = 10;

/** A consistent state of a directory: every change up to `lastSequence`, none after. */
export interface View {
  readonly lastSequence: number;
  readonly logRun: Replayed['run'];
  readonly levels: readonly (readonly Table[])[];
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
export function takeView(path: string, bounds: ViewBounds): View {
  for (let attempt = 1; ; attempt++) {
    const opened: ReadOnlyFile[] = [];
    try {
      return tryView(path, bounds, opened);
    } catch (error) {
      for (const file of opened) file.close();
      const code = systemCode(error);
      if (code === undefined) throw error;
      if (code !== 'ENOENT') throw unreadable(path, error);
      if (attempt === MAX_ATTEMPTS) throw vanished(path, error);
      pause(attempt * 5);
    }
  }
}

function tryView(path: string, bounds: ViewBounds, opened: ReadOnlyFile[]): View {
  const open = (name: string): ReadOnlyFile => {
    const file = new ReadOnlyFile(join(path, name));
    opened.push(file);
    return file;
  };
  const logs = listFiles(path)
    .map((name) => ({ name, number: logNumber(name) }))
    .filter((log) => log.number >= 0)
    .sort((left, right) => left.number - right.number)
    .map(({ name, number }) => ({ number, file: open(name) }));
  const manifest = open(readCurrent(path));
  const version = readManifest(manifest);
  manifest.close();
  const { levels, tableFiles } = openTables(path, version, bounds.maxHeldTables, open);
  const needed = logs.filter(({ number }) => number >= version.logNumber || number === version.prevLogNumber);
  for (const log of logs) if (!needed.includes(log)) log.file.close();
  const logFiles = needed.map(({ file }) => file);
  const { run, lastSequence } = replayLogs(logFiles, bounds.keepLogBytes);
  return {
    lastSequence: Math.max(version.lastSequence, lastSequence),
    logRun: run,
    levels,
    tableFiles,
    logFiles,
  };
}

function listFiles(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    throw missing(path, 'a directory', code === 'ENOENT' ? 'nothing' : 'a file', error);
  }
}

const logNumber = (name: string): number => (/^\d+\.log$/.test(name) ? Number.parseInt(name, 10) : -1);

/** Name of the manifest in force. goleveldb's CURRENT.bak and CURRENT.<n> are steps on the way to CURRENT. */
function readCurrent(path: string): string {
  const currentPath = join(path, 'CURRENT');
  let text: string;
  try {
    text = readFileSync(currentPath, 'latin1');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw missing(path, 'a file CURRENT', 'none', error);
  }
  if (!/^MANIFEST-\d+\n$/.test(text))
    throw corruptAt(
      'CURRENT',
      currentPath,
      'whole file from 0',
    )('MANIFEST-<number> and a line feed', JSON.stringify(text.slice(0, 100)));
  return text.trimEnd();
}

function openTables(path: string, version: Version, maxHeld: number, open: (name: string) => ReadOnlyFile) {
  const names = new Set(listFiles(path));
  const tableFiles = new Map<number, ReadOnlyFile>();
  let base = 0;
  const openTable = (meta: TableMeta): Table => {
    const digits = String(meta.number).padStart(6, '0');
    const name =
      names.has(`${digits}.sst`) && !names.has(`${digits}.ldb`) ? `${digits}.sst` : `${digits}.ldb`;
    // Beyond the bound the list must do; a name it lacks is opened too, for the error that this gives.
    if (tableFiles.size < maxHeld || !names.has(name)) tableFiles.set(meta.number, open(name));
    const table = { ...meta, path: join(path, name), base };
    base += meta.sizeBytes;
    return table;
  };
  return { levels: version.levels.map((tables) => tables.map(openTable)), tableFiles };
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function missing(path: string, expected: string, found: string, cause: unknown): BaleenError {
  const message = `open leveldb ${path}: expected ${expected}, found ${found}; give the path of a node's <name>.db directory`;
  return new BaleenError('operator', 'LEVELDB_MISSING', message, { cause });
}

function vanished(path: string, cause: unknown): BaleenError {
  const file = cause instanceof Error && 'path' in cause ? String(cause.path) : 'a file';
  const message = `open leveldb ${path}: expected ${file}, as the manifest names it, found none in ${MAX_ATTEMPTS} attempts; restore the file or index another copy`;
  return new BaleenError('source', 'LEVELDB_MISSING', message, { cause });
}

function unreadable(path: string, cause: unknown): BaleenError {
  const hint =
    systemCode(cause) === 'EMFILE' ? 'raise the limit of open files (ulimit -n)' : 'let this user read it';
  const found = cause instanceof Error ? cause.message : String(cause);
  const message = `open leveldb ${path}: expected readable files, found ${found}; ${hint}`;
  return new BaleenError('operator', 'LEVELDB_UNREADABLE', message, { cause });
}
