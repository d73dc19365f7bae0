/** The command `baleen`: in this process, or in one of its own as a user starts it. */
import { type ChildProcessByStdio, type SpawnOptions, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The root of the clone. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** `bin/baleen.js` of the clone. */
export const CLONED = fileURLToPath(new URL('../../../apps/indexer/bin/baleen.js', import.meta.url));

/** `bin/baleen.js` of the build that `npm test` and `.ci/run` make, which starts in half the time; else that of the clone. */
export const BALEEN = process.env.BALEEN_COMMAND ?? CLONED;

export interface Ended {
  /** The exit code; null: a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs in this process. */
export interface RunningHere {
  readonly ended: Promise<Ended>;
  /** All of stdout so far. */
  readonly stdout: string;
  /** All of stderr so far. */
  readonly stderr: string;
  /** Like the first Ctrl-C. */
  interrupt(): void;
}

/** Runs `baleen ARGS` in this process: the same parsing, output and exit code as `bin/baleen.js`, without the start of a process.
 *
 * @param env  the whole environment: nothing of ours is passed on */
export const baleen = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  startBaleen(args, env).ended;

/** Starts `baleen ARGS` in this process. */
export function startBaleen(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningHere {
  const stopping = new AbortController();
  const written = { stdout: '', stderr: '' };
  const print = (text: string): void => void (written.stdout += text);
  const draw = (text: string): void => void (written.stderr += text);
  const ended = runHere(args, {
    env,
    signal: stopping.signal,
    print: (line) => print(`${line}\n`),
    printAll: async (lines) => print(lines.map((line) => `${line}\n`).join('')),
    say: (line) => draw(`${line}\n`),
    isTerminal: false,
    isOutputTerminal: false,
    draw,
  });
  return {
    ended: ended.then((code) => ({ code, ...written })),
    get stdout() {
      return written.stdout;
    },
    get stderr() {
      return written.stderr;
    },
    interrupt: () => stopping.abort(),
  };
}

/** Loads the command only where it is run: most tests do without. */
async function runHere(args: readonly string[], context: Context): Promise<number> {
  const { runCommand } = await import('baleen/run-command');
  return runCommand(args, context);
}

type Context = Parameters<typeof import('baleen/run-command').runCommand>[1];

/** A command in a process of its own. */
export interface Spawned {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
}

/** Starts `baleen ARGS` in a process of its own. Of our own environment only PATH is passed on.
 *
 * @param flags  of Node itself */
export const spawnBaleen = (
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  flags: readonly string[] = [],
): Spawned => spawnCommand(process.execPath, [...flags, BALEEN, ...args], { env });

/** Starts any command with the same environment. */
export function spawnCommand(command: string, args: readonly string[], options: SpawnOptions = {}): Spawned {
  const child = spawn(command, args, {
    ...options,
    env: { PATH: process.env.PATH, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs `baleen index` in this process.
 *
 * @throws Error when it ends otherwise than with exit code 0 */
export async function indexHere(
  path: string,
  databaseUrl: string,
  ...more: readonly string[]
): Promise<void> {
  mustBeDone(path, await baleen(indexOf(path, databaseUrl, more)));
}

/** Runs `baleen index` in a process of its own.
 *
 * @throws Error when it ends otherwise than with exit code 0 */
export async function indexChain(
  path: string,
  databaseUrl: string,
  more: readonly string[] = [],
): Promise<void> {
  mustBeDone(path, await spawnBaleen(indexOf(path, databaseUrl, more)).ended);
}

const indexOf = (path: string, databaseUrl: string, more: readonly string[]): string[] => [
  ...['index', path, '--database', databaseUrl, '--quiet'],
  ...more,
];

function mustBeDone(path: string, { code, stderr }: Ended): void {
  if (code === 0) return;
  const how = code === null ? 'a signal ended it' : `exit code ${code}`;
  throw new Error(`baleen index ${path}: ${how}\n${stderr.slice(-8000)}`);
}
