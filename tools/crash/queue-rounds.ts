/** Runs workers with a queue and kills, wipes or pauses something at a chosen message; the outcome must be that of an undisturbed run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openQueues, queueName, timingOf } from '@baleen/jobs';
import { openStore } from '@baleen/store';
import { checksums, sumDifferences, type TestRedis, withClient } from '@baleen/testing';
import { type Moment, startProxy, type Watcher } from './proxy.ts';
import { type Counts, noCounts, portOf, through } from './rounds.ts';
import { type Postgres, type Run, startWorker } from './victims.ts';

/** wiped: the queue loses all its jobs. paused: a worker stands still for longer than its lease. */
export type QueueVictim = 'worker' | 'paused' | 'postgres' | 'redis' | 'wiped';

export interface QueuePlan {
  readonly victim: QueueVictim;
  readonly moment: Moment;
  /** Which message of that moment, over all workers and since the strike before it, from 1. */
  readonly nth: number;
}

export interface QueueBench {
  /** What is indexed. */
  readonly path: string;
  readonly postgres: Postgres;
  /** undefined: the queue is in Postgres. */
  readonly redis: TestRedis | undefined;
  /** A database in which the range is enqueued; each round has a copy of it. */
  readonly template: string;
}

export interface QueueOutcome {
  /** How many planned strikes happened; the round may end before the message of the next one passes. */
  readonly struck: number;
  readonly faults: readonly string[];
}

const WORKERS = 2;
/** Length of a pause in milliseconds, well beyond a lease of one second. */
const PAUSE_MS = 2_500;
/** Longest time for a round in milliseconds; a round that takes longer has a stuck job. */
const ROUND_MS = 120_000;
/** Starts of one worker in one round: when a service is away it ends with exit code 3, and whoever watches it starts it again. */
const MOST_STARTS = 20;

/** The whole run without a strike: what the tables must be, and how many messages of each moment there are. */
export async function undisturbedQueueRun(
  bench: QueueBench,
): Promise<{ readonly sums: Map<string, string>; readonly counts: Counts }> {
  const counts = noCounts();
  return inCopy(bench, async (url) => {
    const crew = await hire(bench, url, (moment) => {
      counts[moment] += 1;
      return undefined;
    });
    const faults = await crew.ended;
    await crew.dismiss();
    if (faults.length > 0) throw new Error(faults.join('\n'));
    return { counts, sums: await withClient(url(), checksums) };
  });
}

/** Runs the workers to the end while the planned strikes happen one after the other. */
export const queueRound = (
  bench: QueueBench,
  plans: readonly QueuePlan[],
  wanted: Map<string, string>,
): Promise<QueueOutcome> =>
  inCopy(bench, async (url) => {
    const strikes = armed(plans, (victim, worker) => strike(bench, victim, worker, url));
    const crew = await hire(bench, url, strikes.watch);
    const late = sleep(ROUND_MS, undefined, { ref: false }).then(crew.explain);
    const faults = await Promise.race([crew.ended, late]);
    await strikes.over();
    await crew.dismiss();
    const sums = await withClient(url(), checksums);
    const left = await leftBehind(bench, url());
    return { struck: strikes.struck(), faults: [...faults, ...sumDifferences(sums, wanted), ...left] };
  });

interface Strikes {
  readonly watch: (moment: Moment, worker: SupervisedWorker) => ReturnType<Watcher>;
  /** How many came. */
  struck(): number;
  over(): Promise<unknown>;
}

/** Each strike begins to wait for its message when the one before it is over. */
function armed(
  plans: readonly QueuePlan[],
  strikeAt: (victim: QueueVictim, worker: SupervisedWorker) => Promise<void>,
): Strikes {
  const done: Promise<void>[] = [];
  let isStriking = false;
  let seen = 0;
  return {
    watch(moment, worker) {
      const plan = plans[done.length];
      if (plan === undefined || isStriking || moment !== plan.moment || ++seen !== plan.nth) return undefined;
      seen = 0;
      isStriking = true;
      const struck = strikeAt(plan.victim, worker).finally(() => {
        isStriking = false;
      });
      done.push(struck);
      // The killed process never gets the server's acknowledgement.
      const isLost = moment === 'committed' && (plan.victim === 'worker' || plan.victim === 'postgres');
      return isLost ? struck.then(() => Promise.reject(new Error('cut'))) : undefined;
    },
    struck: () => done.length,
    over: () => Promise.all(done),
  };
}

async function strike(
  { postgres, redis }: QueueBench,
  victim: QueueVictim,
  worker: SupervisedWorker,
  url: () => string,
): Promise<void> {
  if (victim === 'worker') worker.kill();
  else if (victim === 'paused') await worker.pause(PAUSE_MS);
  else if (victim === 'wiped') await (redis?.wipe() ?? wipeTable(url()));
  else {
    const server = victim === 'redis' ? redis! : postgres;
    await server.kill();
    await server.start();
  }
}

const wipeTable = (url: string): Promise<void> =>
  withClient(url, async (client) => void (await client.query('delete from bullmq.job')));

