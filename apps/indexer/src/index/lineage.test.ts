/** Three devnets, with the software of columbus-3, -4 and -5, of which a user makes one lineage. */
import {
  baleen,
  createDatabase,
  fixtureData,
  needsRealdata,
  type TestDatabase,
  unpackRecording,
} from '@baleen/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

const CHAINS = ['devnet-col3-a', 'devnet-col4-a', 'baleen-col5-a'];

let database: TestDatabase;
beforeEach(needsRealdata('../fixtures/terra-columbus3-devnet'));
beforeEach(async () => {
  database = await createDatabase();
  await database.query(
    `insert into baleen_store.lineages (chain_id, lineage, position)
     select id, 'devnet', at from unnest($1::text[]) with ordinality as l (id, at)`,
    [CHAINS],
  );
});
afterEach(() => database?.drop());

async function index(source: string): Promise<void> {
  const ended = await baleen(['index', source, '--no-state', '--quiet'], { DATABASE_URL: database.url });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
}

test('one query reads the sends of three chains, by one name and one shape, in order of time', async () => {
  await index(unpackRecording('terra-columbus3-devnet')!);
  await index(fixtureData('terra-columbus4-devnet'));
  await index(fixtureData('terra-columbus5-devnet'));
  const chains = await database.query(
    `select chain_id, predecessor, successor from baleen.chains where lineage = 'devnet'`,
  );
  expect(chains).toHaveLength(3);
  expect(chains).toContainEqual({ chain_id: CHAINS[1], predecessor: CHAINS[0], successor: CHAINS[2] });
  const sends = await database.query(
    `select m.chain_id, count(*)::int as sends, array(select jsonb_object_keys(m.value) order by 1) as keys
     from baleen.messages m where m.lineage = 'devnet' and m.name = 'bank.MsgSend' group by 1, 3 order by min(m.time)`,
  );
  // columbus-3's devnet was recorded last.
  const keys = ['amount', 'from_address', 'to_address'];
  expect(sends).toEqual([
    { chain_id: CHAINS[1], sends: 174, keys },
    { chain_id: CHAINS[2], sends: 263, keys },
    { chain_id: CHAINS[0], sends: 211, keys },
  ]);
});
