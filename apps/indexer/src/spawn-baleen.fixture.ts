/** The command in a process of its own, as a user starts it. */
import { type ChildProcessByStdio, type SpawnOptions, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** That of the clone. */
export const CLONED = fileURLToPath(new URL('../bin/baleen.js', import.meta.url));

/** `npm test` has built one, which starts in half the time. */
export const BALEEN = process.env.BALEEN_COMMAND ?? CLONED;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
}

/** Nothing of our own environment but PATH is passed on. */
export const startBaleen = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Running =>
  startCommand(process.execPath, [BALEEN, ...args], { env });

/** Any command, with the same environment. */
export function startCommand(command: string, args: readonly string[], options: SpawnOptions = {}): Running {
  const child = spawn(command, args, {
    ...options,
    env: { PATH: process.env.PATH, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code) => resolve({ code, stdout, stderr })),
  );
  return { child, ended };
}

export const baleen = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  startBaleen(args, env).ended;
