import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { embeddedUrl, startEmbedded, stopEmbedded } from './index.ts';
import { isRunning } from './processes.ts';

const SETTINGS = { fsync: 'off', shared_buffers: '16MB', max_wal_size: '128MB' };
const MODULE = new URL('./index.ts', import.meta.url).href;

let made: string;
let dataDir: string;
const children: ChildProcess[] = [];

const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'baleen-embedded-')));

// Making a cluster takes longer than all that is tried with it: each test has a copy, but those of the making itself.
beforeAll(async () => {
  made = temporary();
  await (await startEmbedded({ dataDir: made, settings: SETTINGS })).release();
});

beforeEach(() => {
  dataDir = temporary();
  execFileSync('cp', ['-a', `${made}/.`, dataDir]);
});

afterAll(() => rmSync(made, { recursive: true, force: true }));

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await stopEmbedded(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
});

const neverStarted = (): void => rmSync(join(dataDir, 'postgres'), { recursive: true });

const start = (options: { stay?: boolean; database?: string } = {}): ReturnType<typeof startEmbedded> =>
  startEmbedded({ dataDir, settings: SETTINGS, ...options });

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

const serverPid = (): number =>
  Number.parseInt(readFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8'), 10);

/** Another command that uses the server: holds it until it is killed. */
async function otherCommand(): Promise<ChildProcess> {
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(MODULE)});
    await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, settings: ${JSON.stringify(SETTINGS)} });
    console.log('holds'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout!, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function killServer(): Promise<void> {
  const pid = serverPid();
  process.kill(pid, 'SIGKILL');
  while (isRunning(pid)) await new Promise((done) => setTimeout(done, 10));
}

describe('embedded Postgres', () => {
  test('is made, answers a query, and stops with the last command', async () => {
    neverStarted();
    const server = await start();
    expect(await ask(server.url, 'select current_database()')).toBe('baleen');
    expect(await ask(server.url, 'show listen_addresses')).toBe('127.0.0.1');
    expect(await ask(server.url, 'show unix_socket_directories')).toBe('');
    expect(embeddedUrl(dataDir)).toBe(server.url);
    await server.release();
    expect(embeddedUrl(dataDir)).toBeUndefined();
  });

  test('lets nobody in without the password, which only its owner may read', async () => {
    const server = await start();
    await expect(ask(server.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(
      'password authentication failed',
    );
    expect(
      await ask(
        server.url,
        "select rolpassword like 'SCRAM-SHA-256%' from pg_authid where rolname = 'baleen'",
      ),
    ).toBe(true);
    expect(statSync(join(dataDir, 'postgres', 'password')).mode & 0o777).toBe(0o600);
    await server.release();
  });

  test('keeps its rows and its URL over a restart', async () => {
    const first = await start();
    await ask(first.url, 'create table whale (name text)');
    await ask(first.url, "insert into whale values ('Moby')");
    await first.release();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, 'select name from whale')).toBe('Moby');
    await second.release();
  });

  test('makes a database of another name when asked', async () => {
    const server = await start({ database: 'a "quoted" name' });
    expect(await ask(server.url, 'select current_database()')).toBe('a "quoted" name');
    await server.release();
  });

  test('is one server for commands that start at the same time', async () => {
    neverStarted();
    const servers = await Promise.all([start(), start(), otherCommand()]);
    expect(servers[0].url).toBe(servers[1].url);
    await servers[0].release();
    await servers[1].release();
    expect(embeddedUrl(dataDir)).toBe(servers[0].url);
  });

  test('outlives the first command while a second one uses it, and a killed command holds nothing', async () => {
    const other = await otherCommand();
    const mine = await start();
    await kill(other);
    expect(await ask(mine.url, 'select 1')).toBe(1);
    await mine.release();
    expect(embeddedUrl(dataDir)).toBeUndefined();
  });

  test('started to stay, it outlives all commands until it is stopped', async () => {
    const server = await start({ stay: true });
    await server.release();
    expect(await ask(embeddedUrl(dataDir)!, 'select 1')).toBe(1);
    expect(await stopEmbedded(dataDir)).toEqual({ wasRunning: true, usedBy: [] });
    expect(embeddedUrl(dataDir)).toBeUndefined();
  });

  test('is not stopped under a command that uses it', async () => {
    const server = await start({ stay: true });
    expect(await stopEmbedded(dataDir)).toEqual({ wasRunning: true, usedBy: [process.pid] });
    expect(await ask(server.url, 'select 1')).toBe(1);
    await server.release();
    expect(embeddedUrl(dataDir)).toBeUndefined();
  });

  test('recovers after kill -9, whatever postmaster.pid says', async () => {
    const first = await start();
    await ask(first.url, 'create table kept (id int)');
    await killServer();
    const second = await start();
    expect(await ask(second.url, 'select count(*)::int from kept')).toBe(0);
    await killServer();
    pretendServedBy(process.pid);
    const third = await start();
    expect(await ask(third.url, 'select 1')).toBe(1);
    for (const server of [first, second, third]) await server.release();
  });

  test('starts although the pid in postmaster.pid is a zombie', async () => {
    const first = await start();
    await killServer();
    const parent = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(parent);
    const [line] = (await once(parent.stdout!, 'data')) as [Buffer];
    const zombie = Number(line.toString());
    while (isRunning(zombie)) await new Promise((done) => setTimeout(done, 10));
    pretendServedBy(zombie);
    const second = await start();
    expect(await ask(second.url, 'select 1')).toBe(1);
    for (const server of [first, second]) await server.release();
  });

  test('takes another port when its own is in use', async () => {
    const first = await start();
    await first.release();
    const port = Number(new URL(first.url).port);
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    const second = await start();
    expect(new URL(second.url).port).not.toBe(String(port));
    expect(await ask(second.url, 'select 1')).toBe(1);
    await second.release();
    squatter.close();
  });

  test('refuses a folder of another major version, and says what to do', async () => {
    const server = await start();
    await server.release();
    writeFileSync(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '15\n');
    const failure = (await start().catch((error: Error) => error)) as Error;
    expect(failure.message.replaceAll(dataDir, 'DIR')).toMatchInlineSnapshot(
      `"start embedded Postgres in DIR/postgres/data: the folder was made by PostgreSQL 15, this baleen carries PostgreSQL 18, and neither can read the other; move the folder away and index again, or run it with its own version and set DATABASE_URL"`,
    );
  });

  test('an interrupted first start leaves nothing that hinders the next', async () => {
    const home = join(dataDir, 'postgres');
    const server = await start();
    await server.release();
    rmSync(join(home, 'data'), { recursive: true });
    writeFileSync(join(home, 'data.unfinished'), 'half a cluster');
    const again = await start();
    expect(await ask(again.url, 'select 1')).toBe(1);
    await again.release();
    expect(existsSync(join(home, 'data.unfinished'))).toBe(false);
  });

  test('a server that cannot start shows what its log says', async () => {
    const server = await start();
    await server.release();
    appendFileSync(join(dataDir, 'postgres', 'data', 'postgresql.conf'), '\nwork_mem = much\n');
    await expect(start()).rejects.toThrow(
      /start embedded Postgres in .*invalid value for parameter "work_mem": "much"/s,
    );
  });

  test.skipIf(process.getuid?.() !== 0)(
    'as root, says which folder closes the way to the server [needs root]',
    async () => {
      chmodSync(dataDir, 0o700);
      const closed = join(dataDir, 'inner');
      await expect(startEmbedded({ dataDir: closed })).rejects.toThrow(
        `runs as user nobody, who may not pass through ${dataDir}`,
      );
    },
  );
});

function pretendServedBy(pid: number): void {
  const file = join(dataDir, 'postgres', 'data', 'postmaster.pid');
  const lines = readFileSync(file, 'utf8').split('\n');
  lines[0] = String(pid);
  writeFileSync(file, lines.join('\n'));
}
