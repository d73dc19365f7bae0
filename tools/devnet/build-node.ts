/** Builds a node once: the first time downloads its modules and takes minutes, later times take none. */

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findGo, goVersion } from './go.ts';
import type { NodeSoftware } from './nodes.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const CACHE = join(dirname(dirname(HERE)), '.cache', 'devnet');

export interface BuiltNode {
  readonly daemon: string;
  readonly client: string | undefined;
}

/** @throws GoMissing  Error when the build fails, with the end of what Go said */
export async function buildNode(software: NodeSoftware, log: (line: string) => void): Promise<BuiltNode> {
  const go = findGo();
  const source = join(HERE, software.name);
  const bin = join(CACHE, `${software.name}-${digestOf(source, [goVersion(go), ...software.buildFlags])}`);
  const built = {
    daemon: join(bin, software.daemon),
    client: software.client === undefined ? undefined : join(bin, software.client),
  };
  // Libraries lie in the module cache, which may have been emptied since.
  if (spawnSync(built.daemon, ['version']).status === 0) return built;
  log(
    `building ${software.programs.map((path) => basename(path)).join(' and ')}: a few minutes the first time`,
  );
  await build(go, software, source, bin);
  return built;
}

async function build(go: string, software: NodeSoftware, source: string, bin: string): Promise<void> {
  const work = `${bin}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    cpSync(source, work, { recursive: true });
    const args = ['build', ...software.buildFlags, '-o', join(work, 'bin/'), ...software.programs];
    await run(go, args, work);
    rmSync(bin, { recursive: true, force: true });
    renameSync(join(work, 'bin'), bin);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function run(go: string, args: readonly string[], cwd: string): Promise<void> {
  const env = { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false', CGO_ENABLED: '1' };
  const child = spawn(go, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk).slice(-4000)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`go ${args[0]} in ${cwd}:\n${said}`)),
    );
  });
}

/** Of everything that the build is made from. */
function digestOf(folder: string, more: readonly string[]): string {
  const hash = createHash('sha256').update(more.join('\n'));
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name);
    if (existsSync(path) && !path.endsWith('monkey')) hash.update(`${name}\n`).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 12);
}
