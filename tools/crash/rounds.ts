/** One round: indexes, kills at a chosen message, indexes again to the end, and compares the tables. */
import { setTimeout as sleep } from 'node:timers/promises';
import { checksums, indexChain, sumDifferences, withClient, withDatabase } from '@baleen/testing';
import { type Moment, startProxy, type Watcher } from './proxy.ts';
import { type Postgres, type Run, startIndex } from './victims.ts';

export type Victim = 'process' | 'postgres';

/** Kill `victim` when the `nth` message of that moment passes (counted from 1). */
export interface Plan {
  readonly moment: Moment;
  readonly victim: Victim;
  readonly nth: number;
}

export type Counts = Record<Moment, number>;

export const noCounts = (): Counts => ({ before: 0, copying: 0, commit: 0, committed: 0 });

export const portOf = (url: string): number => Number(new URL(url).port);

export function through(url: string, port: number): string {
  const proxied = new URL(url);
  proxied.port = String(port);
  return proxied.href;
}

export interface Undisturbed {
  readonly sums: Map<string, string>;
  /** How many messages of each moment a whole run has: what plans may choose from. */
  readonly counts: Counts;
}

export const undisturbedRun = (path: string, postgres: Postgres): Promise<Undisturbed> =>
  withDatabase(postgres.url(), async (url) => {
    const counts = noCounts();
    const proxy = await startProxy(
      () => portOf(url),
      (moment) => {
        counts[moment] += 1;
        return undefined;
      },
    );
    try {
      await indexChain(path, through(url, proxy.port));
    } finally {
      await proxy.close();
    }
    return { counts, sums: await withClient(url, checksums) };
  });

export interface Outcome {
  /** False: the run ended before the planned message came. */
  readonly killed: boolean;
  readonly differences: readonly string[];
}

export async function killedRound(
  path: string,
  postgres: Postgres,
  plan: Plan,
  wanted: Map<string, string>,
): Promise<Outcome> {
  return withRestartableDatabase(postgres, async (url) => {
    const killed = await runAndKill((proxied) => startIndex(path, proxied), url(), postgres, plan);
    if (plan.victim === 'postgres' && killed) await postgres.start();
    await indexChain(path, url());
    const sums = await withClient(url(), checksums);
    return { killed, differences: sumDifferences(sums, wanted) };
  });
}

/** As `withDatabase`, for a server that may come back on another port. */
export function withRestartableDatabase<Result>(
  postgres: Postgres,
  use: (url: () => string) => Promise<Result>,
): Promise<Result> {
  return withDatabase(postgres.url, (first) => {
    const { pathname } = new URL(first);
    return use(() => {
      const url = new URL(postgres.url());
      url.pathname = pathname;
      return url.href;
    });
  });
}

/** Starts a command on a database behind a proxy, and kills as planned; false: it ended before. */
export async function runAndKill(
  startRun: (url: string) => Run,
  url: string,
  postgres: Postgres,
  plan: Plan,
): Promise<boolean> {
  let strike: () => void = () => undefined;
  const struck = new Promise<'struck'>((resolve) => {
    strike = () => resolve('struck');
  });
  let seen = 0;
  const watch: Watcher = (moment) => {
    if (moment !== plan.moment || ++seen !== plan.nth) return undefined;
    strike();
    // The server's acknowledgement never arrives; what the client sent still does.
    return moment === 'committed' ? new Promise(() => undefined) : undefined;
  };
  const proxy = await startProxy(() => portOf(url), watch);
  const run = startRun(through(url, proxy.port));
  const first = await Promise.race([struck, run.ended]);
  try {
    if (first !== 'struck') {
      if (first.code !== 0) throw new Error(`baleen: exit code ${first.code}\n${first.stderr}`);
      return false;
    }
    if (plan.victim === 'process') run.child.kill('SIGKILL');
    else await postgres.kill();
    await proxy.close();
    await Promise.race([run.ended, sleep(30_000)]);
    run.child.kill('SIGKILL');
    await run.ended;
    return true;
  } finally {
    await proxy.close();
  }
}

/** Two commands on the same range, neither sending its first row before both are about to. */
export const twoAtOnce = (path: string, postgres: Postgres, wanted: Map<string, string>): Promise<Outcome> =>
  withDatabase(postgres.url(), async (url) => {
    const gate = barrier(2);
    const runs = [0, 1].map(async () => {
      const meet = onceOnly(gate.arrive);
      const proxy = await startProxy(
        () => portOf(url),
        (moment) => (moment === 'copying' ? meet() : undefined),
      );
      const { code, stderr } = await startIndex(path, through(url, proxy.port)).ended;
      await proxy.close();
      return code === 0 ? [] : [`one of two: exit code ${code}\n${stderr}`];
    });
    const failed = (await Promise.all(runs)).flat();
    const differences = sumDifferences(await withClient(url, checksums), wanted);
    return { killed: gate.met(), differences: [...failed, ...differences] };
  });

/** Longest wait for the other: a store that lets only one begin would make both wait for ever. */
const BARRIER_MS = 20_000;

function barrier(size: number): { arrive: () => Promise<void>; met: () => boolean } {
  let arrived = 0;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const arrive = async (): Promise<void> => {
    if (++arrived === size) open();
    await Promise.race([opened, sleep(BARRIER_MS)]);
  };
  return { arrive, met: () => arrived >= size };
}

function onceOnly(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}
