import { baleen, createEmptyDatabase, fixtureData, type TestDatabase } from '@baleen/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';

const SOURCE = fixtureData('terra-columbus4-devnet');
/** What a row says about when and where it was written, and not about the chain. */
const PASSING = ['chains', 'leaves', 'definitions', 'workers', 'sources'];

let database: TestDatabase;
let client: pg.Client;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  database = await createEmptyDatabase();
  env = { DATABASE_URL: database.url };
  client = new pg.Client(database.url);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** Rows and their md5 of every table. */
async function contents(): Promise<Record<string, unknown>> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'baleen_store'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> all($1)`,
    [PASSING],
  );
  const sums: Record<string, unknown> = {};
  for (const { name } of rows) {
    const { rows } = await client.query(
      `select count(*)::int as rows, md5(string_agg(t::text, '' order by t::text)) as md5 from baleen_store.${name} t`,
    );
    sums[name] = rows[0];
  }
  return sums;
}

test('a range, then the whole chain, is forgotten and indexed again: every table is as before', async () => {
  expect(await baleen(['index', SOURCE, '--quiet'], env)).toMatchObject({ code: 0 });
  const whole = await contents();
  expect(await baleen(['forget', '--chain', 'devnet-col4-a', '--heights', '101..250'], env)).toMatchObject({
    code: 0,
    stderr: 'devnet-col4-a: 150 blocks removed\n',
  });
  expect((await baleen(['gaps'], env)).stdout).toMatch(/devnet-col4-a +blocks +101 +250/);
  expect(await baleen(['index', SOURCE, '--quiet'], env)).toMatchObject({ code: 0 });
  expect(await contents()).toEqual(whole);

  expect(await baleen(['forget', '--chain', 'devnet-col4-a'], env)).toMatchObject({
    code: 0,
    stderr: 'devnet-col4-a: 290 blocks removed, and all else of the chain\n',
  });
  expect((await client.query('select from baleen.chains')).rowCount).toBe(0);
  expect(await baleen(['index', SOURCE, '--quiet'], env)).toMatchObject({ code: 0 });
  expect(await contents()).toEqual(whole);
});

test('a chain that is not there is told', async () => {
  expect(await baleen(['forget', '--chain', 'none-1'], env)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the database has no such chain'),
  });
});
