/** Runs Postgres's programs: as the right account, with a plain environment. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { BaleenError } from '@baleen/chain';
import type { Account } from './account.ts';

/** The user's PG… variables and locale must not change what the server does. */
const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

export function spawnProgram(
  program: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly account: Account | undefined;
    readonly stdio: StdioOptions;
    readonly detached: boolean;
  },
): ChildProcess {
  const { cwd, account, stdio, detached } = options;
  return spawn(program, args, { cwd, stdio, detached, env: ENVIRONMENT, ...account });
}

/** Waits for the program's end; its output is part of the error when it fails. */
export function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  account: Account | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawnProgram(program, args, {
      cwd,
      account,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: false,
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4000);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const fail = (reason: string): void =>
      reject(new BaleenError('operator', 'EMBEDDED_PROGRAM', `run ${program}: ${reason}`));
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) =>
      code === 0 ? resolve() : fail(`ended with ${signal ?? `exit code ${code}`}\n${output.trim()}`),
    );
  });
}
