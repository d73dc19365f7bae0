/** `npm run crash`: rounds of `baleen index`. */
import type { Moment } from './proxy.ts';
import { type Counts, killedRound, type Plan, twoAtOnce, undisturbedRun, type Victim } from './rounds.ts';
import { MOMENTS, type Tally } from './tally.ts';
import type { Postgres } from './victims.ts';

export interface CrashRun {
  readonly path: string;
  readonly postgres: Postgres;
  readonly rounds: number;
  readonly random: () => number;
  readonly tally: Tally;
}

export async function crashIndex({ path, postgres, rounds, random, tally }: CrashRun): Promise<void> {
  const { sums, counts } = await undisturbedRun(path, postgres);
  console.log(`${sums.size} tables, ${counts.commit} batches`);
  for (let round = 0; round < rounds; round++) {
    const plan = planOf(round, counts, random);
    const { killed, differences } = await killedRound(path, postgres, plan, sums);
    if (killed) tally.count(`${plan.victim}, ${MOMENTS[plan.moment]}`, differences);
    else tally.miss();
  }
  const both = await twoAtOnce(path, postgres, sums);
  tally.count(
    both.killed ? 'none: two at once, both copying' : 'none: two at once, one waited',
    both.differences,
  );
}

function planOf(round: number, counts: Counts, random: () => number): Plan {
  const moments = Object.keys(MOMENTS) as Moment[];
  const moment = moments[round % moments.length]!;
  const victim: Victim = Math.floor(round / moments.length) % 2 === 0 ? 'process' : 'postgres';
  return { moment, victim, nth: 1 + Math.floor(random() * counts[moment]) };
}
