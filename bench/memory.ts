/** Peak memory of a process and its children, watched from outside. */
import { readdirSync, readFileSync } from 'node:fs';

const INTERVAL_MS = 100;

export interface MemoryWatch {
  /** Sum of each process's own peak (VmHWM), in bytes. */
  stop(): number;
}

export function watchMemory(pid: number): MemoryWatch {
  const peaks = new Map<number, number>();
  const sample = (): void => {
    for (const process of family(pid)) peaks.set(process, Math.max(peaks.get(process) ?? 0, peakOf(process)));
  };
  sample();
  const timer = setInterval(sample, INTERVAL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return [...peaks.values()].reduce((sum, peak) => sum + peak, 0);
    },
  };
}

function family(pid: number): number[] {
  const all = [pid];
  for (let index = 0; index < all.length; index++) all.push(...childrenOf(all[index]!));
  return all;
}

/** Any thread may have started a child. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

function peakOf(pid: number): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
