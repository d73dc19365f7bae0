import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BaleenError } from '@baleen/chain';
import { corruptAt, systemCode } from './errors.ts';

/** A log file of a directory: its name, e.g. `000012.log`, and the number in it. */
export interface LogName {
  readonly name: string;
  readonly number: number;
}

/** Returns the names of all files of a directory, and its logs in order of number.
 *
 * A listing is no snapshot: if two files are created while it runs, it may show the newer one and not the older one. So this function lists
 * twice, and leaves out the logs that are newer than all logs of the first listing. The second listing has all older logs that exist. */
export function listDirectory(path: string): { readonly names: readonly string[]; readonly logs: LogName[] } {
  const newest = logsOf(listFiles(path)).at(-1)?.number ?? -1;
  const names = listFiles(path);
  return { names, logs: logsOf(names).filter(({ number }) => number <= newest) };
}

const logsOf = (names: readonly string[]): LogName[] =>
  names
    .filter((name) => /^\d+\.log$/.test(name))
    .map((name) => ({ name, number: Number.parseInt(name, 10) }))
    .sort((left, right) => left.number - right.number);

/** Returns the names of a directory's files, from a single listing. */
export function listFiles(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    throw asMissingDirectory(path, error);
  }
}

/** Turns Node's error of a `path` that is missing or no directory into one with a next step; returns any other error unchanged. */
export function asMissingDirectory(path: string, error: unknown): unknown {
  const code = systemCode(error);
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return error;
  return missingDirectory(path, code === 'ENOENT' ? 'nothing' : 'a file', error);
}

export const missingDirectory = (path: string, found: string, cause?: unknown): BaleenError =>
  missing(path, 'a directory', found, cause);

/** Reads the name of the current manifest from the file CURRENT. To replace CURRENT, goleveldb writes CURRENT.<number> and renames it, and
 * it keeps the previous file as CURRENT.bak. Neither of these two is read. */
export function readCurrent(path: string): string {
  const currentPath = join(path, 'CURRENT');
  let text: string;
  try {
    text = readFileSync(currentPath, 'latin1');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw withoutCurrent(path, error);
  }
  if (!/^MANIFEST-\d+\n$/.test(text))
    throw corruptAt(
      'CURRENT',
      currentPath,
      'whole file from 0',
    )('MANIFEST-<number> and a line feed', JSON.stringify(text.slice(0, 100)));
  return text.trimEnd();
}

/** Returns the file endings of the tables whose file does not have the usual ending, by table number.
 *
 * @param names  a listing of the directory
 * @param endings  the possible endings, the usual one first, see `Format.tableEndings` */
export function findUnusualEndings(
  names: readonly string[],
  [usual, ...unusual]: readonly string[],
): Map<number, string> {
  const found = new Map<number, string>();
  for (const ending of unusual)
    for (const name of names) if (name.endsWith(`.${ending}`)) found.set(Number.parseInt(name, 10), ending);
  if (found.size > 0)
    for (const name of names) if (name.endsWith(`.${usual}`)) found.delete(Number.parseInt(name, 10));
  return found;
}

/** Returns the name of a table's file. */
export const tableName = (number: number, ending: string): string =>
  `${String(number).padStart(6, '0')}.${ending}`;

/** Makes an error like Node's own for a missing file (`ENOENT`), for a file that its writer has renamed after this reader opened it. */
export function renamedFileError(path: string): Error {
  return Object.assign(new Error(`${path} was renamed`), { code: 'ENOENT', syscall: 'open', path });
}

/** How often opening is tried if a file vanishes meanwhile. A compaction of the node removes files only now and then, so ten failures in a
 * row have another reason. */
const MAX_ATTEMPTS = 10;

/** Runs `attempt`. If a file that the manifest or a listing named was removed before it could be opened, runs it again.
 *
 * @throws BaleenError  `LEVELDB_MISSING`, `LEVELDB_UNREADABLE`, or any other error of `attempt` */
export function retryVanished<Value>(path: string, attempt: () => Value): Value {
  for (let count = 1; ; count++) {
    try {
      return attempt();
    } catch (error) {
      const code = systemCode(error);
      if (code === undefined) throw error;
      if (code !== 'ENOENT') throw unreadable(path, error);
      if (count === MAX_ATTEMPTS) throw vanished(path, error);
      pause(count * 5);
    }
  }
}

/** Blocks the thread. */
export function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Makes the error for a directory without CURRENT. If goleveldb was stopped while it replaced CURRENT, it has left `CURRENT.<number>`, the
 * newest, and `CURRENT.bak`, the previous one. */
function withoutCurrent(path: string, cause: unknown): BaleenError {
  const number = (name: string): number => Number(/^CURRENT\.(\d+)$/.exec(name)?.[1] ?? -1);
  const steps = listFiles(path).filter((name) => /^CURRENT\.(\d+|bak)$/.test(name));
  const [newest] = steps.toSorted((left, right) => number(right) - number(left));
  if (newest === undefined) return missing(path, 'a file CURRENT', 'none', cause);
  const message =
    `open leveldb ${path}: expected a file CURRENT, found only ${newest}, which the node makes CURRENT when it starts; ` +
    `start and stop the node once, or in a copy of the folder copy ${newest} to CURRENT`;
  return new BaleenError('operator', 'LEVELDB_MISSING', message, { cause });
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

export function unreadable(path: string, cause: unknown): BaleenError {
  const hint =
    systemCode(cause) === 'EMFILE' ? 'raise the limit of open files (ulimit -n)' : 'let this user read it';
  const found = cause instanceof Error ? cause.message : String(cause);
  const message = `open leveldb ${path}: expected readable files, found ${found}; ${hint}`;
  return new BaleenError('operator', 'LEVELDB_UNREADABLE', message, { cause });
}
