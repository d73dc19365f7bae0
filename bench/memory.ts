/** Peak memory and processor time of a process and its children, watched from outside. */
import { readdirSync, readFileSync } from 'node:fs';
import { cpuSeconds } from './seed/process-use.ts';

const INTERVAL_MS = 100;

export interface Use {
  /** Sum of each process's own peak (VmHWM), in bytes. */
  readonly peakBytes: number;
  /** Of a processor, as of the last look: up to a tenth of a second too little. */
  readonly cpuSeconds: number;
}

export function watchUse(pid: number): { stop(): Use } {
  const uses = new Map<number, Use>();
  const sample = (): void => {
    for (const process of family(pid)) uses.set(process, latest(process, uses.get(process)));
  };
  sample();
  const timer = setInterval(sample, INTERVAL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      const sum = (of: keyof Use): number => [...uses.values()].reduce((total, use) => total + use[of], 0);
      return { peakBytes: sum('peakBytes'), cpuSeconds: sum('cpuSeconds') };
    },
  };
}

/** A process that has ended keeps what it had. */
function latest(pid: number, before: Use = { peakBytes: 0, cpuSeconds: 0 }): Use {
  try {
    return { peakBytes: Math.max(before.peakBytes, peakOf(pid)), cpuSeconds: cpuSeconds(pid) };
  } catch {
    return before;
  }
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
