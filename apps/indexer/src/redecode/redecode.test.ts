import { join } from 'node:path';
import {
  baleen,
  createDatabase,
  type Ended,
  fixtureData,
  ROOT,
  spawnBaleen,
  startBaleen,
  sumDifferences,
  type TestDatabase,
  until,
  withClient,
} from '@baleen/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const NAME = 'terra-columbus5-devnet';
const CHAIN = 'baleen-col5-a';
const HEAD = 306;
const COLUMBUS_5 = join(ROOT, 'packages/decode/descriptors/terra-columbus5.binpb.gz');

let database: TestDatabase;
let env: NodeJS.ProcessEnv;
/** Sums of the tables as `index` wrote them. */
let indexed: Map<string, string> | undefined;

beforeEach(async () => {
  database = await createDatabase({ holding: NAME });
  env = { DATABASE_URL: database.url };
  indexed ??= await database.checksums();
});
afterEach(() => database.drop());

const redecode = (...options: string[]): Promise<Ended> => baleen(['redecode', ...options], env);

/** What differs from what `index` wrote. */
const differences = async (): Promise<string[]> => sumDifferences(indexed!, await database.checksums());

/** Leaves the database as an older version would have: messages of one kind raw, events without their message, other versions in the
 * ledger, and a table that it did not have. */
async function makeOlder(): Promise<void> {
  await database.query(
    `update baleen_store.messages set value = null, fields = '{"1":"old"}', name = 'old.Msg'`,
  );
  await database.query(`update baleen_store.events set msg_index = null`);
  await database.query(`update baleen_store.tx_fees set kind = 'old'`);
  await database.query(`delete from baleen_store.digests`);
  await database.query(`delete from baleen_store.ranges where kind = 'table:digests'`);
  await database.query(
    `update baleen_store.ranges set version = 0 where kind in ('table:messages', 'table:events', 'table:tx_fees')`,
  );
  await database.query(
    `insert into baleen_store.undecoded
     select chain_id, 'message', type, count(*), min(height), max(height) from baleen_store.messages group by chain_id, type`,
  );
}

/** Blocks whose rows in two tables are old, new, or some of each; blocks without a message are left out. */
const SEEN_SQL = `
  select case when bool_and(is_old) then 'old' when bool_or(is_old) then 'mixed' else 'new' end as rows, height::int
  from (
    select height, name = 'old.Msg' as is_old from baleen_store.messages
    union all select height, kind = 'old' from baleen_store.tx_fees
  ) each group by height order by height`;

const seenRows = (): Promise<{ rows: 'old' | 'mixed' | 'new'; height: number }[]> => database.query(SEEN_SQL);

test('what an older version wrote is named by status, and becomes what index writes', async () => {
  await makeOlder();
  const { stdout } = await baleen(['status'], env);
  expect(stdout.split('\n').filter((line) => line.includes('redecode'))).toEqual([
    `${CHAIN}: tables digests, events, messages, tx_fees are absent or of an older version of baleen at 1..306: baleen redecode --chain ${CHAIN}`,
  ]);
  expect(await redecode('--quiet')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^baleen-col5-a: 306 blocks decoded anew, [\d,]+ rows of digests, events, messages, tx_fees written\n$/,
    ),
    stderr: '',
  });
  expect(await differences()).toEqual([]);
  expect((await baleen(['status'], env)).stdout).not.toContain('redecode');
  expect((await redecode()).stdout).toContain('nothing to decode anew');
});

test('index says that blocks which are there were written by an older version', async () => {
  await makeOlder();
  expect(await baleen(['index', fixtureData(NAME), '--no-state', '--quiet'], env)).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(
      `${CHAIN}: another version of baleen left digests, events, messages, tx_fees of blocks that are there; baleen redecode --chain ${CHAIN} writes`,
    ),
  });
});

test.each([
  ['no options', []],
  ['the application that reads it', ['--application', 'columbus-5']],
  ['descriptors, where nothing is kept raw', ['--descriptors', COLUMBUS_5]],
])('with %s there is nothing to do, and no row is written', async (_, options) => {
  const written = () =>
    database.query('select height, tx_index, xmin::text from baleen_store.messages order by 1, 2, 3');
  const before = await written();
  expect(await redecode(...options)).toMatchObject({
    code: 0,
    stdout: `${CHAIN}: nothing to decode anew: this version wrote all that was asked for\n`,
  });
  expect(await written()).toEqual(before);
});

test('--heights and --tables limit what is written anew', async () => {
  await database.query(`update baleen_store.messages set name = 'old.Msg'`);
  await database.query(`update baleen_store.tx_fees set kind = 'old'`);
  const { stdout } = await redecode('--tables', 'messages', '--heights', '100..199', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    chainId: CHAIN,
    tables: ['messages'],
    heights: 100,
    faults: [],
  });
  const [counts] = await database.query(
    `select count(*) filter (where height between 100 and 199)::int as inside,
       count(*) filter (where height not between 100 and 199)::int as outside
     from baleen_store.messages where name = 'old.Msg'`,
  );
  expect(counts).toEqual({ inside: 0, outside: expect.any(Number) });
  expect(await database.query(`select from baleen_store.tx_fees where kind <> 'old'`)).toEqual([]);
  expect(await redecode('--heights', '1..')).toMatchObject({ code: 0 });
  expect(await differences()).toEqual([]);
});

