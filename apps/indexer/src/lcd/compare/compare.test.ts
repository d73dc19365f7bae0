/** A replayed REST server, honest or not, beside a database that holds two chains with their states. */
import { baleen, createDatabase, type Ended, type TestDatabase } from '@baleen/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CompareOptions, type CompareReport, compareLcd } from './compare-lcd.ts';
import { compareLines } from './compare-text.ts';
import { type Recorded, type ReplayedLcd, replayLcd } from './replay-lcd.fixture.ts';
import type { Clock } from './rest-server.ts';

const CHAINS = [
  { fixture: 'terra-columbus4-devnet', chain: 'devnet-col4-a', height: 290 },
  { fixture: 'terra-columbus5-devnet', chain: 'baleen-col5-a', height: 306 },
] as const;
const [COLUMBUS_4, COLUMBUS_5] = CHAINS;

let database: TestDatabase;
let server: ReplayedLcd | undefined;

beforeAll(async () => {
  database = await createDatabase({ holding: CHAINS.map(({ fixture }) => fixture), state: true });
});
afterAll(() => database.drop());
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Time that passes by waiting alone; an answer takes as long as the test says. */
function clockOf(answerMs = 0): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  let now = 0;
  let isAsking = false;
  return {
    waits,
    now() {
      if (isAsking) now += answerMs;
      isAsking = !isAsking;
      return now;
    },
    async wait(ms) {
      if (ms > 0) waits.push(ms);
      now += Math.max(0, ms);
      isAsking = false;
    },
  };
}

const compare = (lcd: string, options: Partial<CompareOptions> = {}): Promise<CompareReport> =>
  compareLcd({
    ...{ databaseUrl: database.url, lcd, chain: COLUMBUS_4.chain, sample: 100, rps: 2, timeoutSeconds: 60 },
    ...{ clock: clockOf(), signal: new AbortController().signal },
    ...options,
  });

/** As a user types it. The server is on this machine: many questions per second harm nobody. */
const typed = (url: string, chain: string, ...more: string[]): Promise<Ended> =>
  baleen(['compare', '--lcd', url, '--chain', chain, '--rps', '1000', '--quiet', ...more], {
    DATABASE_URL: database.url,
  });

describe.each(CHAINS)('the REST server of $chain', ({ fixture, chain, height }) => {
  test('says what SQL says, over most of its routes, at the height of the state', async () => {
    server = await replayLcd(fixture);
    const { code, stdout, stderr } = await typed(server.url, chain, '--sample', '600');
    expect(`${stdout}${stderr}`).toMatch(/ equal.*, 0 different/);
    expect(code).toBe(0);
    const [, compared, routes] = /compared (\d+) answers over (\d+) routes/.exec(stdout)!;
    expect(Number(compared)).toBeGreaterThan(250);
    expect(Number(routes)).toBeGreaterThan(75);
    expect(server.requests.filter((request) => request.includes('height='))).not.toEqual([]);
    for (const request of server.requests)
      expect(/[?&]height=(\d+)$/.exec(request)?.[1] ?? String(height)).toBe(String(height));
  });

  test('is asked the same by the same seed, and other things by another', async () => {
    server = await replayLcd(fixture);
    const requests = async (seed?: string): Promise<readonly string[]> => {
      const from = server!.requests.length;
      await compare(server!.url, { chain, sample: 40, seed });
      return server!.requests.slice(from);
    };
    const first = await requests();
    expect(first).toHaveLength(40);
    expect(new Set(first).size).toBe(40);
    expect(await requests()).toEqual(first);
    expect(await requests('another')).not.toEqual(first);
  });
});

/** `text` with the first match of the pattern in an answer changed. */
const lying =
  (asked: RegExp, pattern: RegExp, to: string) =>
  (request: string, answer: Recorded): Recorded =>
    asked.test(request) && answer.status === 200
      ? { ...answer, text: answer.text.replace(pattern, to) }
      : answer;

