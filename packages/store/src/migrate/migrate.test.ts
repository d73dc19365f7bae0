import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateTables, tables } from '@baleen/tables';
import { createDatabase, createEmptyDatabase, type TestDatabase } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbedded } from '../embedded/index.ts';
import { openStore, type Store } from '../index.ts';

describe('migrate', () => {
  it('is done once when eight start at once', async () => {
    const database = await createEmptyDatabase();
    const stores = await Promise.all(Array.from({ length: 8 }, () => openStore(database.url)));
    expect((await stores[0]!.migrate({ dryRun: true })).length).toBeGreaterThan(3);
    const ran = await Promise.all(stores.map((store) => store.migrate()));
    expect(ran.filter(({ length }) => length > 0)).toHaveLength(1);
    expect(await stores[0]!.migrate({ dryRun: true })).toEqual([]);
    await Promise.all(stores.map((store) => store.close()));
    await database.drop();
  });

  it('is done in two databases of one cluster at once', async () => {
    const databases = await Promise.all([createEmptyDatabase(), createEmptyDatabase()]);
    const stores = await Promise.all(databases.map(({ url }) => openStore(url)));
    await Promise.all(stores.map((store) => store.migrate()));
    await Promise.all(stores.map((store) => store.close()));
    await Promise.all(databases.map((database) => database.drop()));
  });

  it('refuses a table file that was applied in another form, and a database of a newer version', async () => {
    const database = await createDatabase();
    const store = await openStore(database.url);
    await store.query(`update baleen_store.definitions set hash = 'x' where name = 'tables/0001_chains.sql'`);
    await expect(store.migrate()).rejects.toMatchObject({
      code: 'STORE_MIGRATION_CHANGED',
      kind: 'operator',
    });
    await store.query(`insert into baleen_store.definitions values ('tables/9999_later.sql', 'x')`);
    await expect(store.migrate()).rejects.toMatchObject({ code: 'STORE_NEWER_DATABASE', kind: 'operator' });
    await store.close();
    await database.drop();
  });

  it('drops views of an earlier version, but for those that a user’s object stands on, until that is gone', async () => {
    const database = await createEmptyDatabase();
    const store = await openStore(database.url);
    await store.migrate();
    await store.query(`do $$ begin
      create view baleen.old_one as select 1 as one;
      create view baleen.old_two as select one from baleen.old_one;
      create function baleen.old_three() returns int language sql return 3;
      create view baleen.old_kept as select 4 as four;
      create view baleen.of_a_user as select four from baleen.old_kept;
      insert into baleen_store.definitions (name, hash, makes)
      values ('views/500_old.sql', 'x', '{baleen.old_one,baleen.old_two,baleen.old_three,baleen.old_kept}');
    end $$`);
    const objects = () =>
      store.query(`
        select relname as name from pg_class where relnamespace = 'baleen'::regnamespace and relname ~ '^(old|of_a)_'
        union all select proname from pg_proc where pronamespace = 'baleen'::regnamespace and proname ~ '^old_'
        order by 1`);
    const said: string[] = [];
    await store.migrate({ onFormerLeft: (line) => said.push(line) });
    expect(said).toEqual([
      'view baleen.old_kept is no part of Baleen any more, and is left as others stand on it',
    ]);
    expect(await objects()).toEqual([{ name: 'of_a_user' }, { name: 'old_kept' }]);
    expect(await store.migrate()).toEqual([]);

    await store.query('drop view baleen.of_a_user');
    await store.query(`update baleen_store.definitions set hash = 'x' where name = 'views/010_chains.sql'`);
    await store.migrate();
    expect(await objects()).toEqual([]);
    await store.close();
    await database.drop();
  });

  it('makes views and functions anew whose columns moved, though they stand on one another', async () => {
    const database = await createDatabase();
    const store = await openStore(database.url);
    const file = 'views/290_state_market.sql';
    await store.query(`do $$ begin
      drop function baleen.swap_quote;
      drop view baleen.treasury_indicators, baleen.market_denoms, baleen.market_pools;
      create view baleen.market_pools as select 1 as pool;
      create function baleen.swap_quote(offer_amount numeric, offer_denom text, ask_denom text) returns table (amount int)
        language sql begin atomic select m.pool from baleen.market_pools m; end;
      update baleen_store.definitions set hash = 'x' where name = '${file}';
    end $$`);
    await store.migrate();
    expect(await store.query(`select amount from baleen.swap_quote(1, 'uluna', 'uusd')`)).toEqual([]);
    await store.close();
    await database.drop();
  });

  it('makes a function anew whose columns moved alone', async () => {
    const database = await createDatabase();
    const store = await openStore(database.url);
    await store.query(`do $$ begin
      drop function baleen.swap_quote;
      create function baleen.swap_quote(offer_amount numeric, offer_denom text, ask_denom text) returns table (amount int)
        language sql return 1;
      update baleen_store.definitions set hash = 'x' where name = 'views/290_state_market.sql';
    end $$`);
    await store.migrate();
    expect(await store.query(`select amount from baleen.swap_quote(1, 'uluna', 'uusd')`)).toEqual([]);
    await store.close();
    await database.drop();
  });

  it('says what an administrator must do when the login may not create roles, and goes on once it is done', async () => {
    // Roles are of the whole server, and the tests' own has the role already.
    const dataDir = mkdtempSync(join(tmpdir(), 'baleen-roles-'));
    const server = await startEmbedded({ dataDir, settings: { fsync: 'off' } });
    try {
      const admin = await openStore(server.url);
      await admin.query(`create role plain login password 'plain'`);
      await admin.query('create database plain owner plain');
      const url = Object.assign(new URL(server.url), {
        username: 'plain',
        password: 'plain',
        pathname: '/plain',
      });
      const store = await openStore(url.href);
      const refused = await store.migrate().catch((error: unknown) => error as Error);
      expect(refused).toMatchObject({ code: 'STORE_ROLE_REFUSED', kind: 'operator' });
      const [, remedy] = /as an administrator: (.*)$/.exec((refused as Error).message)!;
      expect(remedy).toMatchInlineSnapshot(
        `"create role baleen_reader nologin; alter role baleen_reader set search_path = baleen"`,
      );
      expect(await store.query(`select to_regnamespace('baleen') as schema`)).toEqual([{ schema: null }]);
      await admin.query(remedy!);
      await store.migrate();
      expect(await store.query('select * from baleen.chains')).toEqual([]);
      await store.close();
      await admin.close();
    } finally {
      await server.release();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('says what to grant when the login may not create schemas, and goes on in schemas that an administrator made', async () => {
    const database = await createEmptyDatabase();
    const admin = await openStore(database.url);
    await admin.query(
      `do $$ begin create role weak login password 'x'; exception when duplicate_object then null; end $$`,
    );
    const store = await openStore(
      Object.assign(new URL(database.url), { username: 'weak', password: 'x' }).href,
    );
    const refused = await store.migrate().catch((error: unknown) => error as Error);
    expect(refused).toMatchObject({ code: 'STORE_SCHEMA_REFUSED', kind: 'operator' });
    const [, remedy] = /an administrator: (grant create on database \w+ to weak)$/.exec(
      (refused as Error).message,
    )!;
    expect(remedy).toBeDefined();
    await admin.query(
      'create schema baleen authorization weak; create schema baleen_store authorization weak',
    );
    await admin.query(`do $$ begin create role baleen_reader nologin; exception when duplicate_object then null; end $$;
      alter role baleen_reader set search_path = baleen`);
    await store.migrate();
    expect(await store.query('select * from baleen.chains')).toEqual([]);
    await store.close();
    await admin.close();
    await database.drop();
  });

  it('tells which server it could not reach, without the password', async () => {
    await expect(openStore('postgres://me:secret@127.0.0.1:1/none')).rejects.toThrow(
      /^connect to Postgres at postgres:\/\/127\.0\.0\.1:1\/none: .*ECONNREFUSED/,
    );
  });
});

describe('the migrated database', () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  it.each([...Object.values(tables), ...stateTables])('has $name as its file tells it', async (table) => {
    const columns = await store.query(
      `select a.attname as name, format_type(a.atttypid, null) as type, not a.attnotnull as nullable,
         col_description(a.attrelid, a.attnum) as doc, obj_description(a.attrelid) as table_doc
       from pg_attribute a where a.attrelid = to_regclass($1) and a.attnum > 0 order by a.attname collate "C"`,
      [`baleen_store.${table.name}`],
    );
    expect(columns).toEqual(
      // COPY names its columns, so that their order, which migrations make, does not count.
      table.columns
        .map(({ name, type, nullable, doc }) => ({
          name,
          type: CATALOGUE_NAMES[type.replace('[]', '')]! + (type.endsWith('[]') ? '[]' : ''),
          nullable,
          doc,
          table_doc: table.doc,
        }))
        .sort((one, other) => (one.name < other.name ? -1 : 1)),
    );
  });

  it('has a comment on every table, view and column', async () => {
    const bare = await store.query(
      `select c.oid::regclass::text || coalesce('.' || a.attname, '') as name
       from pg_class c
       left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
       where c.relnamespace in ('baleen'::regnamespace, 'baleen_store'::regnamespace) and c.relkind in ('r', 'p', 'v')
         and c.relname <> 'definitions'
         and (col_description(c.oid, a.attnum) is null or obj_description(c.oid) is null)`,
    );
    expect(bare).toEqual([]);
  });

  it('gives a column no comment of a table that its view does not read, nor one of several that differ', async () => {
    await store.query(`do $$ begin
      create view baleen.stranger as select 1 as denom, 2 as voter;
      create view baleen.two_kinds as select e.kind, e.evidence_height, f.payer from baleen_store.evidence e, baleen_store.tx_fees f where e.kind = f.kind;
      update baleen_store.definitions set hash = 'x' where name = 'views/900_common_comments.sql';
    end $$`);
    await store.migrate();
    const columns = await store.query(
      `select attrelid::regclass || '.' || attname as name, col_description(attrelid, attnum) as doc from pg_attribute
       where attrelid in ('baleen.stranger'::regclass, 'baleen.two_kinds'::regclass) and attnum > 0 order by 1`,
    );
    expect(columns).toEqual([
      { name: 'stranger.denom', doc: null },
      { name: 'stranger.voter', doc: null },
      { name: 'two_kinds.evidence_height', doc: 'Height that the misbehaviour happened at.' },
      { name: 'two_kinds.kind', doc: null },
      { name: 'two_kinds.payer', doc: expect.stringMatching(/^Granter of the fee/) },
    ]);
    await store.query('drop view baleen.stranger, baleen.two_kinds');
  });

  it('has a comment on every function', async () => {
    const bare = await store.query(
      `select p.oid::regprocedure::text as name from pg_proc p
       where p.pronamespace in ('baleen'::regnamespace, 'baleen_store'::regnamespace) and obj_description(p.oid) is null`,
    );
    expect(bare).toEqual([]);
  });

  it('lets the reader see the views and nothing else', async () => {
    const rights = await store.query(
      `select c.relnamespace::regnamespace::text as schema, bool_and(has_table_privilege('baleen_reader', c.oid, 'select')) as every,
         bool_or(has_table_privilege('baleen_reader', c.oid, 'select, insert, update, delete')) as any
       from pg_class c where c.relnamespace in ('baleen'::regnamespace, 'baleen_store'::regnamespace) and c.relkind in ('r', 'p', 'v')
       group by 1 order by 1`,
    );
    expect(rights).toEqual([
      { schema: 'baleen', every: true, any: true },
      { schema: 'baleen_store', every: false, any: false },
    ]);
  });

  it('lets the reader name the views without their schema', async () => {
    expect(await store.query(`select rolconfig from pg_roles where rolname = 'baleen_reader'`)).toEqual([
      { rolconfig: ['search_path=baleen'] },
    ]);
  });
});

const CATALOGUE_NAMES: Record<string, string> = {
  text: 'text',
  bytea: 'bytea',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  numeric: 'numeric',
  decimal: 'numeric',
  bool: 'boolean',
  jsonb: 'jsonb',
  timestamptz: 'timestamp with time zone',
};
