/** Runs the product's own command: what is compared is what a user gets. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** BALEEN_COMMAND: one that was built. */
export const BALEEN = process.env.BALEEN_COMMAND ?? join(ROOT, 'apps/indexer/bin/baleen.js');

export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** `baleen index PATH --database URL`, to its end. */
export function runIndex(path: string, databaseUrl: string, extra: readonly string[] = []): Promise<Run> {
  const args = [BALEEN, 'index', path, '--database', databaseUrl, '--quiet', ...extra];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-8000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stderr }));
  });
}

/** The same, where anything but exit code 0 is an error. */
export async function indexChain(
  path: string,
  databaseUrl: string,
  extra: readonly string[] = [],
): Promise<void> {
  const { code, signal, stderr } = await runIndex(path, databaseUrl, extra);
  if (code !== 0)
    throw new Error(`baleen index ${path}: ended with ${signal ?? `exit code ${code}`}\n${stderr}`);
}
