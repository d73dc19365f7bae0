import { BaleenError } from '@baleen/chain';
import { sql } from 'kysely';
import type pg from 'pg';
import { type Queries, queriesOf, runStatements, transaction } from '../postgres/connections.ts';
import { lockSchema } from '../postgres/locks.ts';
import { sqlState } from '../postgres/postgres-faults.ts';
import { applyAll } from './apply.ts';
import { type Definition, definitions } from './definitions.ts';
import { dropFormer } from './former-views.ts';

export interface MigrateOptions {
  /** Only tell the SQL that would run. */
  readonly dryRun?: boolean;
  /** Called where an object of a user's stands in the way of a view's new form: the tables are brought forward, and all views stay as
   * they are. Without it such an object is an error, and nothing changes. */
  onViewsLeft?(reason: BaleenError): void;
  /** Called with a sentence about each view of an earlier version that is left because a user's object stands on it. */
  onFormerLeft?(line: string): void;
}

/** Brings tables forward and makes changed views anew, in one transaction; safe from many processes at once.
 *
 * Objects that users have made on our views are kept: see users-objects.ts.
 *
 * @param wanted  what the database is to have; tests give other forms than those of migrations/
 * @throws BaleenError operator `STORE_MIGRATION_CHANGED`, `STORE_NEWER_DATABASE`, `STORE_ROLE_REFUSED`, `STORE_SCHEMA_REFUSED`, `STORE_DEPENDENT_OBJECT` */
export async function migrate(
  pool: pg.Pool,
  options: MigrateOptions = {},
  wanted?: readonly Definition[],
): Promise<readonly string[]> {
  const all = wanted ?? (await definitions());
  // Without the lock first: the usual case is that nothing is to be done.
  const found = await pending(queriesOf(pool), all);
  if (options.dryRun === true || found.length === 0) return found.map(({ text }) => text);
  try {
    return await bringForward(pool, all, () => true, options);
  } catch (error) {
    if (options.onViewsLeft === undefined || !isDependentObject(error)) throw error;
    const done = await bringForward(pool, all, ({ name }) => !name.startsWith('views/'), {});
    options.onViewsLeft(error);
    return done;
  }
}

const isDependentObject = (error: unknown): error is BaleenError =>
  error instanceof BaleenError && error.code === 'STORE_DEPENDENT_OBJECT';

/** Applies what is pending and `isWanted`, all or nothing. Resolves to the SQL that ran. */
const bringForward = (
  pool: pg.Pool,
  all: readonly Definition[],
  isWanted: (definition: Definition) => boolean,
  { onFormerLeft }: MigrateOptions,
): Promise<readonly string[]> =>
  transaction(pool, async (db) => {
    await lockSchema(db);
    await createBase(db);
    const todo = (await pending(db, all)).filter(isWanted);
    if (todo.length === 0) return [];
    await applyAll(db, todo, all);
    if (todo.some(({ name }) => name.startsWith('views/')))
      for (const line of await dropFormer(db, all)) onFormerLeft?.(line);
    await grantViews(db);
    return todo.map(({ text }) => text);
  });

