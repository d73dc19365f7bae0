import {
  baleen,
  createEmptyDatabase,
  fixtureData,
  startBaleen,
  type TestDatabase,
  until,
} from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Context } from '../cli/context.ts';
import { watchEvery } from './watch.ts';

const SOURCE = fixtureData('terra-columbus4-devnet');
const YEARS = '36500d';

describe('status', () => {
  let database: TestDatabase;
  let env: NodeJS.ProcessEnv;
  const status = (...words: string[]) => baleen(['status', ...words], env);

  beforeAll(async () => {
    database = await createEmptyDatabase();
    env = { DATABASE_URL: database.url };
  });
  afterAll(() => database.drop());

  test('--fail-lag fails where there is nothing to check', async () => {
    expect(await status('--fail-lag', '60s')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('there is no chain to check'),
    });
  });

  test('a range that is missing shows, and fails --fail-lag', async () => {
    expect(await baleen(['index', SOURCE, '--heights', '281..300', '--quiet'], env)).toMatchObject({
      code: 4,
    });
    const plain = await status();
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toMatch(/^devnet-col4-a: missing 291\.\.300$/m);
    expect(await status('--fail-lag', YEARS)).toMatchObject({
      code: 4,
      stderr: 'devnet-col4-a: 10 blocks are missing: 291..300\n',
    });
    expect(await status('--fail-lag', YEARS, '--chain', 'other-1')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('there is no chain to check'),
    });
  });

  test('what is there stands in a table that lines up, with the source and how far behind it', async () => {
    await forgetWhatWasWanted();
    expect(await baleen(['index', SOURCE, '--quiet'], env)).toMatchObject({ code: 0 });
    const { stdout } = await status();
    const [head, rule, row, ...rest] = stdout.trimEnd().split('\n');
    expect(head).toMatch(
      /^chain +lineage +there +complete to +blocks +state at +missing +failed +behind +head is from/,
    );
    expect(row).toMatch(
      /^devnet-col4-a +devnet-col4-a +1\.\.290 +290 +290 +290 +0 +0 +0 blocks +\d+ d \d+ h ago +0 /,
    );
    expect(rest).toEqual([]);
    for (const match of rule!.matchAll(/ {2}(?=─)/g))
      expect(head!.slice(match.index, match.index + 2)).toBe('  ');
    expect(JSON.parse((await status('--json')).stdout)).toMatchObject({
      ...{
        headHeight: 290,
        sourceHead: 290,
        lagBlocks: 0,
        missing: [],
        failed: [],
        workers: [],
        heightsPerSecond: 0,
      },
      sources: [{ backend: 'goleveldb', readers: 0, requests: 0 }],
    });
  });

  test('--fail-lag: a chain whose newest block is older than that fails, one that is not does not', async () => {
    expect(await status('--fail-lag', YEARS)).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout, stderr } = await status('--fail-lag', '60s');
    expect(stderr).toMatch(
      /^devnet-col4-a: the newest indexed block is \d+ d \d+ h old, at most 1 min 0 s are allowed\n$/,
    );
    expect(stdout).toContain('1..290');
    expect(code).toBe(4);
    expect(await status('--fail-lag', 'soon')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--fail-lag: expected a time like 60s, 5m or 2h, got "soon"'),
    });
  });

  test('a range that failed shows with its reason, and fails --fail-lag', async () => {
    await query(
      `insert into baleen_store.failed_ranges (chain_id, from_height, to_height, reason) values ('devnet-col4-a', 7, 7, E'broken\\nblock')`,
    );
    expect((await status()).stdout).toMatch(/^devnet-col4-a: failed 7 \(1 time\): broken\\nblock$/m);
    expect(await status('--fail-lag', YEARS)).toMatchObject({
      code: 4,
      stderr: 'devnet-col4-a: failed: 7\n',
    });
    await query('delete from baleen_store.failed_ranges');
  });

  test('an endpoint in trouble is told', async () => {
    await query(
      `update baleen_store.sources set trouble = 'HTTP status 503', trouble_since = now() - interval '3 min'`,
    );
    expect((await status()).stdout).toMatch(
      /^devnet-col4-a: source \S+ has trouble for 3 min \d s \(seen \d+ s ago\): HTTP status 503$/m,
    );
  });

  test('--watch prints a line per chain again and again, until Ctrl-C', async () => {
    const running = startBaleen(['status', '--watch', '0.1s'], env);
    await until('it has looked twice', () => linesOf(running.stdout) >= 2);
    running.interrupt();
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(
      /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ devnet-col4-a: head 290, 0 blocks behind, head is \d+ d \d+ h old, 0 blocks\/s, 0 missing, 0 failed, nothing left\n){2,}$/,
    );
  });

  test('--watch with --json prints JSON again and again; with --fail-lag it ends at the first alarm', async () => {
    const running = startBaleen(['status', '--watch', '0.1s', '--json'], env);
    await until('it has looked twice', () => linesOf(running.stdout) >= 2);
    running.interrupt();
    const [first] = (await running.ended).stdout.split('\n');
    expect(JSON.parse(first!)).toMatchObject({ chainId: 'devnet-col4-a' });
    expect(await status('--watch', '--fail-lag', '1h')).toMatchObject({ code: 4 });
  });

  test('gaps --watch does the same', async () => {
    const running = startBaleen(['gaps', '--watch', '0.1s'], env);
    await until('it has looked twice', () => linesOf(running.stderr) >= 2);
    running.interrupt();
    expect(await running.ended).toMatchObject({
      code: 130,
      stderr: expect.stringMatching(/^(nothing is missing\n){2,}$/),
    });
  });

  test('a database of an older version is told as such', async () => {
    await query('drop view baleen.sources');
    expect(await status()).toMatchObject({ code: 2, stderr: expect.stringMatching(/baleen migrate\n$/) });
  });

  const query = (sql: string) => database.query(sql);

  const forgetWhatWasWanted = () => query('delete from baleen_store.wanted_ranges');
});

test('on a terminal each look clears the one before', async () => {
  const stop = new AbortController();
  const printed: string[] = [];
  const context = {
    signal: stop.signal,
    isOutputTerminal: true,
    printAll: async (lines: readonly string[]) => void printed.push(...lines),
  } as unknown as Context;
  let looks = 0;
  await watchEvery(
    0,
    async () => {
      if (++looks === 3) stop.abort();
      return { lines: [`look ${looks}`, 'and more'] };
    },
    context,
  );
  expect(printed).toEqual([1, 2, 3].map((look) => `\x1b[2J\x1b[Hlook ${look}\nand more`));
});

test('a look that fails is told, and the next one shows again', async () => {
  const stop = new AbortController();
  const said: string[] = [];
  let looks = 0;
  const context = {
    signal: stop.signal,
    isOutputTerminal: false,
    say: (line: string) => said.push(line),
    printAll: async (lines: readonly string[]) => void said.push(...lines),
  } as unknown as Context;
  await watchEvery(
    0,
    async () => {
      if (++looks === 2) throw new Error('the server is gone');
      if (looks === 3) stop.abort();
      return { lines: [`look ${looks}`] };
    },
    context,
  );
  expect(said).toEqual(['look 1', 'baleen: the server is gone; asking again', 'look 3']);
});

const linesOf = (text: string): number => text.split('\n').length - 1;
