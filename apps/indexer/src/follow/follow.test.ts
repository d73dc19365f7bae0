import {
  baleen,
  createDatabase,
  fixtureData,
  startBaleen,
  type TestDatabase,
  until,
  withClient,
} from '@baleen/testing';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stateLag } from '../status/state-lag.ts';

const SOURCE = fixtureData('terra-columbus4-devnet');

let database: TestDatabase;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  database = await createDatabase({ holding: 'terra-columbus4-devnet' });
  env = { DATABASE_URL: database.url };
});
afterAll(() => database.drop());

async function noteAtStart(): Promise<string> {
  const following = startBaleen(['follow', SOURCE], env);
  await until(
    () => `it says what it leaves out; told: ${following.stderr}`,
    () => /^note: follow writes blocks/m.test(following.stderr),
    following.ended,
  );
  following.interrupt();
  return (await following.ended).stderr;
}

test('follow says at its start that state does not follow, and which one is there; status says so until it does', async () => {
  const lag = 'no state of the application is here; baleen state FOLDER reads it from application.db';
  expect(await noteAtStart()).toContain(
    'no application state yet; none is here; baleen state FOLDER takes the newest',
  );
  expect((await baleen(['status'], env)).stdout).toContain(`devnet-col4-a: ${lag}`);

  expect(await baleen(['state', SOURCE, '--quiet'], env)).toMatchObject({ code: 0 });
  expect(await noteAtStart()).toContain('the one here is that after block 290');
  expect((await baleen(['status'], env)).stdout).not.toContain('baleen state FOLDER');
});

test('follow of a folder chooses the applications that index chooses, its genesis included', async () => {
  const followed = await createDatabase();
  const chosen = async ({ url }: TestDatabase): Promise<unknown[]> =>
    withClient(url, async (client) => (await client.query('select * from baleen_store.applications')).rows);
  const following = startBaleen(['follow', SOURCE], { DATABASE_URL: followed.url });
  try {
    await until(
      () => `it writes blocks; told: ${following.stderr}`,
      () => withClient(followed.url, hasBlocks),
      following.ended,
    );
    expect(await chosen(followed)).toEqual(await chosen(database));
  } finally {
    following.interrupt();
    await following.ended;
    await followed.drop();
  }
});

async function hasBlocks(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(`select to_regclass('baleen_store.blocks') is not null as is_there`);
  if (!rows[0].is_there) return false;
  return (await client.query('select 1 from baleen_store.blocks limit 1')).rows.length > 0;
}

test('a state that is older than the newest block says how far', () => {
  const state = { height: 290 } as Parameters<typeof stateLag>[0]['state'];
  expect(stateLag({ state, headHeight: 290 })).toBeUndefined();
  expect(stateLag({ state, headHeight: undefined })).toBeUndefined();
  expect(stateLag({ state, headHeight: 1_590 })).toBe(
    'the state is the one after block 290, 1,300 before the newest; baleen state FOLDER takes a newer one',
  );
});
