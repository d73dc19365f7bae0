import { globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  CLONED,
  createEmptyDatabase,
  type Ended,
  fixtureData,
  ROOT,
  spawnCommand,
  type TestDatabase,
} from '@baleen/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const SOURCE = fixtureData('terra-columbus4-devnet');

let out: string;
const databases: TestDatabase[] = [];

beforeAll(async () => {
  // Below the clone's node_modules, where git does not look and the dependencies of others are found.
  const parent = join(ROOT, 'node_modules/.cache');
  mkdirSync(parent, { recursive: true });
  out = mkdtempSync(join(parent, 'baleen-build-'));
  const build = await spawnCommand(process.execPath, [join(ROOT, 'tools/build.ts'), '--out', out]).ended;
  expect(build).toEqual({ code: 0, stdout: '', stderr: '' });
});

afterAll(async () => {
  rmSync(out, { recursive: true, force: true });
  for (const database of databases) await database.drop();
});

async function indexed(run: (args: string[], env: NodeJS.ProcessEnv) => Promise<Ended>): Promise<unknown> {
  const database = await createEmptyDatabase();
  databases.push(database);
  const { code, stdout, stderr } = await run(['index', SOURCE, '--quiet', '--json'], {
    DATABASE_URL: database.url,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

test('the compiled command holds no TypeScript, and indexes what the one in the clone does', async () => {
  expect(globSync('{packages,apps,chunks}/**/*.ts', { cwd: out })).toEqual([]);
  const command = join(out, 'apps/indexer/bin/baleen.js');
  const compiled = await indexed((args, env) => {
    // Node without its type stripping could not load the clone's files by mistake.
    return spawnCommand(process.execPath, ['--no-strip-types', command, ...args], { env }).ended;
  });
  expect(compiled).toMatchObject({ chainId: 'devnet-col4-a', heights: 290, txs: 456 });
  const cloned = await indexed(
    (args, env) => spawnCommand(process.execPath, [CLONED, ...args], { env }).ended,
  );
  expect(compiled).toEqual(cloned);
});
