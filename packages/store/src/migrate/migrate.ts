import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { BaleenError } from '@baleen/chain';
import { stateTables, tables } from '@baleen/tables';
import { sql } from 'kysely';
import type pg from 'pg';
import { literal, type Queries, queriesOf, run, sqlState, transaction } from '../connections.ts';
import { lockSchema } from '../locks.ts';
import type { MigrateOptions } from '../store.ts';

const MIGRATIONS = new URL('../../../../migrations/', import.meta.url);

interface Definition {
  /** Path below migrations/; `comments` is made of packages/tables. */
  readonly name: string;
  readonly text: string;
  readonly hash: string;
}

/** Tables forward, views anew, one transaction; safe from many processes at once.
 *
 * @throws BaleenError `STORE_MIGRATION_CHANGED`, `STORE_NEWER_DATABASE`, `STORE_ROLE_REFUSED` */
export async function migrate(pool: pg.Pool, options: MigrateOptions = {}): Promise<readonly string[]> {
  const wanted = await definitions();
  // Without the lock first: the usual case is that nothing is to be done.
  const found = await pending(queriesOf(pool), wanted);
  if (options.dryRun === true || found.length === 0) return found.map(({ text }) => text);
  return transaction(pool, async (db) => {
    await lockSchema(db);
    await createBase(db);
    const todo = await pending(db, wanted);
    for (const definition of todo) await apply(db, definition);
    if (todo.length > 0) await run(db, 'grant select on all tables in schema baleen to baleen_reader');
    return todo.map(({ text }) => text);
  });
}

async function definitions(): Promise<Definition[]> {
  const files = await Promise.all([read('tables'), read('views')]);
  const [tableFiles, viewFiles] = files;
  return [...tableFiles!, definition('comments', tableComments()), ...viewFiles!];
}

async function read(folder: string): Promise<Definition[]> {
  const names = (await readdir(new URL(`${folder}/`, MIGRATIONS)))
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return Promise.all(
    names.map(async (name) =>
      definition(`${folder}/${name}`, await readFile(new URL(`${folder}/${name}`, MIGRATIONS), 'utf8')),
    ),
  );
}

const definition = (name: string, text: string): Definition => ({
  name,
  text,
  hash: createHash('sha256').update(text).digest('hex'),
});

/** The comments of the tables of facts and of state, as packages/tables tells them. */
function tableComments(): string {
  return [...Object.values(tables), ...stateTables]
    .flatMap(({ name, doc, columns }) => [
      `comment on table baleen_store.${name} is ${literal(doc)};`,
      ...columns.map(
        (column) => `comment on column baleen_store.${name}.${column.name} is ${literal(column.doc)};`,
      ),
    ])
    .join('\n');
}

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
  const views = changed.some(({ name }) => name.startsWith('views/'));
  // The last file comments the columns of all views: it runs again when any of them is new.
  return wanted.filter(
    (one) => changed.includes(one) || (views && one.name.endsWith('_common_comments.sql')),
  );
}

async function createBase(db: Queries): Promise<void> {
  await run(db, 'create schema if not exists baleen_store');
  await run(db, 'create schema if not exists baleen');
  await run(
    db,
    `create table if not exists baleen_store.definitions (
       name text constraint definitions_key primary key,
       hash text not null,
       applied_at timestamptz not null default now()
     )`,
  );
  await run(
    db,
    `comment on table baleen_store.definitions is 'One row is a file of migrations/ that was applied. Key: name.'`,
  );
  await createReader(db);
}

/** Roles are of the whole cluster, and our lock of one database: another database's migration may win the race.
 * A role that an administrator made, with a search_path of its own, is left as it is. */
async function createReader(db: Queries): Promise<void> {
  await run(db, 'savepoint reader');
  try {
    await run(
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
    await run(db, 'rollback to savepoint reader');
    throw sqlState(cause) === '42501' ? roleRefused(cause) : cause;
  }
  await run(db, 'grant usage on schema baleen to baleen_reader');
}

async function apply(db: Queries, { name, text, hash }: Definition): Promise<void> {
  await run(db, 'savepoint definition');
  try {
    await run(db, text);
  } catch (error) {
    // A view or function whose columns moved can't be replaced: before the first release it is made anew.
    if (!MOVED_COLUMNS.has(sqlState(error) ?? '')) throw error;
    await run(db, 'rollback to savepoint definition');
    for (const promised of promisesOf(text).reverse()) await run(db, `drop ${promised}`);
    await run(db, text);
  }
  await db
    .insertInto('definitions')
    .values({ name, hash })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ hash, applied_at: sql<Date>`now()` }))
    .execute();
}

/** invalid_table_definition of a view, invalid_function_definition. */
const MOVED_COLUMNS: ReadonlySet<string> = new Set(['42P16', '42P13']);

/** The file's views and its functions that are promised, as `drop` takes them. */
const promisesOf = (text: string): string[] =>
  [...text.matchAll(/^create or replace (view|function(?= baleen\.)) ([\w.]+)/gm)].map(
    ([, kind, name]) => `${kind} if exists ${name}`,
  );

const roleRefused = (cause: unknown): BaleenError =>
  new BaleenError(
    'operator',
    'STORE_ROLE_REFUSED',
    'migrate: create role baleen_reader: this login lacks CREATEROLE; run once as an administrator: ' +
      'create role baleen_reader nologin; alter role baleen_reader set search_path = baleen',
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
