/** Runs the experiment: asks a real node, ends it, lets Baleen read its directory, and asks PostgreSQL the same. */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { indexChain, withClient } from '@baleen/testing';
import type pg from 'pg';
import { type StandingNode, startStandingNode } from '../../tools/devnet/start-standing.ts';
import { type Asked, askRest, askSql, openPool, type RestAnswer } from './ask.ts';
import { type Difference, differencesOf, pairsOf } from './compare.ts';
import {
  cpuSeconds,
  type FamilyUse,
  forgetPeak,
  peakBytes,
  residentBytes,
  watchFamily,
} from './process-use.ts';
import type { Question } from './questions.ts';

/** Of the node and of its REST server. */
export interface NodeUse {
  readonly node: number;
  readonly restServer: number;
}

export interface RestRun {
  readonly askers: number;
  readonly seconds: number;
  readonly asked: readonly Asked<RestAnswer>[];
  readonly cpuSeconds: NodeUse;
  readonly peakBytes: NodeUse;
}

export interface SqlRun {
  readonly askers: number;
  readonly seconds: number;
  readonly asked: readonly Asked<unknown>[];
  readonly postgres: FamilyUse;
}

export interface Experiment {
  /** The machine's 1-minute load average before the experiment. */
  readonly load: number;
  readonly postgresVersion: string;
  /** Height of the state in the node and in the database. */
  readonly height: number;
  readonly idleBytes: NodeUse;
  readonly rest: readonly RestRun[];
  /** Reading the node's directory: blocks, results and state. */
  readonly index: { readonly seconds: number; readonly cpuSeconds: number };
  readonly sql: readonly SqlRun[];
  readonly compared: number;
  readonly differences: readonly Difference[];
}

export interface Plan {
  /** Databases of a node that was stopped. */
  readonly data: string;
  /** Gets the node's home. */
  readonly dir: string;
  readonly databaseUrl: string;
  readonly questions: readonly Question[];
  readonly askers: readonly number[];
  readonly log: (line: string) => void;
}

/** Milliseconds that a node gets to settle after its start. */
const SETTLE_MS = 5000;

/** @throws GoMissing */
export async function runExperiment(plan: Plan): Promise<Experiment> {
  const load = loadavg()[0] ?? 0;
  const { idleBytes, rest, data } = await askNode(plan);
  const index = await readDirectory(data, plan.databaseUrl);
  const { postmaster, postgresVersion, height } = await aboutDatabase(plan.databaseUrl);
  const sql = await askPostgres(plan, postmaster);
  const pairs = rest.flatMap(({ asked }, level) => pairsOf(asked, sql[level]!.asked));
  const differences = differencesOf(pairs, height);
  return {
    ...{ load, postgresVersion, height, idleBytes, rest, index, sql, differences },
    compared: pairs.length,
  };
}

async function askNode({ dir, data, log, questions, askers }: Plan) {
  const standing = await startStandingNode({ dir, data, log });
  try {
    await sleep(SETTLE_MS);
    const idleBytes = ofBoth(standing, residentBytes);
    const rest: RestRun[] = [];
    for (const count of askers) {
      rest.push(await Promise.race([runRest(standing, questions, count), failed(standing)]));
      log(`asked REST ${questions.length} questions, ${count} at once`);
    }
    return { idleBytes, rest, data: standing.data };
  } finally {
    await standing.stop();
  }
}

const failed = ({ node, restServer }: StandingNode): Promise<never> =>
  Promise.race([node.ended, restServer.ended]);

const ofBoth = ({ node, restServer }: StandingNode, of: (pid: number) => number): NodeUse => ({
  node: of(node.pid),
  restServer: of(restServer.pid),
});

async function runRest(
  standing: StandingNode,
  questions: readonly Question[],
  askers: number,
): Promise<RestRun> {
  for (const { pid } of [standing.node, standing.restServer]) forgetPeak(pid);
  const before = ofBoth(standing, cpuSeconds);
  const startedAt = performance.now();
  const asked = await askRest(standing.rest, questions, askers);
  const seconds = (performance.now() - startedAt) / 1000;
  const after = ofBoth(standing, cpuSeconds);
  return {
    ...{ askers, seconds, asked },
    cpuSeconds: { node: after.node - before.node, restServer: after.restServer - before.restServer },
    peakBytes: ofBoth(standing, peakBytes),
  };
}

/** Indexes the directory of the node, which has ended by now, and measures what that takes. */
async function readDirectory(data: string, databaseUrl: string): Promise<Experiment['index']> {
  const [startedAt, before] = [performance.now(), cpuSeconds(process.pid)];
  await indexChain(data, databaseUrl);
  return {
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: cpuSeconds(process.pid) - before,
  };
}

const aboutDatabase = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ pid: number; version: string; height: string }>(
      `select pg_backend_pid() as pid, current_setting('server_version') as version,
         (select max(to_height) from baleen.coverage where kind like 'state%')::text as height`,
    );
    const { pid, version, height } = rows[0]!;
    const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const postmaster = Number(after.split(' ')[1]);
    return { postmaster, postgresVersion: `PostgreSQL ${version}`, height: Number(height) };
  });

async function askPostgres(
  { databaseUrl, questions, askers, log }: Plan,
  postmaster: number,
): Promise<SqlRun[]> {
  const pool = openPool(databaseUrl);
  try {
    const runs: SqlRun[] = [];
    for (const count of askers) {
      runs.push(await runSql(pool, questions, count, postmaster));
      log(`asked SQL ${questions.length} questions, ${count} at once`);
    }
    return runs;
  } finally {
    await pool.end();
  }
}

async function runSql(
  pool: pg.Pool,
  questions: readonly Question[],
  askers: number,
  postmaster: number,
): Promise<SqlRun> {
  const watch = watchFamily(postmaster);
  const startedAt = performance.now();
  const asked = await askSql(pool, questions, askers);
  const seconds = (performance.now() - startedAt) / 1000;
  return { askers, seconds, asked, postgres: watch.stop() };
}
