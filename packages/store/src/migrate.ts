import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { BaleenError } from '@baleen/chain';
import { tables } from '@baleen/tables';
import type pg from 'pg';
import { literal, type Queryable, sqlState, transaction } from './database.ts';
import { lockSchema } from './locks.ts';
import type { MigrateOptions } from './store.ts';

const MIGRATIONS = new URL('../../../migrations/', import.meta.url);

interface Definition {
  /** Path below migrations/; `comments` is made of packages/tables. */
  readonly name: string;
  readonly sql: string;
  readonly hash: string;
}

/** Tables forward, views anew, one transaction; safe from many processes at once.
 *
 * @throws BaleenError `STORE_MIGRATION_CHANGED`, `STORE_NEWER_DATABASE`, `STORE_ROLE_REFUSED` */
export async function migrate(pool: pg.Pool, options: MigrateOptions = {}): Promise<readonly string[]> {
  const wanted = await definitions();
  if (options.dryRun === true) return (await pending(pool, wanted)).map(({ sql }) => sql);
  // Without the lock first: the usual case is that nothing is to be done.
  if ((await pending(pool, wanted)).length === 0) return [];
  return transaction(pool, async (client) => {
    await lockSchema(client);
    await createBase(client);
    const todo = await pending(client, wanted);
    for (const definition of todo) await apply(client, definition);
    if (todo.length > 0) await client.query('grant select on all tables in schema baleen to baleen_reader');
    return todo.map(({ sql }) => sql);
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

const definition = (name: string, sql: string): Definition => ({
  name,
  sql,
  hash: createHash('sha256').update(sql).digest('hex'),
});

/** The comments of the tables of facts, as packages/tables tells them. */
function tableComments(): string {
  return Object.values(tables)
    .flatMap(({ name, doc, columns }) => [
      `comment on table baleen_store.${name} is ${literal(doc)};`,
      ...columns.map(
        (column) => `comment on column baleen_store.${name}.${column.name} is ${literal(column.doc)};`,
      ),
    ])
    .join('\n');
}

/** What the database doesn't have yet, or has in another form. */
async function pending(client: Queryable, wanted: readonly Definition[]): Promise<Definition[]> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('baleen_store.definitions') is not null as there`,
  );
  if (!rows[0]!.there) return [...wanted];
  const applied = await client.query<{ name: string; hash: string }>(
    'select name, hash from baleen_store.definitions',
  );
  const hashes = new Map(applied.rows.map(({ name, hash }) => [name, hash]));
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

async function createBase(client: Queryable): Promise<void> {
  await client.query('create schema if not exists baleen_store');
  await client.query('create schema if not exists baleen');
  await client.query(
    `create table if not exists baleen_store.definitions (
       name text constraint definitions_key primary key,
       hash text not null,
       applied_at timestamptz not null default now()
     )`,
  );
  await client.query(
    `comment on table baleen_store.definitions is 'One row is a file of migrations/ that was applied. Key: name.'`,
  );
  await createReader(client);
}

/** Roles are of the whole cluster, and our lock of one database: another database's migration may win the race. */
async function createReader(client: Queryable): Promise<void> {
  await client.query('savepoint reader');
  try {
    await client.query(
      `do $$ begin
         if not exists (select from pg_roles where rolname = 'baleen_reader') then create role baleen_reader nologin; end if;
       exception when duplicate_object or unique_violation then null;
       end $$`,
    );
  } catch (cause) {
    await client.query('rollback to savepoint reader');
    throw sqlState(cause) === '42501' ? roleRefused(cause) : cause;
  }
  await client.query('grant usage on schema baleen to baleen_reader');
}

async function apply(client: Queryable, { name, sql, hash }: Definition): Promise<void> {
  await client.query('savepoint definition');
  try {
    await client.query(sql);
  } catch (error) {
    // A view whose columns moved can't be replaced (SQLSTATE 42P16): before the first release it is made anew.
    if (sqlState(error) !== '42P16') throw error;
    await client.query('rollback to savepoint definition');
    for (const view of viewsOf(sql).reverse()) await client.query(`drop view if exists ${view}`);
    await client.query(sql);
  }
  await client.query(
    `insert into baleen_store.definitions (name, hash) values ($1, $2)
     on conflict (name) do update set hash = excluded.hash, applied_at = now()`,
    [name, hash],
  );
}

const viewsOf = (sql: string): string[] =>
  [...sql.matchAll(/^create or replace view (\S+)/gm)].map(([, view]) => view!);

const roleRefused = (cause: unknown): BaleenError =>
  new BaleenError(
    'operator',
    'STORE_ROLE_REFUSED',
    'migrate: create role baleen_reader: this login lacks CREATEROLE; run once as an administrator: create role baleen_reader nologin',
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
