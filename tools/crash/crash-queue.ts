/** `npm run crash -- --queue`: rounds of `baleen worker` processes with a queue. */
import { startRedis, withClient } from '@baleen/testing';
import type { CrashRun } from './crash-index.ts';
import type { Moment } from './proxy.ts';
import {
  type QueueBench,
  type QueuePlan,
  type QueueVictim,
  queueRound,
  undisturbedQueueRun,
} from './queue-rounds.ts';
import type { Counts } from './rounds.ts';
import { MOMENTS } from './tally.ts';
import { startEnqueue } from './victims.ts';

const VICTIMS: Readonly<Record<'redis' | 'postgres', readonly QueueVictim[]>> = {
  redis: ['worker', 'redis', 'paused', 'postgres', 'wiped'],
  postgres: ['worker', 'paused', 'postgres', 'wiped'],
};

const WORDS: Readonly<Record<QueueVictim, string>> = {
  worker: 'worker killed',
  paused: 'worker paused past its lease',
  postgres: 'Postgres killed',
  redis: 'Redis killed',
  wiped: 'queue wiped',
};

/** Strikes per run of the workers, since starting them anew for each strike would take most of the time. */
const STRIKES = 5;

/** Rounds between two lines of progress. */
const TOLD = 50;

/** Such a run is over before its first strike. */
const MOST_MISSED = 20;

const TEMPLATE = 'crash_template';

export async function crashQueue(run: CrashRun, backend: 'redis' | 'postgres'): Promise<void> {
  const { path, postgres, rounds, random, tally } = run;
  const redis = backend === 'redis' ? await startRedis() : undefined;
  try {
    await enqueueInto(TEMPLATE, run, redis?.url);
    const bench: QueueBench = { path, postgres, redis, template: TEMPLATE };
    const { sums, counts } = await undisturbedQueueRun(bench);
    console.log(`${sums.size} tables, ${counts.commit} batches`);
    let missed = 0;
    for (let done = 0; done < rounds && missed < MOST_MISSED; ) {
      const plans = Array.from({ length: Math.min(STRIKES, rounds - done) }, (_, index) =>
        planOf(VICTIMS[backend], done + index, counts, random),
      );
      const { struck, faults } = await queueRound(bench, plans, sums);
      // A fault at the end may come from any of the strikes.
      for (const { victim, moment } of plans.slice(0, struck))
        tally.count(`${WORDS[victim]}, ${MOMENTS[moment]}`, faults);
      if (struck === 0 && faults.length > 0) tally.count('nothing', faults);
      // A strike that did not happen is planned again.
      if (Math.floor((done + struck) / TOLD) > Math.floor(done / TOLD))
        console.log(`${done + struck} of ${rounds}`);
      done += struck;
      missed = struck === 0 ? missed + 1 : 0;
    }
    if (missed === MOST_MISSED) throw new Error(`${MOST_MISSED} runs ended before the first strike`);
  } finally {
    await redis?.stop();
  }
}

async function enqueueInto(
  name: string,
  { path, postgres }: CrashRun,
  redisUrl: string | undefined,
): Promise<void> {
  await withClient(postgres.url(), (client) => client.query(`create database ${name}`));
  const url = new URL(postgres.url());
  url.pathname = `/${name}`;
  const { code, stderr } = await startEnqueue(path, url.href, redisUrl).ended;
  if (code !== 0) throw new Error(`baleen enqueue ${path}: exit code ${code}\n${stderr}`);
}

/** Plans strikes so that each victim is struck at each moment in turn. */
function planOf(
  victims: readonly QueueVictim[],
  round: number,
  counts: Counts,
  random: () => number,
): QueuePlan {
  const moments = Object.keys(MOMENTS) as Moment[];
  const moment = moments[Math.floor(round / victims.length) % moments.length]!;
  // Early in the run, so that work is left for the next strikes.
  const most = counts[moment] / (2 * STRIKES);
  return { victim: victims[round % victims.length]!, moment, nth: 1 + Math.floor(random() * most) };
}
