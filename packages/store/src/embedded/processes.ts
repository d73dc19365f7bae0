/** What /proc tells about a process. Linux only, as the embedded binaries are. */
import { readFileSync, readlinkSync } from 'node:fs';

export interface ProcessFacts {
  /** One letter of /proc/<pid>/stat; `Z` is a zombie: ended, but its parent has not noticed. */
  readonly state: string;
  /** Clock ticks since boot when it was started: with the pid this names one process for good. */
  readonly startTicks: string;
}

/** Reads the facts about a process; undefined if there is no such process. */
export function processFacts(pid: number): ProcessFacts | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets and may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '?', startTicks: fields[19] ?? '0' };
}

/** A zombie does not run, though kill(pid, 0) still finds it. */
export function isRunning(pid: number): boolean {
  const facts = processFacts(pid);
  return facts !== undefined && facts.state !== 'Z' && facts.state !== 'X';
}

/** Whether `pid` is the Postgres of this cluster: it works in the cluster's folder, or names it on its command line. */
export function servesCluster(pid: number, clusterDir: string): boolean {
  if (!isRunning(pid)) return false;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === clusterDir;
  } catch {
    // Another user's process: its folder is hidden from us, its command line is not.
  }
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return args.includes(clusterDir);
  } catch {
    return false;
  }
}
