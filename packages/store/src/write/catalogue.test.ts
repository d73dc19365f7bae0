import type { Block } from '@baleen/chain';
import { heightTables, type Table, type TableName, tableNames, tables } from '@baleen/tables';
import { buildBlock, buildBlocks, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { contents } from './contents.fixture.ts';
import { withCreateValidator } from './create-validator.fixture.ts';
import { encodeBlocks } from './encode.ts';

const HEIGHT = 11;
const SHAPE = { setChanges: [HEIGHT] };

/** Has rows of every table: a tx that makes a validator, evidence, a change of the validator set, and the commit of block 10, which
 * lacks a vote. */
function fullBlock(results: boolean): Block {
  const block = withCreateValidator(buildBlock(HEIGHT, { ...SHAPE, results }), 2, 'terravaloper1made');
  const evidence = {
    index: 0,
    kind: 'duplicate_vote' as const,
    evidenceHeight: 5,
    consensusAddress: block.validatorSet!.validators[0]!.address,
    power: 10n,
    totalPower: 40n,
    time: undefined,
    raw: Uint8Array.of(1),
  };
  const validatorUpdates = [{ keyType: 'ed25519', publicKey: new Uint8Array(32), power: 5n }];
  return {
    ...block,
    evidence: [evidence],
    results: block.results && { ...block.results, validatorUpdates },
  };
}

const rowsOf = (name: TableName, block: Block): number =>
  (tables[name] as Table).rows(block, new Set()).length;

/** Tables that block 11 has other rows in without results, and how many then. */
const neighbours = buildBlocks({ ...SHAPE, count: 12 });

describe.each(tableNames)('table %s', (name) => {
  const table = tables[name] as Table;
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(describeChain());
    await store.write(encodeBlocks(neighbours.slice(0, HEIGHT - 1)));
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  /** Rows that block 11 brings. */
  async function stored(): Promise<number> {
    const { storage } = table;
    const where =
      storage.kind === 'content'
        ? 'true'
        : `height = ${HEIGHT - storage.heightsBelow} and chain_id = 'test-1'`;
    const [row] = await store.query(`select count(*)::int as rows from baleen_store.${name} where ${where}`);
    return row!.rows as number;
  }
  const covered = async (): Promise<boolean> => {
    const rows = await store.query(
      `select from baleen.coverage where kind = $1 and $2 between from_height and to_height and version = $3`,
      [`table:${name}`, HEIGHT, table.version],
    );
    return rows.length > 0;
  };

  it('has rows of the block that is written, and of the same block written anew, and none once it is forgotten', async () => {
    const [before, bare, full] = [await stored(), fullBlock(false), fullBlock(true)];
    expect(rowsOf(name, full), 'the block of this test should have rows of every table').toBeGreaterThan(0);
    await store.write(encodeBlocks([bare]));
    expect(await covered()).toBe(table.needs !== 'results');
    if (table.storage.kind !== 'content') expect(await stored()).toBe(rowsOf(name, bare));
    await store.write(encodeBlocks([full]));
    expect(await covered()).toBe(true);
    if (table.storage.kind !== 'content') expect(await stored()).toBe(rowsOf(name, full));
    const whole = await contents(store);
    await store.forget('test-1', { range: { from: HEIGHT, to: HEIGHT } });
    expect(await covered()).toBe(false);
    expect(await stored()).toBe(before);
    await store.write(encodeBlocks([full]));
    expect(await contents(store)).toEqual(whole);
  });
});

it('status names the tables that are new to a database, or made in another way, and the heights', async () => {
  const database = await createDatabase();
  const store = await openStore(database.url);
  await store.prepareChain(describeChain());
  await store.write(encodeBlocks(neighbours));
  expect((await store.status())[0]!.outdatedTables).toEqual([]);
  await store.query(`delete from baleen_store.ranges where kind = 'table:evidence'`);
  await store.query(`update baleen_store.ranges set version = 0 where kind = 'table:events'`);
  expect((await store.status())[0]!.outdatedTables).toEqual(
    ['events', 'evidence'].map((table) => ({ table, ranges: [{ from: 1, to: 12 }], isAskedFor: false })),
  );
  await store.close();
  await database.drop();
});

test('the key that the catalogue names is the unique key of the table in the database', async () => {
  const database = await createDatabase();
  const store = await openStore(database.url);
  await store.prepareChain(describeChain());
  await store.write(encodeBlocks(neighbours.slice(0, 2)));
  const keys = await database.query<{ name: string; key: string[] }>(
    `select distinct on (t.name) t.name, array_agg(a.attname::text order by k.place) as key
     from unnest($1::text[]) as t (name)
     join pg_class c on c.relnamespace = 'baleen_store'::regnamespace and c.relname ~ ('^' || t.name || '(_\\d+_\\d+)?$') and c.relkind = 'r'
     join pg_index i on i.indrelid = c.oid and i.indisunique
     cross join lateral unnest(i.indkey) with ordinality as k (attribute, place)
     join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attribute
     group by t.name, i.indexrelid order by t.name`,
    [heightTables],
  );
  const told = Object.fromEntries(
    keys.map(({ name, key }) => [
      name,
      [...key].filter((one) => !['chain_id', 'height'].includes(one)).sort(),
    ]),
  );
  const expected = Object.fromEntries(
    heightTables.map((name) => [name, [...tables[name].storage.key].sort()]),
  );
  expect(told).toEqual(expected);
  await store.close();
  await database.drop();
});
