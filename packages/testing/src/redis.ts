import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from './temporary-folder.ts';

/** A Redis server of a single test, on a free port of the loopback interface. It writes every command to its disk, as the one in
 * docker-compose.yml does. */
export interface TestRedis {
  readonly url: string;
  readonly pid: number;
  /** Kills the server with SIGKILL. What it has written to its disk stays. */
  kill(): Promise<void>;
  /** Starts the server again, on the same port, with what is on its disk. */
  start(): Promise<void>;
  /** Deletes all keys, as if the server had lost its disk. */
  wipe(): Promise<void>;
  stop(): Promise<void>;
}

/** Returns true if redis-server is installed, so that tests can use it. */
export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  const folder = temporaryFolder('redis');
  let server = await startServer(port, folder);
  // If a test fails, the server must end with the process.
  process.once('exit', () => server.kill('SIGKILL'));
  const kill = (): Promise<void> => killServer(server);
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return server.pid!;
    },
    kill,
    async start() {
      server = await startServer(port, folder);
    },
    wipe: async () => void (await ask(port, 'flushall')),
    stop: kill,
  };
}

async function startServer(port: number, folder: string): Promise<ChildProcess> {
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const server = spawn('redis-server', [...settings, '--appendonly', 'yes', '--appendfsync', 'everysec'], {
    stdio: 'ignore',
  });
  while ((await ask(port, 'ping').catch(() => '')) !== '+PONG') {
    if (server.exitCode !== null)
      throw new Error(`redis-server on port ${port}: exit code ${server.exitCode}`);
    await sleep(20);
  }
  return server;
}

async function killServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}

/** Sends a command to the server, and returns the first line of the answer. */
async function ask(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write(`${command}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().split('\r\n')[0]!;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
