/** The choice of application is made once per chain, and whoever reads the chain later goes by it. */
import {
  baleen,
  createEmptyDatabase,
  fixture,
  fixtureData,
  replayRpc,
  startBaleen,
  type TestDatabase,
  until,
} from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const FOLDER = fixtureData('terra-columbus4-devnet');
const CHAIN = 'devnet-col4-a';

let database: TestDatabase;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  database = await createEmptyDatabase();
  env = { DATABASE_URL: database.url };
});
afterAll(() => database.drop());

const applications = () =>
  database.query(
    'select lineage, from_height::int, to_height::int, application, reason from baleen.applications order by chain_id, from_height',
  );

/** Heights of a range whose txs could not be read: a tx of columbus-4 is none of cosmoshub-3. */
const unread = async (from: number, to: number): Promise<{ read: number; unread: number }> => {
  const [row] = await database.query<{ read: number; unread: number }>(
    `select (count(*) filter (where decode_error is null))::int as read,
       (count(*) filter (where decode_error is not null))::int as unread
     from baleen.txs where height between ${from} and ${to}`,
  );
  return row!;
};

const GIVEN = [
  {
    lineage: CHAIN,
    from_height: 1,
    to_height: 99,
    application: 'columbus-4',
    reason: 'its genesis has the modules treasury and msgauth',
  },
  {
    lineage: CHAIN,
    from_height: 100,
    to_height: null,
    application: 'cosmoshub-3',
    reason: 'given by its name',
  },
];

describe('the applications of a chain', () => {
  test('are told at the first indexing and stored with their heights', async () => {
    const ended = await baleen(
      ['index', FOLDER, '--heights', '90..110', '--application', 'cosmoshub-3@100', '--no-state', '--quiet'],
      env,
    );
    expect(ended.code).toBe(0);
    expect(ended.stderr).not.toContain('warning');
    expect(await applications()).toEqual(GIVEN);
    expect(await unread(90, 99)).toMatchObject({ unread: 0 });
    expect(await unread(100, 110)).toMatchObject({ read: 0 });
  });

  test('stay for the next run, which says that its folder tells another', async () => {
    const ended = await baleen(['index', FOLDER, '--heights', '111..130', '--no-state', '--quiet'], env);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(
      /^warning: .* tells that devnet-col4-a runs columbus-4 \(its genesis has .*\) at height 100; the database has it read as cosmoshub-3 \(given by its name\), and that counts; where it is wrong, baleen redecode --chain devnet-col4-a --application columbus-4@100 changes it$/m,
    );
    expect(await unread(111, 130)).toMatchObject({ read: 0 });
  });

  test('stay where another name is given', async () => {
    const given = ['--application', 'generic-amino'];
    const ended = await baleen(
      ['index', FOLDER, '--heights', '131..140', ...given, '--no-state', '--quiet'],
      env,
    );
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(
      /runs generic-amino \(given by its name\) at height 1; .* read as columbus-4/,
    );
    expect(await unread(131, 140)).toMatchObject({ read: 0 });
    expect(await applications()).toEqual(GIVEN);
  });

  test('count over RPC, and below the first height of an earlier run', async () => {
    const node = await replayRpc([fixture('terra-columbus4-devnet', 'rpc.jsonl.gz')]);
    try {
      for (const heights of ['80..89', '141..160'])
        expect(await baleen(['index', node.url, '--heights', heights, '--quiet'], env)).toMatchObject({
          code: 0,
        });
    } finally {
      await node.close();
    }
    expect(await unread(80, 89)).toMatchObject({ unread: 0 });
    expect(await unread(141, 160)).toMatchObject({ read: 0 });
  });

  test('count for workers', async () => {
    expect(await baleen(['enqueue', FOLDER, '--heights', '161..180'], env)).toMatchObject({ code: 0 });
    expect(await baleen(['worker', '--source', FOLDER, '--drain', '--quiet'], env)).toMatchObject({
      code: 0,
    });
    const { read, unread: left } = await unread(161, 180);
    expect(read).toBe(0);
    expect(left).toBeGreaterThan(0);
    expect(await applications()).toEqual(GIVEN);
  });

  test('count for who follows, at the head and behind it', async () => {
    const following = startBaleen(['follow', FOLDER, '--heights', '270..', '--quiet'], env);
    const written = () => database.query('select from baleen.blocks where height between 270 and 290');
    await until(
      () => `21 blocks are there; told: ${following.stderr}`,
      async () => (await written()).length === 21,
      following.ended,
    );
    following.interrupt();
    expect((await following.ended).stderr).toContain('the database has it read as cosmoshub-3');
    const { read, unread: left } = await unread(270, 290);
    expect(read).toBe(0);
    expect(left).toBeGreaterThan(0);
  });
});

test('an application whose txs are encoded otherwise than the era’s blocks have them is refused, and nothing is written', async () => {
  const other = await createEmptyDatabase();
  const own = { DATABASE_URL: other.url };
  const index = (...more: string[]) =>
    baleen(['index', FOLDER, '--heights', '1..10', '--no-state', '--quiet', ...more], own);
  const refusal = {
    code: 2,
    stderr: expect.stringMatching(
      /expected an application with amino txs, as blocks of tendermint-0\.33 have them, found columbus-5 from height \d+ on, whose txs are protobuf; /,
    ),
  };
  try {
    expect(await index('--application', 'columbus-5')).toMatchObject(refusal);
    expect((await index()).code).toBe(0);
    const before = await other.query('select * from baleen.applications');
    expect(before).toMatchObject([{ application: 'columbus-4' }]);
    expect(await baleen(['redecode', '--application', 'columbus-5', '--quiet'], own)).toMatchObject(refusal);
    expect(await other.query('select * from baleen.applications')).toEqual(before);
  } finally {
    await other.drop();
  }
});
