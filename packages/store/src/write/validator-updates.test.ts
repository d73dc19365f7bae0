import { readFileSync } from 'node:fs';
import { buildBlocks, createDatabase, describeChain } from '@baleen/testing';
import { expect, it } from 'vitest';
import { openStore } from '../index.ts';
import { encodeBlocks } from './encode.ts';

it('the migration makes the rows of validator_updates that decoding makes', async () => {
  const database = await createDatabase();
  const store = await openStore(database.url);
  await store.prepareChain(describeChain());
  const validatorUpdates = [
    { keyType: 'ed25519', publicKey: new Uint8Array(32).fill(7), power: 0n },
    { keyType: 'secp256k1', publicKey: new Uint8Array(33).fill(2), power: 9_223_372_036_854_775_807n },
  ];
  const blocks = buildBlocks({ count: 5 }).map((block) => ({
    ...block,
    results: { ...block.results!, validatorUpdates: block.height % 2 === 0 ? validatorUpdates : [] },
  }));
  await store.write(encodeBlocks(blocks));
  const rows = 'select t::text as row from baleen_store.validator_updates t order by 1';
  const decoded = await store.query(rows);
  expect(decoded).toHaveLength(4);
  await store.query('delete from baleen_store.validator_updates');
  const migration = new URL('../../../../migrations/tables/0015_validator_updates.sql', import.meta.url);
  const [, fill] = /^(insert into baleen_store.validator_updates.*?;)/ms.exec(
    readFileSync(migration, 'utf8'),
  )!;
  await store.query(fill!);
  expect(await store.query(rows)).toEqual(decoded);
  await store.close();
  await database.drop();
});
