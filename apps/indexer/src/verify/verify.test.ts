/** The command `verify`: what it says, its exit codes, and the view `verifications`. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import {
  baleen,
  createDatabase,
  fixtureData,
  indexHere,
  startBaleen,
  type TestDatabase,
  temporaryFolder,
} from '@baleen/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const CHAIN = 'devnet-col4-a';

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase({ holding: 'terra-columbus4-devnet' });
});
afterEach(() => database.drop());

const verify = (...args: string[]) =>
  baleen(['verify', '--database', database.url, '--quiet', '--workers', '1', ...args]);

const hashAt = async (height: number): Promise<string> => {
  const [row] = await database.query(`select block_hash from baleen.blocks where height = ${height}`);
  return row!.block_hash as string;
};

const outcomes = () =>
  database.query(
    'select from_height, to_height, result, blocks, missing, proved, signatures, not_compared, fault_count, faults from baleen.verifications order by verification_id',
  );

describe('of what was indexed', () => {
  test('proves hashes, rows, digests and signatures, and keeps that in the view', async () => {
    expect(await verify('--signatures')).toEqual({
      code: 0,
      stderr: '',
      stdout: `${CHAIN} 1..290: 290 blocks: all that was compared is as it was indexed
578 signatures of 289 commits verified; blocks without a commit below, or without its validators: 1
`,
    });
    expect(await outcomes()).toEqual([
      {
        from_height: '1',
        to_height: '290',
        result: 'proved',
        blocks: '290',
        missing: '0',
        proved: ['hashes', 'rows', 'digests', 'signatures'],
        signatures: '578',
        not_compared: [],
        fault_count: '0',
        faults: [],
      },
    ]);
  });

  test('ties a range to a hash that is known from elsewhere, and verifies the headers between', async () => {
    const hash = await hashAt(60);
    expect(await verify('--heights', '20..30', '--trust', `60:${hash.toUpperCase()}`)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('20..60: 41 blocks'),
    });
    const other = await verify('--heights', '20..30', '--trust', `60:${'0'.repeat(64)}`);
    expect(other.code).toBe(1);
    expect(other.stdout.split('\n')).toEqual([
      `${CHAIN} 20..60: 41 blocks: 1 fault`,
      `height 60: block_hash, as it was given: expected ${'0'.repeat(64)}, found ${hash}`,
      expect.stringMatching(/^next: compare the hash of --trust with where you have it from; .* or forged: /),
      '',
    ]);
    expect(await outcomes()).toMatchObject([{ result: 'proved' }, { result: 'faults', fault_count: '1' }]);
  });
});

test('a changed event, a changed message and a row too many are named, and exit code 1 says it', async () => {
  await database.query(
    `update baleen_store.events set type = 'transfers' where height = 40 and event_index = 0`,
  );
  await database.query(
    `update baleen_store.messages set value = value || '{"more": 1}' where (height, tx_index) =
       (select height, tx_index from baleen_store.messages where height > 100 order by 1, 2 limit 1)`,
  );
  await database.query(
    `insert into baleen_store.tx_hashes select chain_id, 999, tx_index, tx_hash, success from baleen_store.tx_hashes limit 1`,
  );
  const { code, stdout } = await verify();
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^height 40: digests\.events \(an event\): expected [0-9A-F]{64}, found [0-9A-F]{64}$/m,
  );
  expect(stdout).toMatch(
    /^height 1\d\d: messages\.value \(tx_index \d+, msg_index 0, path ''\): expected '/m,
  );
  expect(stdout).toMatch(
    /^height 999: tx_hashes: expected no row: the ledger has no such block, found a row$/m,
  );
  expect(stdout).toContain('baleen redecode these heights; else baleen forget them');
  expect(await outcomes()).toMatchObject([{ result: 'faults', fault_count: '3', faults: { length: 3 } }]);
  const json = JSON.parse((await verify('--json')).stdout);
  expect(json.faults.map(({ height }: { height: number }) => height)).toEqual([40, expect.any(Number), 999]);
});

describe('one damage takes few lines:', () => {
  const linesOf = async (sql: string): Promise<string[]> => {
    await database.query(sql);
    const { code, stdout } = await verify();
    expect(code).toBe(1);
    return stdout.split('\n').filter((line) => /^height|^the chain/.test(line));
  };

  test('changed consensus params, which all heights share, with the heights that they count for', async () => {
    const lines = await linesOf('update baleen_store.consensus_params set block_max_gas = block_max_gas + 1');
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^heights 1\.\.290: consensus_hash \(.*expected [0-9A-F]{64}, found [0-9A-F]{64}$/,
      ),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^heights 1\.\.290: digests\.facts .* at 1$/));
    expect(lines.length, lines.join('\n')).toBeLessThan(6);
    const [kept] = await outcomes();
    expect(kept).toMatchObject({ fault_count: `${lines.length}` });
    expect(kept!.faults).toContainEqual({
      ...{ height: 1, to_height: 290, field: expect.stringContaining('consensus_hash') },
      ...{ expected: expect.any(String), found: expect.any(String) },
    });
  });

  test('a validator that is gone, with the heights whose set it belongs to', async () => {
    const lines = await linesOf(`delete from baleen_store.validators where (chain_id, address) =
      (select chain_id, addresses[1] from baleen_store.validator_sets limit 1)`);
    expect(lines, lines.join('\n')).toEqual([
      expect.stringMatching(
        /^heights 1\.\.290: its rows: expected .* no key in validators of the address [0-9A-F]{40};/,
      ),
    ]);
  });

  test('an event that is gone, with how many rows after it are shifted', async () => {
    const lines = await linesOf(`delete from baleen_store.events where (height, event_index) =
      (select height, min(event_index) + 1 from baleen_store.events group by height order by count(*) desc, height limit 1)`);
    expect(lines, lines.join('\n')).toEqual([
      expect.stringMatching(/^height \d+: digests\.events /),
      expect.stringMatching(
        /^height \d+: events\.event_index \(event_index 1\): expected 1, found 2; \d+ more rows are shifted after it$/,
      ),
    ]);
  });
});

test('heights that are not stored, and tables of an older version, are told apart from faults, with exit code 4', async () => {
  expect(
    (await baleen(['forget', '--database', database.url, '--chain', CHAIN, '--heights', '100..109'])).code,
  ).toBe(0);
  expect(await verify('--heights', '90..120')).toMatchObject({
    code: 4,
    stdout: `${CHAIN} 90..120: 21 blocks: all that was compared is as it was indexed
not verified, as they are not stored: 100..109; baleen gaps tells why
`,
  });
  await database.query(`delete from baleen_store.ranges where kind = 'table:digests'`);
  await database.query(`update baleen_store.ranges set version = 1 where kind = 'table:txs'`);
  const older = await verify('--heights', '1..50');
  expect(older.code).toBe(4);
  expect(older.stdout).toContain(
    'not verified, as another version of Baleen wrote the blocks: digests at 1..50; next: baleen redecode --tables digests',
  );
  expect(older.stdout).toContain('txs at 1..50');
  expect(await verify('--heights', '90..120', '--trust', `90:${await hashAt(90)}`)).toMatchObject({
    code: 4,
    stdout: expect.stringContaining(
      'not joined with the trusted hash by an unbroken run of headers: 110..120',
    ),
  });
  expect(await outcomes()).toMatchObject([
    { result: 'incomplete', blocks: '21', missing: '10', proved: ['hashes', 'rows', 'digests'] },
    { result: 'incomplete', proved: ['hashes', 'rows'], not_compared: ['digests 1..50', 'txs 1..50'] },
    { result: 'incomplete', proved: ['hashes', 'rows', 'trust'] },
  ]);
});

test('blocks of a source that told no prefix of addresses are what they were then, also once the chain’s is known', async () => {
  const folder = fixtureData('terra-columbus4-devnet');
  const bare = temporaryFolder('blockstore');
  cpSync(join(folder, 'blockstore.db'), join(bare, 'blockstore.db'), { recursive: true });
  const empty = await createDatabase();
  await indexHere(bare, empty.url, '--heights', '1..50');
  await indexHere(folder, empty.url, '--heights', '51..60', '--no-state');
  const prefixes = await empty.query(
    'select distinct height <= 50 as bare, proposer_consensus_address is null as without from baleen.blocks order by 1',
  );
  expect(prefixes).toEqual([
    { bare: false, without: false },
    { bare: true, without: true },
  ]);
  expect(await baleen(['verify', '--database', empty.url, '--quiet'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('60 blocks: all that'),
  });
  await empty.drop();
});

test('interrupted, it says so, with exit code 130, and the view has it', async () => {
  const running = startBaleen(['verify', '--database', database.url, '--quiet']);
  running.interrupt();
  expect(await running.ended).toMatchObject({
    code: 130,
    stdout: expect.stringContaining('interrupted: the heights above were not all verified'),
  });
  expect(await outcomes()).toMatchObject([{ result: 'interrupted' }]);
});

test.each([
  [
    ['--heights', '900..'],
    'verify: heights 900..: expected heights that are stored, found 1..290 of devnet-col4-a',
  ],
  [
    ['--chain', 'columbus-9'],
    'expected blocks of columbus-9 in the database, found devnet-col4-a; next: baleen index SOURCE',
  ],
  [['--trust', '5:abc'], 'expected HEIGHT:HASH, the hash as 64 hexadecimal digits'],
  [
    ['--trust', `900:${'a'.repeat(64)}`],
    '--trust of height 900: expected heights that are stored, found 1..290',
  ],
])('%j is wrong use', async (args, message) => {
  expect(await verify(...args)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(message),
  });
});

test('forget takes the verifications along whose heights it removes', async () => {
  await verify('--heights', '1..20');
  await verify('--heights', '30..40');
  await baleen(['forget', '--database', database.url, '--chain', CHAIN, '--heights', '20..25']);
  expect(await outcomes()).toMatchObject([{ from_height: '30' }]);
});
