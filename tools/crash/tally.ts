/** Counts strikes by victim and moment, and their outcome. */
import type { Moment } from './proxy.ts';

export const MOMENTS: Readonly<Record<Moment, string>> = {
  before: 'before a first COPY byte or after the last COMMIT',
  copying: 'between first COPY byte and COMMIT',
  commit: 'COMMIT sent',
  committed: 'between COMMIT and its acknowledgement',
};

export interface Tally {
  /** @param faults  in words; none: all was as in the undisturbed run */
  count(name: string, faults: readonly string[]): void;
  /** The planned moment did not come. */
  miss(): void;
  /** @returns 0: no faults; 1 */
  print(): number;
}

export function createTally(): Tally {
  const entries = new Map<string, { kills: number; different: number }>();
  let missed = 0;
  return {
    count(name, faults) {
      const { kills, different } = entries.get(name) ?? { kills: 0, different: 0 };
      entries.set(name, { kills: kills + 1, different: different + (faults.length > 0 ? 1 : 0) });
      if (faults.length > 0) console.log(`${name}:\n  ${faults.join('\n  ')}`);
    },
    miss() {
      missed += 1;
    },
    print() {
      const rows = [...entries].sort(([left], [right]) => (left < right ? -1 : 1));
      const width = Math.max(...rows.map(([name]) => name.length));
      console.log(`${'struck'.padEnd(width)}  times  different`);
      for (const [name, { kills, different }] of rows)
        console.log(`${name.padEnd(width)}  ${String(kills).padStart(5)}  ${String(different).padStart(9)}`);
      const sum = (of: 'kills' | 'different'): number => rows.reduce((all, [, entry]) => all + entry[of], 0);
      if (missed > 0) console.log(`${missed} ended before their moment came`);
      const verdict =
        sum('different') === 0 ? 'all equal to the undisturbed run' : `${sum('different')} differ`;
      console.log(`${sum('kills')} times: ${verdict}`);
      return sum('different') === 0 ? 0 : 1;
    },
  };
}
