/** Measures memory and processor time of processes from /proc. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const INTERVAL_MS = 100;

/** Bytes in memory now, and the most since `forgetPeak`. */
export const residentBytes = (pid: number): number => kilobytes(`/proc/${pid}/status`, 'VmRSS');
export const peakBytes = (pid: number): number => kilobytes(`/proc/${pid}/status`, 'VmHWM');
/** The kernel's peak begins anew (proc(5), clear_refs). */
export const forgetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, '5');

/** Processor seconds of a process, all its threads, and the children that it has waited for. */
export function cpuSeconds(pid: number): number {
  const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  // state is field 3; utime, stime, cutime, cstime are 14 to 17 (proc(5)).
  const ticks = after.split(' ').slice(11, 15).map(Number);
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

export interface FamilyUse {
  readonly cpuSeconds: number;
  /** The most that all had at once, what they share counted once. */
  readonly peakBytes: number;
}

/** Watches a process and its children; the memory by looking ten times a second. */
export function watchFamily(pid: number): { stop(): FamilyUse } {
  const before = familyCpu(pid);
  let peak = 0;
  const sample = (): void => {
    peak = Math.max(peak, sum(family(pid), proportionalBytes));
  };
  sample();
  const timer = setInterval(sample, INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      sample();
      return { cpuSeconds: familyCpu(pid) - before, peakBytes: peak };
    },
  };
}

const familyCpu = (pid: number): number => sum(family(pid), cpuSeconds);
const proportionalBytes = (pid: number): number => kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss');

/** A process that has ended meanwhile counts 0. */
function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => {
    try {
      return total + of(pid);
    } catch {
      return total;
    }
  }, 0);
}

const family = (pid: number): number[] => [pid, ...childrenOf(pid)];

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

function kilobytes(file: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
  if (found === undefined) throw new Error(`read ${file}: expected ${name}, found none`);
  return Number(found) * 1024;
}
