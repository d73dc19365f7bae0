/** The processes that are killed: `baleen index`, and a Postgres server of our own. */
import { type ChildProcess, type SpawnOptionsWithStdioTuple, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BALEEN, temporaryFolder } from '@baleen/testing';
import { type Embedded, startEmbedded, stopEmbedded } from '../../packages/store/src/embedded/index.ts';
import { layoutOf } from '../../packages/store/src/embedded/layout.ts';
import { runningPostmaster } from '../../packages/store/src/embedded/postmaster.ts';

export interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
  /** What a process that should have ended says and waits for. */
  explain(): Promise<string>;
}

export const startIndex = (path: string, databaseUrl: string): Run =>
  start(['index', path, '--database', databaseUrl, '--quiet']);

/** `baleen state` at a height; undefined: the newest. */
export const startState = (path: string, databaseUrl: string, height: number | undefined): Run =>
  start([
    ...['state', path, '--database', databaseUrl, '--quiet'],
    ...(height === undefined ? [] : ['--height', `${height}`]),
  ]);

/** A short lease, so that the range of a dead worker is soon free and a paused one is soon late. */
const LEASE_SECONDS = 1;

/** Jobs so small that a round has some for each worker. */
const RANGE_SIZE = 10;

export const startEnqueue = (path: string, databaseUrl: string, redisUrl: string | undefined): Run =>
  start(['enqueue', path, '--range-size', `${RANGE_SIZE}`, ...servers(databaseUrl, redisUrl), '--quiet']);

/** Starts a worker that ends when nothing is left to do. */
export function startWorker(path: string, databaseUrl: string, redisUrl: string | undefined): Run {
  const options = ['--drain', '--lease', `${LEASE_SECONDS}`, '--workers', '1', '--quiet'];
  return start(['worker', '--source', path, ...options, ...servers(databaseUrl, redisUrl)]);
}

const servers = (databaseUrl: string, redisUrl: string | undefined): string[] => [
  ...['--database', databaseUrl],
  ...(redisUrl === undefined ? [] : ['--redis', redisUrl]),
];

const reports = temporaryFolder('crash-report');
let started = 0;

function start(args: readonly string[]): Run {
  // Nothing of our own environment, which may name other databases.
  const env = { PATH: process.env.PATH };
  const report = `${++started}.json`;
  const flags = ['--report-on-signal', `--report-directory=${reports}`, `--report-filename=${report}`];
  const options: SpawnOptionsWithStdioTuple<'ignore', 'ignore', 'pipe'> = {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
  };
  const child = spawn(process.execPath, [...flags, BALEEN, ...args], options);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-4000);
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, stderr })),
  );
  const explain = async (): Promise<string> => {
    child.kill('SIGUSR2');
    await sleep(REPORT_MS);
    return `${stderr}\n${heldBy(join(reports, report))}`;
  };
  return { child, ended, explain };
}

/** A process writes its report within this. */
const REPORT_MS = 3_000;

/** What keeps a process alive, and where its threads are, as Node's diagnostic report has it. */
function heldBy(file: string): string {
  if (!existsSync(file)) return 'it does not answer';
  const { libuv, javascriptStack, workers } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const handles = libuv.filter((handle) => handle.is_active && handle.is_referenced);
  return JSON.stringify({ handles, javascriptStack, workers: workers.map((each) => each.javascriptStack) });
}

interface Report {
  readonly libuv: readonly { readonly is_active: boolean; readonly is_referenced: boolean }[];
  readonly javascriptStack: unknown;
  readonly workers: readonly { readonly javascriptStack: unknown }[];
}

export interface Postgres {
  /** URL of the superuser, database `postgres`; another one after a restart. */
  readonly url: () => string;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

export async function ownPostgres(): Promise<Postgres> {
  const dataDir = temporaryFolder('crash-postgres');
  const open = (): Promise<Embedded> => startEmbedded({ dataDir, database: 'postgres', stay: true });
  let server = await open();
  return {
    url: () => server.url,
    kill: () => killServer(dataDir),
    start: async () => {
      server = await open();
    },
    remove: async () => {
      await server.release();
      await stopEmbedded(dataDir);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** kill -9 of the postmaster and of its backends, as when the machine's memory runs out. */
async function killServer(dataDir: string): Promise<void> {
  const { pid } = runningPostmaster(layoutOf(dataDir).cluster) ?? {};
  if (pid === undefined) throw new Error('kill Postgres: it is not running');
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  for (const victim of [pid, ...children.map(Number)]) killQuietly(victim);
  while ([pid, ...children.map(Number)].some(isAlive)) await sleep(10);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** True if the process is running; a zombie is not. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}
