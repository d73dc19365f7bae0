/** Builds and runs `tools/devnet/pebble-writer`: a Pebble directory that is written as a node writes it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findGo } from './go.ts';

const SOURCE = fileURLToPath(new URL('pebble-writer', import.meta.url));

/** Options of `pebble-writer --help`, without `--to`. */
export type PebbleOptions = Readonly<Record<string, string | number | boolean>>;

/** Builds it into `folder` and returns the program's path. */
export function buildPebbleWriter(folder: string): string {
  const program = join(folder, 'pebble-writer');
  // Without cgo its zstd is Go too, and no C compiler is needed.
  const env = { ...process.env, CGO_ENABLED: '0' };
  execFileSync(findGo(), ['build', '-o', program, '.'], { cwd: SOURCE, env, stdio: 'pipe' });
  return program;
}

const wordsOf = (folder: string, options: PebbleOptions): string[] =>
  Object.entries({ to: folder, ...options }).map(([name, value]) => `--${name}=${value}`);

/** Runs it to its end. */
export function writePebble(program: string, folder: string, options: PebbleOptions = {}): void {
  execFileSync(program, wordsOf(folder, options), { stdio: 'pipe' });
}

/** Starts it; `ended` gives its exit code or the signal that ended it. */
export function startPebbleWriter(
  program: string,
  folder: string,
  options: PebbleOptions,
): { readonly child: ChildProcess; readonly ended: Promise<number | string> } {
  const child = spawn(program, wordsOf(folder, options), { stdio: 'ignore' });
  return { child, ended: once(child, 'close').then(([code, signal]) => code ?? signal) };
}

/** Digests of the states that a directory has had, by round. */
export function readRounds(folder: string): Map<string, string> {
  const path = `${folder}.rounds`;
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}
