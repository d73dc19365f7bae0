/** What users make on our views is theirs: a new form of a view keeps it, or changes nothing. */
import { createDatabase, type TestDatabase } from '@baleen/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { openPool } from '../postgres/connections.ts';
import { type Definition, definition, definitions } from './definitions.ts';
import { migrate } from './migrate.ts';

/** One view per match: its head, its query. */
const VIEWS = /^create or replace view ([\w.]+) as\n([\s\S]*?);\n/gm;

/** The definitions with a column more in each view, or in one. */
async function withColumn(place: 'first' | 'last', only?: string): Promise<Definition[]> {
  const columns = place === 'first' ? 'null::int4 as added, q.*' : 'q.*, null::int4 as added';
  const wrapped = (_: string, view: string, query: string): string =>
    `create or replace view ${view} as\n${only === undefined || view === only ? `select ${columns} from (${query}) q` : query};\n`;
  return (await definitions()).map(({ name, text }) => definition(name, text.replace(VIEWS, wrapped)));
}

let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  database = await createDatabase();
  store = await openStore(database.url);
});
afterEach(async () => {
  await store.close();
  await database.drop();
});

async function migrateTo(
  wanted: readonly Definition[],
  onViewsLeft?: (reason: Error) => void,
): Promise<void> {
  const pool = openPool(database.url);
  try {
    await migrate(pool, onViewsLeft === undefined ? {} : { onViewsLeft }, wanted);
  } finally {
    await pool.end();
  }
}

async function names(kind: 'v' | 'f'): Promise<string[]> {
  const rows = await store.query(
    kind === 'v'
      ? `select relname as name from pg_class where relnamespace = 'baleen'::regnamespace and relkind = 'v' order by 1`
      : `select proname as name from pg_proc where pronamespace = 'baleen'::regnamespace order by 1`,
  );
  return rows.map(({ name }) => name as string);
}

/** All that the catalogue knows of schema dash, and of what users did to our views. */
async function catalogue(): Promise<unknown> {
  return store.query(`
    select c.relname as name, c.relkind as kind, pg_get_userbyid(c.relowner) as owner, coalesce(c.relacl, acldefault('r', c.relowner))::text as rights, c.reloptions as options,
      c.relispopulated as filled,
      (select json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attacl::text,
         col_description(c.oid, a.attnum), pg_get_expr(f.adbin, f.adrelid), nullif(a.attstattarget, -1)) order by a.attnum)
       from pg_attribute a left join pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      obj_description(c.oid, 'pg_class') as comment,
      (select json_agg(json_build_array(pg_get_indexdef(i.indexrelid), i.indisclustered, obj_description(i.indexrelid, 'pg_class'))
         order by i.indexrelid::regclass::text) from pg_index i where i.indrelid = c.oid) as indexes,
      (select json_agg(json_build_array(pg_get_triggerdef(t.oid), t.tgenabled, obj_description(t.oid, 'pg_trigger'))) from pg_trigger t
       where t.tgrelid = c.oid) as triggers,
      (select json_agg(json_build_array(r.rulename, r.ev_enabled, obj_description(r.oid, 'pg_rewrite')) order by r.rulename) from pg_rewrite r
       where r.ev_class = c.oid) as rules
    from pg_class c where c.relnamespace = 'dash'::regnamespace and c.relkind in ('v', 'm', 'r')
    union all
    select p.oid::regprocedure::text, p.prokind, pg_get_userbyid(p.proowner), coalesce(p.proacl, acldefault('f', p.proowner))::text, p.proconfig, p.prosecdef, null,
      obj_description(p.oid, 'pg_proc'), null, null, null
    from pg_proc p where p.pronamespace = 'dash'::regnamespace order by 1`);
}

