/** Which commands use the server. Each has a file with its pid and start time, so that one that was killed is told
 * from one that runs, even when its pid is used again. Read and written under the mutex only. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, processFacts } from './processes.ts';

let holdersOfThisProcess = 0;

/** @returns the holder's file */
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

/** Pids of the commands that use the server now; files of ended ones are swept. */
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