interface Crew {
  /** What went wrong with them. */
  readonly ended: Promise<readonly string[]>;
  /** Of those that have not ended. */
  explain(): Promise<readonly string[]>;
  dismiss(): Promise<void>;
}

async function hire(
  bench: QueueBench,
  url: () => string,
  watch: (moment: Moment, worker: SupervisedWorker) => ReturnType<Watcher>,
): Promise<Crew> {
  const workers = await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      let worker: SupervisedWorker | undefined;
      const proxy = await startProxy(
        () => portOf(url()),
        (moment) => worker && watch(moment, worker),
      );
      worker = new SupervisedWorker(() =>
        startWorker(bench.path, through(url(), proxy.port), bench.redis?.url),
      );
      return { worker, proxy };
    }),
  );
  return {
    ended: Promise.all(workers.map(({ worker }) => worker.ended)).then((faults) => faults.flat()),
    explain: () => Promise.all(workers.map(({ worker }) => worker.explain())),
    async dismiss() {
      for (const { worker } of workers) worker.dismiss();
      await Promise.all(workers.map(({ proxy }) => proxy.close()));
    },
  };
}

/** Keeps a worker running: starts it again when it was killed or ended because a service was unreachable. */
class SupervisedWorker {
  readonly ended: Promise<readonly string[]>;
  private run: Run | undefined;
  private isKilled = false;
  private isDismissed = false;

  constructor(start: () => Run) {
    this.ended = this.supervise(start);
  }

  kill(): void {
    this.isKilled = true;
    this.run?.child.kill('SIGKILL');
  }

  async pause(ms: number): Promise<void> {
    this.run?.child.kill('SIGSTOP');
    await sleep(ms);
    this.run?.child.kill('SIGCONT');
  }

  async explain(): Promise<string> {
    const isOver = this.run?.child.exitCode != null;
    return isOver ? 'it has ended' : `stuck: the round has not ended: ${await this.run?.explain()}`;
  }

  dismiss(): void {
    this.isDismissed = true;
    this.run?.child.kill('SIGKILL');
  }

  private async supervise(start: () => Run): Promise<readonly string[]> {
    for (let starts = 1; starts <= MOST_STARTS && !this.isDismissed; starts++) {
      this.run = start();
      const { code, stderr } = await this.run.ended;
      if (code === 0 || this.isDismissed) return [];
      if (code !== 3 && !this.isKilled) return [`a worker ended with exit code ${code}: ${stderr}`];
      this.isKilled = false;
    }
    return [`a worker was started ${MOST_STARTS} times`];
  }
}

/** Returns faults after a round: jobs left in the queue, heights that are missing or there twice. */
async function leftBehind(bench: QueueBench, url: string): Promise<string[]> {
  const jobs = await jobsInQueue(bench, url);
  return withClient(url, async (client) => {
    const count = async (sql: string): Promise<number> => Number((await client.query(sql)).rows[0].n);
    const asked = await count('select count(*) as n from baleen_store.enqueued_ranges');
    const lost = await count('select coalesce(sum(to_height - from_height + 1), 0) as n from baleen.gaps');
    const doubled = await count('select count(*) - count(distinct height) as n from baleen.blocks');
    return [
      ...(jobs > 0 ? [`stuck: ${jobs} jobs are in the queue`] : []),
      ...(asked > 0 ? ['stuck: the range is still asked for'] : []),
      ...(lost > 0 ? [`lost: ${lost} heights`] : []),
      ...(doubled > 0 ? [`doubled: ${doubled} heights`] : []),
    ];
  });
}

/** Waiting, active or delayed: a worker that has ended leaves none. */
async function jobsInQueue({ redis }: QueueBench, databaseUrl: string): Promise<number> {
  const store = await openStore(databaseUrl);
  const [chain] = await store.status();
  const queues = await openQueues({
    redisUrl: redis?.url,
    databaseUrl,
    databaseId: await store.databaseId(),
    timing: timingOf(),
    onTrouble: () => undefined,
  });
  try {
    const { chainId } = chain!;
    const { waiting, active, delayed } = await queues.open(queueName({ chainId, source: chainId })).depth();
    return waiting + active + delayed;
  } finally {
    await queues.close();
    await store.close();
  }
}

let copies = 0;

/** Runs `use` on a copy of the template. It asks for the URL each time, since a restarted server may listen on another port. */
async function inCopy<Result>(
  { postgres, template }: QueueBench,
  use: (url: () => string) => Promise<Result>,
): Promise<Result> {
  const name = `round_${process.pid}_${++copies}`;
  const admin = (sql: string): Promise<unknown> => withClient(postgres.url(), (client) => client.query(sql));
  // file_copy ends with a checkpoint: without one, sequences of the copy would go back some steps when the server is killed.
  await admin(`create database ${name} template ${template} strategy file_copy`);
  try {
    return await use(() => {
      const url = new URL(postgres.url());
      url.pathname = `/${name}`;
      return url.href;
    });
  } finally {
    await admin(`drop database if exists ${name} with (force)`);
  }
}
