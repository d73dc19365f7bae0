/** Builds and runs `tools/devnet/writer`: a LevelDB directory that is written as a node writes it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findGo, GoMissing } from './go.ts';

const SOURCE = fileURLToPath(new URL('writer', import.meta.url));

/** A writer that runs. Its options are those of `writer --help`. */
export interface Writer {
  readonly child: ChildProcess;
  /** Ends when it ends: what it said, and its exit code or signal. */
  readonly ended: Promise<{ readonly said: string; readonly code: number | string }>;
}

/** A line of the writer's `.blocks`. */
export interface WrittenBlock {
  readonly height: number;
  /** Milliseconds since 1970 when its last write to the block store was acknowledged. */
  readonly at: number;
}

export function hasGo(): boolean {
  try {
    findGo();
    return true;
  } catch (error) {
    if (error instanceof GoMissing) return false;
    throw error;
  }
}

/** Builds it into `folder` and returns the program's path. */
export function buildWriter(folder: string): string {
  const program = join(folder, 'writer');
  execFileSync(findGo(), ['build', '-o', program, '.'], { cwd: SOURCE, stdio: 'pipe' });
  return program;
}

/** Starts it and waits until it has written a block to `folder`. */
export async function startWriter(
  program: string,
  folder: string,
  options: Readonly<Record<string, string | number | boolean>>,
): Promise<Writer> {
  const words = Object.entries({ to: folder, ...options }).map(([name, value]) => `--${name}=${value}`);
  const before = readBlocks(folder).length;
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  const ended = once(child, 'close').then(([code, signal]) => ({ said, code: code ?? signal }));
  while (readBlocks(folder).length === before) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the writer ended before its first block: ${(await ended).said}`);
    await sleep(5);
  }
  return { child, ended };
}

/** The blocks that a writer has acknowledged, oldest first. */
export const readBlocks = (folder: string): WrittenBlock[] =>
  linesOf(`${folder}.blocks`).map(([height, nanos]) => ({
    height: Number(height),
    at: Number(BigInt(nanos!) / 1000n) / 1000,
  }));

/** Digests of the states that a database of a writer may have, by sequence. Two, where a killed writer can't know. */
export function readStates(folder: string, database: string): Map<bigint, Set<string>> {
  const states = new Map<bigint, Set<string>>();
  for (const [name, sequence, digest] of linesOf(`${folder}.states`)) {
    if (name !== database) continue;
    const at = BigInt(sequence!);
    states.set(at, (states.get(at) ?? new Set()).add(digest!));
  }
  return states;
}

function linesOf(path: string): string[][] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '));
}