test('status tells tables with other ranges in the same line', async () => {
  await makeOlder();
  await redecode('--tables', 'tx_fees', '--heights', '..200', '--quiet');
  const of = 'absent or of an older version of baleen at';
  expect((await baleen(['status'], env)).stdout).toContain(
    `\n${CHAIN}: tables digests, events, messages are ${of} 1..306; table tx_fees is ${of} 201..306: baleen redecode --chain ${CHAIN}\n`,
  );
});

test('asked heights that are not stored are named, with exit code 4, and the others are written', async () => {
  const asked = ['redecode', '--heights', '300..500', '--quiet'];
  expect(await baleen(asked, env)).toMatchObject({
    code: 4,
    stdout: expect.stringMatching(/^baleen-col5-a: 7 blocks decoded anew/),
    stderr: 'not decoded anew, as they are not stored: 307..500; index them from a source first\n',
  });
  const { code, stdout } = await baleen([...asked, '--json'], env);
  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({ heights: 7, missing: [{ from: 307, to: 500 }] });
});

test('asked heights in a gap are named, and nothing is said to be there', async () => {
  await baleen(['forget', '--chain', CHAIN, '--heights', '100..110'], env);
  expect(await redecode('--heights', '102..104', '--quiet')).toMatchObject({
    code: 4,
    stdout: '',
    stderr: 'not decoded anew, as they are not stored: 102..104; index them from a source first\n',
  });
});

test('an application that is to read heights beyond the head is stored, and said so', async () => {
  expect(await redecode('--application', 'phoenix@400')).toMatchObject({
    code: 0,
    stdout: `${CHAIN}: stored: phoenix is the application from height 400 on
${CHAIN}: nothing to decode anew: this version wrote all that was asked for
`,
  });
  const { stdout } = await redecode('--application', 'columbus-5', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    heights: 0,
    applications: [{ name: 'columbus-5', from: 400 }],
    missing: [],
  });
});

test('--application changes what reads the txs from a height on, and is remembered', async () => {
  expect(await redecode('--application', 'phoenix@150', '--quiet')).toMatchObject({ code: 0 });
  const [{ raw }] = (await database.query(
    `select coalesce(sum(things), 0)::int as raw from baleen.undecoded where kind = 'message'`,
  )) as [{ raw: number }];
  expect(raw).toBeGreaterThan(0);
  expect(
    await database.query(
      'select from_height::int as "from", application from baleen.applications order by 1',
    ),
  ).toEqual([
    { from: 1, application: 'columbus-5' },
    { from: 150, application: 'phoenix' },
  ]);
  expect(await redecode('--application', 'columbus-5', '--quiet')).toMatchObject({ code: 0 });
  expect(await differences()).toEqual([expect.stringMatching(/^applications: /)]);
});

test('messages of a module that nothing here knows become JSON by --descriptors alone', async () => {
  const ofOracle = () =>
    database.query(
      `select height, tx_index, msg_index, path, name, value, fields from baleen.messages where name like 'oracle.%' order by 1, 2, 3, 4`,
    );
  const asIndexed = await ofOracle();
  expect(asIndexed.length).toBeGreaterThan(20);
  // phoenix-1's software has no such module.
  await redecode('--application', 'phoenix', '--quiet');
  for (const { value, fields } of await ofOracle()) {
    expect(value).toBeNull();
    expect(fields).not.toBeNull();
  }
  expect(await redecode('--descriptors', COLUMBUS_5, '--quiet')).toMatchObject({ code: 0, stderr: '' });
  expect(await ofOracle()).toEqual(asIndexed);
  expect(await database.query(`select from baleen.undecoded where kind = 'message'`)).toEqual([]);
});

