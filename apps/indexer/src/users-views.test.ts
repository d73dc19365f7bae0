/** A view that a user made on one of ours may keep ours from changing, but never a command that indexes from indexing. */
import { openStore, type Store } from '@baleen/store';
import {
  baleen,
  createDatabase,
  fixtureData,
  startBaleen,
  type TestDatabase,
  temporaryFolder,
  until,
} from '@baleen/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SOURCE = fixtureData('terra-columbus4-devnet');
const SAYS =
  /^the views keep their older form, and the work goes on\. migrate: .*view dash\.mine of role \w+ stands on it.*column "?old"? does not exist/s;

let database: TestDatabase;
let store: Store;
let env: NodeJS.ProcessEnv;

/** As an older version left it, with a column that no version has any more and a user's view on it. */
beforeEach(async () => {
  database = await createDatabase();
  store = await openStore(database.url);
  env = { DATABASE_URL: database.url, BALEEN_DATA_DIR: temporaryFolder('data') };
  await store.query(`
    drop view baleen.tx_signatures;
    create view baleen.tx_signatures as select chain_id, signature_index as old from baleen_store.tx_signatures;
    update baleen_store.definitions set hash = 'x' where name = 'views/070_tx_parts.sql';
    create schema dash; create view dash.mine as select old from baleen.tx_signatures`);
});
afterEach(async () => {
  await store.close();
  await database.drop();
});

const heads = () => store.query('select head_height from baleen.chains');

test('index and state go on and say so; migrate ends with the SQL to mend it, after which it works', async () => {
  const indexed = await baleen(['index', SOURCE, '--quiet'], env);
  expect(indexed).toMatchObject({ code: 0, stderr: expect.stringMatching(SAYS) });
  expect(await heads()).toEqual([{ head_height: '290' }]);
  expect(await baleen(['state', SOURCE, '--quiet'], env)).toMatchObject({ code: 0 });
  const refused = await baleen(['migrate'], env);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing was changed') });
  const [mend] = /^drop view dash\.mine;$/m.exec(refused.stderr)!;
  await store.query(mend);
  expect(await baleen(['migrate'], env)).toMatchObject({ code: 0 });
  expect(await store.query('select count(signature_index)::int from baleen.tx_signatures')).toEqual([
    { count: 459 },
  ]);
});

test('enqueue and worker go on', async () => {
  expect(await baleen(['enqueue', SOURCE, '--quiet'], env)).toMatchObject({ code: 0 });
  expect(
    await baleen(['worker', '--drain', '--source', `devnet-col4-a=${SOURCE}`, '--quiet'], env),
  ).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(SAYS),
  });
  expect(await heads()).toEqual([{ head_height: '290' }]);
});

test('follow goes on', async () => {
  const following = startBaleen(['follow', SOURCE], env);
  await until(
    () => `it is at the head; told: ${following.stderr}`,
    async () => (await heads())[0]?.head_height === '290',
    following.ended,
  );
  following.interrupt();
  expect(await following.ended).toMatchObject({ stderr: expect.stringMatching(SAYS) });
});
