/** A program that runs beside this process, its output in a file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

export interface Program {
  /** Of the process. */
  readonly pid: number;
  /** Rejects when it ends without having been asked to, with the end of its log. */
  readonly ended: Promise<never>;
  /** SIGTERM, and SIGKILL when that does not help. */
  stop(): Promise<void>;
}

const STOP_TIMEOUT_MS = 20_000;

export function startProgram(file: string, args: readonly string[], logFile: string): Program {
  const log = openSync(logFile, 'a');
  const child = spawn(file, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  let stopping = false;
  const closed = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`));
  });
  const ended = closed.then((how): Promise<never> => {
    process.off('exit', kill);
    if (stopping) return new Promise(() => undefined);
    throw new Error(`run ${basename(file)}: ${how}; ${logFile} ends with:\n${endOf(logFile)}`);
  });
  // Looked at by whoever waits for it, or not at all.
  ended.catch(() => undefined);
  return {
    // 0: it could not be started, which `ended` tells.
    pid: child.pid ?? 0,
    ended,
    async stop() {
      stopping = true;
      if (child.exitCode === null && child.signalCode === null) await terminate(child, closed);
    },
  };
}

async function terminate(child: ChildProcess, closed: Promise<string>): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  child.kill('SIGTERM');
  await closed;
  clearTimeout(timer);
}

const endOf = (file: string): string => readFileSync(file, 'utf8').slice(-2000);