describe('while a batch is being replaced', () => {
  /** Calls `use` while `redecode` waits in the midst of the batch with block 200, whose rows another session holds. */
  async function inTheMidst(running: () => void, use: () => Promise<void>): Promise<void> {
    await withClient(database.url, async (holder) => {
      await holder.query('begin');
      await holder.query('select from baleen_store.messages where height = 200 for update');
      running();
      await until('redecode waits for the rows of block 200', async () => {
        const waiting = await database.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ilike '%delete from%messages%'`,
        );
        return waiting.length > 0;
      });
      await use();
      await holder.query('rollback');
    });
  }

  test('a reader sees of each block the old rows or the new ones', async () => {
    await makeOlder();
    let ended: Promise<Ended> | undefined;
    await inTheMidst(
      () => (ended = redecode('--workers', '1', '--quiet')),
      async () => {
        const seen = Map.groupBy(await seenRows(), ({ rows }) => rows);
        expect([...seen.keys()].sort()).toEqual(['new', 'old']);
        const heights = (rows: 'old' | 'new'): number[] => seen.get(rows)!.map(({ height }) => height);
        expect(Math.max(...heights('new'))).toBeLessThan(200);
        expect(heights('old')).toContain(200);
      },
    );
    for (let isRunning = true; isRunning; ) {
      isRunning = await Promise.race([ended!.then(() => false), seenRows().then(isUnmixed)]);
    }
    expect(await ended).toMatchObject({ code: 0 });
    expect(await differences()).toEqual([]);
  });

  /** @returns true */
  function isUnmixed(rows: readonly { rows: string }[]): boolean {
    expect(rows.filter((each) => each.rows === 'mixed')).toEqual([]);
    expect(rows.length).toBeGreaterThan(100);
    return true;
  }

  test('killed, it has left whole blocks, and goes on', async () => {
    await makeOlder();
    let spawned: ReturnType<typeof spawnBaleen> | undefined;
    await inTheMidst(
      () => (spawned = spawnBaleen(['redecode', '--workers', '1', '--quiet'], env)),
      async () => {
        spawned!.child.kill('SIGKILL');
        expect(await spawned!.ended).toMatchObject({ code: null });
      },
    );
    expect((await seenRows()).filter(({ rows }) => rows === 'mixed')).toEqual([]);
    const { stdout } = await redecode('--json', '--quiet');
    const { heights } = JSON.parse(stdout);
    expect(heights).toBeGreaterThan(0);
    expect(heights).toBeLessThan(HEAD);
    expect(await differences()).toEqual([]);
  });

  test('interrupted while it does what was asked for, status says so, and the same command goes on', async () => {
    const asked = ['redecode', '--tables', 'messages,txs', '--workers', '1', '--quiet'];
    let running: ReturnType<typeof startBaleen> | undefined;
    await inTheMidst(
      () => (running = startBaleen(asked, env)),
      async () => running!.interrupt(),
    );
    expect(await running!.ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('goes on from here'),
    });
    expect((await baleen(['status'], env)).stdout).toMatch(
      /^baleen-col5-a: tables messages, txs were to be decoded anew and are not yet at \d+\.\.306: baleen redecode --chain baleen-col5-a with the options that it had$/m,
    );
    const { stdout } = await baleen([...asked, '--json'], env);
    expect(JSON.parse(stdout).heights).toBeLessThan(HEAD);
    expect(await differences()).toEqual([]);
  });
});

describe('what can not be done is told', () => {
  test.each([
    [['--tables', 'seas'], /redecode: --tables: invalid option: expected one of "blocks"/],
    [['--heights', '400..'], /redecode: heights 400\.\.: expected heights that are stored, found 1\.\.306/],
    [
      ['--chain', 'none-1'],
      /redecode: expected blocks of none-1 in the database, found baleen-col5-a; next: baleen index SOURCE/,
    ],
  ])('%j', async (options, message) => {
    expect(await redecode(...options)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });

  test('another application, while a process goes on to read by the one before', async () => {
    await database.query(
      `insert into baleen_store.workers
         (worker_id, chain_id, host, pid, command, started_at, doing, heights, rows, bytes, heights_per_second, rss_bytes)
       values ('w', '${CHAIN}', 'sea', 7, 'follow', now(), 'follows', 0, 0, 0, 0, 0)`,
    );
    expect(await redecode('--application', 'phoenix')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'expected that nobody works on it, found follow (pid 7 on sea); nothing written',
      ),
    });
    expect(await redecode('--tables', 'tx_fees')).toMatchObject({ code: 0 });
    expect(await differences()).toEqual([]);
  });

  test('rows of events that were not written', async () => {
    await database.query('delete from baleen_store.events where height between 100 and 110');
    await database.query(`update baleen_store.ranges set to_height = 99 where kind = 'table:events';`);
    expect(await redecode('--tables', 'tx_fees')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /redecode tx_fees of baleen-col5-a: expected rows of events to make them of, found none at 100\.\.306; nothing written; baleen forget/,
      ),
    });
  });

  test('a block whose rows somebody changed stays as it is, and the others are written', async () => {
    await makeOlder();
    const [{ height }] = (await database.query(
      `update baleen_store.events set attributes_raw = '\\xff'
       where event_index = 0 and height = (select min(height) from baleen_store.messages where height > 100)
       returning height::int`,
    )) as [{ height: number }];
    const { code, stderr } = await redecode('--quiet');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `read the stored block ${height} of ${CHAIN}: its rows are not as Baleen writes them: .*the other heights are written`,
      ),
    );
    expect((await seenRows()).filter(({ rows }) => rows !== 'new')).toEqual([{ rows: 'old', height }]);
  });
});

test('a database of several chains asks which one', async () => {
  await baleen(
    ['index', fixtureData('terra-columbus4-devnet'), '--no-state', '--heights', '1..5', '--quiet'],
    env,
  );
  expect(await redecode()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      'expected one chain in the database or --chain, found baleen-col5-a, devnet-col4-a; name one with --chain',
    ),
  });
});
