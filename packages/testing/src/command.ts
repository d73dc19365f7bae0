/** Runs the command `baleen` in this process, or in a process of its own as a user starts it. */
import { type ChildProcessByStdio, type SpawnOptions, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** Path of the root folder of this clone of the repository. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Path of `bin/baleen.js` in this clone of the repository. */
export const CLONED = fileURLToPath(new URL('../../../apps/indexer/bin/baleen.js', import.meta.url));

/** Path of `bin/baleen.js` in the build that `npm test` and `.ci/run` make, which starts in half the time, or else in the clone. */
export const BALEEN = process.env.BALEEN_COMMAND ?? CLONED;

export interface Ended {
  /** The exit code; null if a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is running in this process. */
export interface RunningHere {
  readonly ended: Promise<Ended>;
  /** All that the command has written to stdout so far. */
  readonly stdout: string;
  /** All that the command has written to stderr so far. */
  readonly stderr: string;
  /** Stops the command as the first Ctrl-C does. */
  interrupt(): void;
}

/** Runs `baleen ARGS` in this process: with the parsing, output and exit code of `bin/baleen.js`, but without starting a process.
 *
 * @param env  the command's whole environment. Nothing of this process's environment is passed on */
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

/** Runs the command. It is loaded only here, since most tests do not need it. */
async function runHere(args: readonly string[], context: Context): Promise<number> {
  const { runCommand } = await import('baleen/run-command');
  return runCommand(args, context);
}

type Context = Parameters<typeof import('baleen/run-command').runCommand>[1];

/** A command that is running in a process of its own. */
export interface Spawned {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
}

/** Starts `baleen ARGS` in a process of its own. Only PATH of this process's environment is passed on.
 *
 * @param flags  flags of Node itself */
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
 * @throws Error if it ends with another exit code than 0 */
export async function indexHere(
  path: string,
  databaseUrl: string,
  ...more: readonly string[]
): Promise<void> {
  mustBeDone(path, await baleen(indexOf(path, databaseUrl, more)));
}

/** Runs `baleen index` in a process of its own.
 *
 * @throws Error if it ends with another exit code than 0, or by a signal */
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
