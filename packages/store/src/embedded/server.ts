/** Starts and stops the server of a cluster. All of it runs under the folder's mutex. */
import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BaleenError } from '@baleen/chain';
import { type Account, serverAccount } from './account.ts';
import { type Binaries, prepareBinaries } from './binaries.ts';
import { ensureCluster } from './cluster.ts';
import type { Layout } from './layout.ts';
import { freePort } from './ports.ts';
import { type Postmaster, runningPostmaster } from './postmaster.ts';
import { isRunning } from './processes.ts';
import { spawnProgram } from './programs.ts';

/** Recovery after a crash replays up to max_wal_size. */
const START_TIMEOUT_MS = 10 * 60_000;
const STOP_TIMEOUT_MS = 2 * 60_000;
const POLL_MS = 25;
/** Starts that fail for a passing reason (port taken meanwhile, orphans of a killed server) are repeated this often. */
const START_ATTEMPTS = 20;
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

export type ServerSettings = Readonly<Record<string, string>>;

/** The running server of the folder, started when there is none. `fresh`: it was started by this call. */
export async function ensureServer(
  layout: Layout,
  extra: ServerSettings,
): Promise<Postmaster & { fresh: boolean }> {
  const running = await settledPostmaster(layout);
  if (running !== undefined) return { ...running, fresh: false };
  const account = serverAccount();
  const binaries = prepareBinaries(layout.binaries, account);
  await ensureCluster(layout, binaries, account);
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await launch(layout, binaries, account, { ...SETTINGS, ...extra });
    if (typeof outcome !== 'string') return { ...outcome, fresh: true };
    if (attempt === START_ATTEMPTS || !isPassing(outcome)) throw startFailed(layout, outcome);
    await sleep(250);
  }
}

/** Asks for a fast shutdown (open transactions are rolled back, clients are cut off) and waits for its end. */
export async function stopServer(layout: Layout): Promise<void> {
  const running = runningPostmaster(layout.cluster);
  if (running === undefined) return;
  process.kill(running.pid, 'SIGINT');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (runningPostmaster(layout.cluster) !== undefined || isRunning(running.pid)) {
    if (Date.now() > deadline)
      throw new BaleenError(
        'operator',
        'EMBEDDED_STOP',
        `stop embedded Postgres (pid ${running.pid}): still running after ${STOP_TIMEOUT_MS / 1000} s; its log: ${layout.log}`,
      );
    await sleep(POLL_MS);
  }
}

/** Waits until a server that is on its way up is ready, or one on its way down is gone. */
async function settledPostmaster(layout: Layout): Promise<Postmaster | undefined> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const running = runningPostmaster(layout.cluster);
    if (running === undefined || running.status === 'ready') return running;
    if (Date.now() > deadline)
      throw startFailed(layout, `pid ${running.pid} stays in state "${running.status}"`);
    await sleep(POLL_MS);
  }
}

/** One start. @returns the server, or what its log says when it ended. */
async function launch(
  layout: Layout,
  binaries: Binaries,
  account: Account | undefined,
  settings: ServerSettings,
): Promise<Postmaster | string> {
  const port = await freePort(rememberedPort(layout));
  writeFileSync(layout.port, String(port));
  const args = ['-D', layout.cluster, '-p', String(port)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const log = openLog(layout);
  const child = spawnProgram(binaries.postgres, args, {
    cwd: layout.cluster,
    account,
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  });
  closeSync(log.fd);
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code) => (ended = `ended with exit code ${code}`));
  child.unref();
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (ended === undefined) {
    const running = child.pid === undefined ? undefined : runningPostmaster(layout.cluster);
    if (running?.pid === child.pid && running?.status === 'ready') return running;
    if (Date.now() > deadline)
      throw startFailed(layout, `not ready after ${START_TIMEOUT_MS / 60_000} minutes`);
    await sleep(POLL_MS);
  }
  return readFileSync(layout.log, 'utf8').slice(log.start).trim() || ended;
}

function openLog(layout: Layout): { fd: number; start: number } {
  const fd = openSync(layout.log, 'a', 0o600);
  if (statSync(layout.log).size > LOG_LIMIT_BYTES) truncateSync(layout.log, 0);
  return { fd, start: statSync(layout.log).size };
}

function rememberedPort(layout: Layout): number | undefined {
  try {
    return Number(readFileSync(layout.port, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

const isPassing = (log: string): boolean =>
  /could not bind|Address already in use|lock file "postmaster.pid" already exists|shared memory block .* still in use/.test(
    log,
  );

function startFailed(layout: Layout, reason: string): BaleenError {
  const lines = reason.trim().split('\n').slice(-12).join('\n');
  return new BaleenError(
    'operator',
    'EMBEDDED_START',
    `start embedded Postgres in ${layout.root}: ${lines}\nwhole log: ${layout.log}`,
  );
}