describe('users’ objects on every view of ours', () => {
  const rowTypes = async (views: readonly string[]): Promise<void> => {
    await store.query('create schema dash');
    for (const view of views)
      await store.query(`
        create view dash.${view} as select * from baleen.${view};
        create materialized view dash.m_${view} as select * from dash.${view} limit 1;
        create function dash.of_${view}(r baleen.${view}) returns text language sql as 'select r.chain_id';
        create function dash.all_${view}() returns setof baleen.${view} language sql as 'select * from baleen.${view}';
        create view dash.f_${view} as select dash.of_${view}(v) as chain_id from baleen.${view} v;
        create view dash.g_${view} as select * from dash.all_${view}()`);
  };
  const answers = async (views: readonly string[]): Promise<void> => {
    for (const view of views)
      for (const query of ['', 'm_', 'f_', 'g_']) await store.query(`select * from dash.${query}${view}`);
  };

  it('are there as before after a column was added at the front of each', async () => {
    const views = await names('v');
    await rowTypes(views);
    const before = await catalogue();
    await migrateTo(await withColumn('first'));
    expect(
      (
        await store.query(
          'select * from information_schema.columns where table_schema = $1 and column_name = $2',
          ['baleen', 'added'],
        )
      ).length,
    ).toBe(views.length);
    expect(await catalogue()).toEqual(before);
    await answers(views);
  });

  it('are not touched where columns are added at the end', async () => {
    // A few: nothing differs from view to view here.
    const views = (await names('v')).filter((_, index) => index % 8 === 0);
    await rowTypes(views);
    const oids = () =>
      store.query(`select oid from pg_class where relnamespace = 'dash'::regnamespace
        union all select oid from pg_proc where pronamespace = 'dash'::regnamespace order by 1`);
    const before = await oids();
    await migrateTo(await withColumn('last'));
    expect(await oids()).toEqual(before);
    await answers(views);
    expect(await store.query(`select added from baleen.tx('ab')`)).toEqual([]);
  });
});

describe('what a user gave an object', () => {
  const dressed = `
    create schema dash; create schema "Other one";
    grant usage on schema dash, "Other one" to dasher, looker;
    create view dash.top with (security_barrier, check_option = local) as select chain_id, height, time, tx_count from baleen.blocks;
    alter view dash.top rename column tx_count to "Txs";
    create materialized view "Other one".filled with (fillfactor = 70) as select * from dash.top;
    create materialized view dash.empty as select * from "Other one".filled with no data;
    create unique index "a key" on "Other one".filled (chain_id, height);
    create index on "Other one".filled (lower(chain_id)) where height > 3;
    alter materialized view "Other one".filled cluster on "a key";
    alter materialized view "Other one".filled alter column height set statistics 77;
    create statistics dash.both on chain_id, height from "Other one".filled;
    comment on view dash.top is 'it''s the top'; comment on column dash.top."Txs" is 'how many';
    comment on materialized view dash.empty is 'nothing yet'; comment on index "Other one"."a key" is 'the key';
    alter view dash.top alter column height set default 7;
    create function dash.write() returns trigger language plpgsql as 'begin return new; end';
    create trigger on_insert instead of insert on dash.top for each row execute function dash.write();
    comment on trigger on_insert on dash.top is 'writes';
    create trigger on_ours instead of update on baleen.blocks for each row execute function dash.write();
    create table dash.log (height int8);
    create rule noted as on insert to dash.log do also select count(*) from dash.top;
    comment on rule noted on dash.log is 'counts';
    alter table dash.log disable rule noted;
    create function dash.label(b baleen.blocks) returns text language sql security definer set work_mem = '1MB'
      begin atomic select (b).chain_id || ' ' || (b).height; end;
    comment on function dash.label is 'a name';
    revoke execute on function dash.label from public; grant execute on function dash.label to looker;
    create table dash.named (name text default dash.label(null));
    grant select on dash.top to looker with grant option; grant select (height), update (height) on dash.top to public;
    alter view dash.top owner to dasher; alter materialized view "Other one".filled owner to dasher;
    grant select (height) on baleen.blocks to looker; grant select on baleen.blocks to dasher;
    grant select on "Other one".filled to current_user;
    alter view baleen.blocks set (security_barrier = true);
    alter default privileges in schema dash grant all on tables to looker; alter default privileges grant execute on functions to dasher`;
  beforeEach(async () => {
    await store.query(
      `do $$ begin create role dasher; create role looker; exception when duplicate_object then null; end $$`,
    );
  });

  it('is there again: owners, rights, options, comments, indexes, statistics, defaults, triggers, rules', async () => {
    await store.query(dressed);
    const before = [await catalogue(), await ours()];
    await migrateTo(await withColumn('first', 'baleen.blocks'));
    expect([await catalogue(), await ours()]).toEqual(before);
    expect(await store.query(`select height from "Other one".filled`)).toEqual([]);
    await expect(store.query(`select * from dash.empty`)).rejects.toThrow(/has not been populated/);
  });

  it('is there as well where a column was added at the end', async () => {
    await store.query(dressed);
    const before = [await catalogue(), await ours()];
    await migrateTo(await withColumn('last', 'baleen.blocks'));
    expect([await catalogue(), await ours()]).toEqual(before);
  });

  const ours = (): Promise<unknown> =>
    store.query(`select c.relacl::text, c.reloptions, (select string_agg(pg_get_triggerdef(t.oid), ',') from pg_trigger t where t.tgrelid = c.oid),
      (select string_agg(a.attname || a.attacl::text, ',') from pg_attribute a where a.attrelid = c.oid and a.attacl is not null)
      from pg_class c where c.oid = 'baleen.blocks'::regclass`);
});