describe('a server that lies', () => {
  test('about one digit of a share is found out: route, question, both answers and the place are printed', async () => {
    server = await replayLcd(
      COLUMBUS_4.fixture,
      lying(/^\/staking\/delegators\/\w+\/delegations\?/, /"shares":"(\d+)\.0/, '"shares":"$1.1'),
    );
    const { code, stdout } = await typed(server.url, COLUMBUS_4.chain, '--sample', '400');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^DIFFERENT \/staking\/delegators\/terra1\w+\/delegations at 290$/m);
    expect(stdout).toMatch(/^ {2}route: \/staking\/delegators\/\{delegator\}\/delegations$/m);
    expect(stdout).toMatch(/^ {2}path: {2}\[\d+\]\.shares$/m);
    expect(stdout).toMatch(/^ {2}REST: {2}"(\d+)\.1\d*"\n {2}SQL: {3}"\1\.0\d*"$/m);
    expect(stdout).toMatch(/^ {2}REST's answer: \[\{.*\n {2}SQL's answer: {2}\[\{/m);
  });

  test('by leaving something out is found out, in one JSON value too', async () => {
    server = await replayLcd(COLUMBUS_5.fixture, (request, answer) => {
      if (!request.startsWith('/cosmos/bank/v1beta1/supply') || answer.status !== 200) return answer;
      const said = JSON.parse(answer.text);
      return { ...answer, text: JSON.stringify({ ...said, supply: said.supply?.slice(1) }) };
    });
    const { code, stdout } = await typed(server.url, COLUMBUS_5.chain, '--sample', '600', '--json');
    expect(code).toBe(1);
    const { differences, chainId, height } = JSON.parse(stdout);
    expect({ chainId, height }).toEqual({ chainId: COLUMBUS_5.chain, height: 306 });
    expect(differences).toContainEqual(
      expect.objectContaining({
        request: '/cosmos/bank/v1beta1/supply',
        path: expect.stringMatching(/^supply\[/),
      }),
    );
  });

  test('by denying what is there is found out', async () => {
    const denied = { status: 500, text: '{"error":"no unbonding delegation found"}' };
    server = await replayLcd(COLUMBUS_4.fixture, (request, answer) =>
      /delegations\/terravaloper/.test(request) && answer.status === 200 ? denied : answer,
    );
    const { comparison } = await compare(server.url, { sample: 400 });
    expect(comparison.differences.length).toBeGreaterThan(0);
    expect(comparison.differences.map(({ recorded }) => recorded)).toContain(
      comparison.differences.map(({ recorded }) => recorded).find((each) => typeof each === 'symbol'),
    );
  });
});

describe('a server that can’t answer', () => {
  test.each([
    [
      'SDK 0.39',
      500,
      '{"error":"failed to load state at height 290; version does not exist (latest height: 900)"}',
    ],
    ['a gateway', 400, '{"code":3,"message":"failed to load state at height 290; version does not exist"}'],
    ['one that answers about its newest height', 200, '{"height":"900","result":[]}'],
  ])(
    'as it has pruned the height, in the words of %s, ends it with 3 and the next step',
    async (_, status, text) => {
      server = await replayLcd(COLUMBUS_4.fixture, (request, answer) =>
        request.includes('height=') ? { status, text } : answer,
      );
      const { code, stdout, stderr } = await typed(server.url, COLUMBUS_4.chain);
      expect(stderr).toMatch(
        /expected the state at height 290, which the database has, found .*baleen state SOURCE/,
      );
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    },
  );

  test('at all ends it with 3', async () => {
    const gone = await replayLcd(COLUMBUS_4.fixture);
    await gone.close();
    const { code, stderr } = await typed(gone.url, COLUMBUS_4.chain);
    expect(stderr).toMatch(
      /^baleen: compare: ask http:\/\/127\.0\.0\.1:\d+ for \/.*: expected an answer .*ECONNREFUSED/,
    );
    expect(code).toBe(3);
  });

  test('as it is of another kind ends it with 3: nothing was compared', async () => {
    server = await replayLcd(COLUMBUS_4.fixture, () => ({ status: 404, text: '404 page not found' }));
    const { code, stderr } = await typed(server.url, COLUMBUS_4.chain, '--sample', '5');
    expect(stderr).toMatch(/expected answers of the chain's REST server, found HTTP 404 to \//);
    expect(code).toBe(3);
  });

  test.each([401, 403])(
    'as it wants a login (%d) ends it with 3, and says how to give one',
    async (status) => {
      server = await replayLcd(COLUMBUS_4.fixture, () => ({ status, text: '{"message":"No API key"}' }));
      const { code, stderr } = await typed(server.url, COLUMBUS_4.chain, '--sample', '5');
      expect(stderr).toMatch(
        new RegExp(`found HTTP ${status} to /.*; the server wants a login: .* or --header 'Name: value'\n$`),
      );
      expect(code).toBe(3);
    },
  );

  test('within the time it is given is asked four times, later and later', async () => {
    server = await replayLcd(COLUMBUS_4.fixture, () => 'stall');
    const clock = clockOf();
    const asked = compare(server.url, { timeoutSeconds: 0.05, clock });
    await expect(asked).rejects.toMatchObject({
      kind: 'source',
      message: expect.stringMatching(/found no answer within 0\.05 s/),
    });
    expect(new Set(server.requests).size).toBe(1);
    expect(server.requests).toHaveLength(4);
    expect(clock.waits.filter((ms) => ms >= 1000)).toEqual([1_000, 4_000, 16_000]);
  });

  test('now and then is asked again, and compared', async () => {
    server = await replayLcd(COLUMBUS_4.fixture, (_, answer, nth) =>
      nth === 0 ? { status: 503, text: 'busy' } : answer,
    );
    const { comparison, asked } = await compare(server.url, { sample: 20 });
    expect(server.requests).toHaveLength(40);
    expect(asked).toBe(20);
    expect(comparison.sum('compared')).toBeGreaterThan(5);
    expect(comparison.differences).toEqual([]);
  });
});

describe('a server is spared', () => {
  test('it gets one question at a time, and no more per second than was promised', async () => {
    server = await replayLcd(COLUMBUS_4.fixture);
    const clock = clockOf();
    await compare(server.url, { sample: 10, rps: 4, clock });
    expect(server.mostAtOnce).toBe(1);
    expect(server.requests).toHaveLength(10);
    expect(clock.waits).toEqual(Array.from({ length: 9 }, () => 250));
  });

  test('one that needs long for an answer rests as long before the next question', async () => {
    server = await replayLcd(COLUMBUS_4.fixture);
    const clock = clockOf(3_000);
    await compare(server.url, { sample: 4, rps: 2, clock });
    expect(clock.waits).toEqual([3_000, 3_000, 3_000]);
  });
});

describe('wrong use', () => {
  test('a database with two states wants to know which; one without any says what to do', async () => {
    const env = { DATABASE_URL: database.url };
    const { code, stderr } = await baleen(['compare', '--lcd', 'http://127.0.0.1:1'], env);
    expect(stderr).toContain('found those of baleen-col5-a, devnet-col4-a; name one with --chain');
    expect(code).toBe(2);
    await expect(compare('http://127.0.0.1:1', { chain: 'nowhere-1' })).rejects.toThrow(
      'expected the state of nowhere-1 in the database, found none; next: baleen state SOURCE',
    );
  });

  test('an address that is none is named', async () => {
    await expect(compare('localhost:1317')).rejects.toMatchObject({ kind: 'operator' });
  });
});

test('secrets of the address go with each request and are not shown', async () => {
  server = await replayLcd(COLUMBUS_4.fixture);
  const url = server.url.replace('http://', 'http://whale:deep@');
  const report = await compare(`${url}/?apikey=secret`, { sample: 3 }).catch((error: Error) => error);
  const shown = report instanceof Error ? report.message : compareLines(report).join('\n');
  expect(shown).not.toMatch(/secret|deep/);
  expect(server.requests.every((request) => request.endsWith('apikey=secret'))).toBe(true);
});

test('a header goes with each request, and not to another host that the server redirects to', async () => {
  const other = await replayLcd(COLUMBUS_4.fixture);
  server = await replayLcd(COLUMBUS_4.fixture, (request) => ({
    status: 307,
    text: '',
    location: other.url.replace('127.0.0.1', 'localhost') + request,
  }));
  try {
    const { comparison } = await compare(server.url, { sample: 5, headers: { 'x-api-key': 'deep' } });
    expect(comparison.sum('compared')).toBeGreaterThan(0);
    expect(server.headers.every((sent) => sent['x-api-key'] === 'deep')).toBe(true);
    expect(other.headers.every((sent) => sent['x-api-key'] === undefined)).toBe(true);
    expect(other.requests).toEqual(server.requests);
  } finally {
    await other.close();
  }
});

test('a module that the database has nothing of is not compared, and said so', async () => {
  server = await replayLcd(COLUMBUS_4.fixture);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const ofMint = `subspace = 'mint' and chain_id = '${COLUMBUS_4.chain}'`;
  await client.query(`create table mint as select * from baleen_store.state_params where ${ofMint};
    delete from baleen_store.state_params where ${ofMint}`);
  try {
    const report = await compare(server.url, { sample: 300 });
    expect(report.comparison.differences).toEqual([]);
    expect(compareLines(report).join('\n')).toMatch(
      /^not compared: 1 × the database does not have it \(\/minting\/parameters\)$/m,
    );
  } finally {
    await client.query('insert into baleen_store.state_params select * from mint; drop table mint');
    await client.end();
  }
});

test('a value that changes in the database is a difference', async () => {
  server = await replayLcd(COLUMBUS_4.fixture);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    `update baleen_store.state_balances set amount = amount + 1 where chain_id = '${COLUMBUS_4.chain}'`,
  );
  try {
    const { comparison } = await compare(server.url, { sample: 300 });
    expect(comparison.differences.length).toBeGreaterThan(0);
  } finally {
    await client.query(
      `update baleen_store.state_balances set amount = amount - 1 where chain_id = '${COLUMBUS_4.chain}'`,
    );
    await client.end();
  }
});