/** What the database doesn't have yet, or has in another form. */
async function pending(db: Queries, wanted: readonly Definition[]): Promise<Definition[]> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('baleen_store.definitions') is not null as there`.execute(db);
  if (!rows[0]!.there) return [...wanted];
  const applied = await db.selectFrom('definitions').select(['name', 'hash']).execute();
  const hashes = new Map(applied.map(({ name, hash }) => [name, hash]));
  const names = new Set(wanted.map(({ name }) => name));
  for (const name of hashes.keys())
    if (name.startsWith('tables/') && !names.has(name)) throw newerDatabase(name);
  const changed = wanted.filter(({ name, hash }) => hashes.get(name) !== hash);
  for (const { name } of changed)
    if (name.startsWith('tables/') && hashes.has(name)) throw changedMigration(name);
  const views =
    changed.some(({ name }) => name.startsWith('views/')) ||
    [...hashes.keys()].some((name) => name.startsWith('views/') && !names.has(name));
  // The last file comments the columns of all views: it runs again when any of them is new.
  return wanted.filter(
    (one) => changed.includes(one) || (views && one.name.endsWith('_common_comments.sql')),
  );
}

async function createBase(db: Queries): Promise<void> {
  await createSchemas(db);
  await runStatements(
    db,
    `create table if not exists baleen_store.definitions (
       name text constraint definitions_key primary key,
       hash text not null,
       applied_at timestamptz not null default now()
     )`,
  );
  await runStatements(db, 'alter table baleen_store.definitions add column if not exists makes text[]');
  await runStatements(
    db,
    `comment on table baleen_store.definitions is 'One row is a file of migrations/ that was applied. Key: name.'`,
  );
  await runStatements(
    db,
    `comment on column baleen_store.definitions.makes is 'Views and functions that the file makes; with the last file also those of earlier versions that a user''s object stands on. NULL: it makes none.'`,
  );
  await createReader(db);
}

/** Schemas that an administrator made are taken as they are: `if not exists` would ask for the right to make them all the same. */
async function createSchemas(db: Queries): Promise<void> {
  const { rows } = await sql<{ schema: string; grant: string }>`
    select schema, format('grant create on database %I to %I', current_database(), current_user) as grant
    from unnest(array['baleen_store', 'baleen']) as schema where to_regnamespace(schema) is null`.execute(db);
  for (const { schema, grant } of rows) {
    try {
      await runStatements(db, `create schema ${schema}`);
    } catch (cause) {
      throw sqlState(cause) === '42501' ? schemaRefused(schema, grant, cause) : cause;
    }
  }
}

/** Views in schema baleen that somebody else owns are theirs to grant. */
async function grantViews(db: Queries): Promise<void> {
  const { rows } = await sql<{ views: string | null }>`
    select string_agg('baleen.' || quote_ident(relname), ', ') as views from pg_class
    where relnamespace = 'baleen'::regnamespace and relkind = 'v' and pg_has_role(relowner, 'usage')`.execute(
    db,
  );
  if (rows[0]!.views !== null) await runStatements(db, `grant select on ${rows[0]!.views} to baleen_reader`);
}

/** Roles are of the whole cluster, and our lock of one database: another database's migration may win the race.
 * A role that an administrator made, with a search_path of its own, is left as it is. */
async function createReader(db: Queries): Promise<void> {
  await runStatements(db, 'savepoint reader');
  try {
    await runStatements(
      db,
      `do $$ begin
         if not exists (select from pg_roles where rolname = 'baleen_reader') then create role baleen_reader nologin; end if;
         if not exists (
           select from pg_roles where rolname = 'baleen_reader' and array_to_string(rolconfig, ' ') ~ '\\msearch_path='
         ) then alter role baleen_reader set search_path = baleen; end if;
       exception when duplicate_object or unique_violation then null;
       end $$`,
    );
  } catch (cause) {
    // Fails where the session is gone, which the cause says better.
    await runStatements(db, 'rollback to savepoint reader').catch(() => undefined);
    throw sqlState(cause) === '42501' ? roleRefused(cause) : cause;
  }
  await runStatements(db, 'grant usage on schema baleen to baleen_reader');
}

const roleRefused = (cause: unknown): BaleenError =>
  new BaleenError(
    'operator',
    'STORE_ROLE_REFUSED',
    'migrate: create role baleen_reader: this login lacks CREATEROLE; run once as an administrator: ' +
      'create role baleen_reader nologin; alter role baleen_reader set search_path = baleen',
    { cause },
  );

const schemaRefused = (schema: string, grant: string, cause: unknown): BaleenError =>
  new BaleenError(
    'operator',
    'STORE_SCHEMA_REFUSED',
    `migrate: create schema ${schema}: this login may not create schemas in this database; run once as its owner or an administrator: ${grant}`,
    { cause },
  );

const changedMigration = (name: string): BaleenError =>
  new BaleenError(
    'operator',
    'STORE_MIGRATION_CHANGED',
    `migrate: migrations/${name} was applied in another form; expected it unchanged, as tables only move forward: restore it and add a new file`,
  );

const newerDatabase = (name: string): BaleenError =>
  new BaleenError(
    'operator',
    'STORE_NEWER_DATABASE',
    `migrate: the database has ${name}, which this version of baleen does not know; use the newer version`,
  );
