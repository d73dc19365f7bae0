/** postmaster.pid: Postgres's own note of who serves a cluster, and when that note is a lie. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, servesCluster } from './processes.ts';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready`, `stopping`, `standby`; empty in the first moments. */
  readonly status: string;
}

/** Lines of postmaster.pid: pid, folder, start time, port, socket folder, address, shared memory, status. */
const PORT_LINE = 3;
const STATUS_LINE = 7;

/** The server that runs on the cluster.
 *
 * After a kill -9 the file stays behind. Postgres takes it for alive when its pid is a zombie or belongs to another
 * program of the same user, so in these cases it is removed here. When the pid is gone it is left: from it Postgres
 * checks that no orphaned backend is still attached to the old shared memory. */
export function runningPostmaster(clusterDir: string): Postmaster | undefined {
  const file = join(clusterDir, 'postmaster.pid');
  let lines: string[];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  if (servesCluster(pid, clusterDir))
    return { pid, port: Number(lines[PORT_LINE] ?? 0), status: (lines[STATUS_LINE] ?? '').trim() };
  if (isZombie(pid) || isRunning(pid)) rmSync(file, { force: true });
  return undefined;
}

const isZombie = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !isRunning(pid);
  } catch {
    return false;
  }
};
