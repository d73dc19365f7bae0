/** Records which commands use the embedded server, its holders. Each has a file with its pid and start time, so that a killed command can
 * be told from a running one even if its pid is used again. The files are only read and written under the mutex. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, processFacts } from './processes.ts';

let holdersOfThisProcess = 0;

/** Records that this process uses the embedded server, and returns the path of the record's file. */
export function addHolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  holdersOfThisProcess += 1;
  const file = join(folder, `${process.pid}-${holdersOfThisProcess}`);
  writeFileSync(file, processFacts(process.pid)?.startTicks ?? '0');
  return file;
}

export function removeHolder(file: string): void {
  rmSync(file, { force: true });
}

/** Returns the pids of the commands that use the server now, and removes the files of ended ones. */
export function liveHolders(folder: string): number[] {
  const pids: number[] = [];
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const pid = Number.parseInt(name, 10);
    if (isRunning(pid) && processFacts(pid)?.startTicks === readFileSync(file, 'utf8')) pids.push(pid);
    else removeHolder(file);
  }
  return pids;
}