describe('an object that can not be put back', () => {
  /** `blocks` without its column `size`, which is `bytes` now. */
  const withoutSize = async (): Promise<Definition[]> =>
    (await definitions()).map(({ name, text }) =>
      definition(name, name === 'views/040_blocks.sql' ? text.replace('b.size,', 'b.size as bytes,') : text),
    );

  /** Ends with an error and changes nothing; then what the error says is run, and it works. */
  async function expectRefused(wanted: Definition[], says: RegExp): Promise<void> {
    const before = [
      await catalogue(),
      await store.query('select * from baleen_store.definitions order by name'),
    ];
    const refused = await migrateTo(wanted).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(refused).toMatchObject({ code: 'STORE_DEPENDENT_OBJECT', kind: 'operator' });
    expect(refused!.message).toMatch(says);
    expect(refused!.message).toMatch(/nothing was changed/);
    expect([
      await catalogue(),
      await store.query('select * from baleen_store.definitions order by name'),
    ]).toEqual(before);
    const [, mend] = /on the new columns:\n([\s\S]*?)(?:\n\nAs it was:|$)/.exec(refused!.message)!;
    await store.query(mend!);
    await migrateTo(wanted);
  }
  beforeEach(() => store.query('create schema dash'));

  it('is a view on a column that is gone, and what stands on that view goes with it', async () => {
    await store.query(`create view dash.kept as select chain_id, time from baleen.blocks;
      create view dash.gone as select size from baleen.blocks;
      create materialized view dash.above as select * from dash.gone; create index on dash.above (size)`);
    await expectRefused(
      await withoutSize(),
      /view dash\.gone of role \w+ stands on it.*column "?size"? does not exist/s,
    );
    expect(await store.query('select * from dash.kept')).toEqual([]);
  });

  it('is a function that returns rows of a view by a list of columns, also where a column was only added at the end', async () => {
    await store.query(
      `create function dash.f() returns setof baleen.grants language sql begin atomic select * from baleen.grants; end`,
    );
    await expectRefused(
      await withColumn('last', 'baleen.grants'),
      /function dash\.f\(\).*return type mismatch/s,
    );
  });

  it.each([
    [
      'a table with a column of a row type',
      'create table dash.rows (id int, txs baleen.txs, many baleen.txs[])',
    ],
    ['a domain', 'create domain dash.tx as baleen.txs'],
    [
      'a policy',
      'create table dash.t (id int); create policy p on dash.t using (exists (select from baleen.txs))',
    ],
    [
      'a constraint',
      `create function dash.f(baleen.txs) returns bool language sql as 'select true'; create table dash.t (id int, check (dash.f(null)))`,
    ],
    [
      'an aggregate',
      `create function dash.f(int, baleen.txs) returns int language sql as 'select 1'; create aggregate dash.a (baleen.txs) (sfunc = dash.f, stype = int)`,
    ],
  ])('is %s', async (_, object) => {
    await store.query(object);
    await expectRefused(await withColumn('first', 'baleen.txs'), /only its owner knows how it is made/);
  });

  it('is one that names columns by their position: they would be others without a word', async () => {
    await store.query('create view dash.second as select b.two from baleen.balances b(one, two)');
    await expectRefused(await withColumn('first', 'baleen.balances'), /it names columns by their position/);
  });

  it('is another role’s, and the login that migrates may not give it back to that role', async () => {
    await store.query(`do $$ begin create role migrator login password 'x'; exception when duplicate_object then null; end $$;
      grant usage on schema dash to migrator; create view dash.theirs as select height from baleen.blocks`);
    const url = new URL(database.url);
    [url.username, url.password] = ['migrator', 'x'];
    const objects = await store.query(`
      select format('alter %s %s owner to migrator', case when relkind in ('v') then 'view' else 'table' end, oid::regclass) as sql
      from pg_class where relnamespace in ('baleen'::regnamespace, 'baleen_store'::regnamespace) and relkind in ('v', 'r', 'p')
      union all
      select format('alter %s %s owner to migrator', case prokind when 'a' then 'aggregate' else 'function' end, oid::regprocedure)
      from pg_proc where pronamespace in ('baleen'::regnamespace, 'baleen_store'::regnamespace)
      union all
      select format('alter schema %I owner to migrator', nspname) from pg_namespace where nspname like 'baleen%'`);
    for (const { sql } of objects) await store.query(sql as string);
    const pool = openPool(url.href);
    const refused = migrate(pool, {}, await withColumn('first', 'baleen.blocks'));
    await expect(refused).rejects.toMatchObject({
      code: 'STORE_DEPENDENT_OBJECT',
      message: expect.stringMatching(
        /view dash\.theirs of role \w+ stands on it.*must be owner of view theirs/,
      ),
    });
    await pool.end();
    expect(await store.query('select * from dash.theirs')).toEqual([]);
  });

  it('leaves the views as they are for one who only indexes; the tables go forward', async () => {
    await store.query('create view dash.gone as select size from baleen.blocks');
    const wanted = await withoutSize();
    wanted.splice(
      wanted.findIndex(({ name }) => name === 'comments'),
      0,
      definition('tables/9999_more.sql', 'create table baleen_store.more (id int)'),
    );
    const said: Error[] = [];
    await migrateTo(wanted, (reason) => said.push(reason));
    expect(said).toMatchObject([{ code: 'STORE_DEPENDENT_OBJECT' }]);
    expect(await store.query(`select to_regclass('baleen_store.more')::text as made`)).toEqual([
      { made: 'baleen_store.more' },
    ]);
    expect(await store.query('select size from dash.gone')).toEqual([]);
  });
});

describe('a table', () => {
  it('changes a column that views read, and users’ objects on these are kept', async () => {
    await store.query(`create schema dash; create view dash.sizes as select size from baleen.blocks;
      create materialized view dash.m as select * from dash.sizes`);
    const wanted = await definitions();
    wanted.splice(
      wanted.findIndex(({ name }) => name === 'comments'),
      0,
      definition('tables/9999_size.sql', 'alter table baleen_store.blocks alter column size type numeric'),
    );
    await migrateTo(wanted);
    expect(
      await store.query(
        `select format_type(atttypid, null) as type from pg_attribute where attrelid = 'dash.m'::regclass and attname = 'size'`,
      ),
    ).toEqual([{ type: 'numeric' }]);
    expect(
      await store.query(`select count(*)::int as bare from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'baleen'::regnamespace and c.relkind = 'v' and a.attnum > 0 and col_description(c.oid, a.attnum) is null`),
    ).toEqual([{ bare: 0 }]);
  });
});
