/** Measures the limit: Postgres's own COPY of the rows that baleen wrote, then the same indexes. */
import { join } from 'node:path';
import type { Client } from 'pg';

export interface StoredTable {
  /** A leaf, or a table without leaves. */
  readonly name: string;
  readonly rows: number;
  /** With indexes and TOAST. */
  readonly bytes: number;
}

/** Tables of baleen_store that hold rows. */
export async function storedTables(client: Client): Promise<StoredTable[]> {
  const { rows } = await client.query<{ name: string; bytes: string }>(
    `select c.relname as name, pg_total_relation_size(c.oid)::text as bytes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'baleen_store' and c.relkind = 'r' order by c.relname`,
  );
  const tables: StoredTable[] = [];
  for (const { name, bytes } of rows) {
    const counted = await client.query<{ count: string }>(
      `select count(*)::text from ${original(client, name)}`,
    );
    tables.push({ name, bytes: Number(bytes), rows: Number(counted.rows[0]!.count) });
  }
  return tables;
}

const original = (client: Client, name: string): string => `baleen_store.${client.escapeIdentifier(name)}`;
const copied = (client: Client, name: string): string => `copied.${client.escapeIdentifier(name)}`;

export interface Baseline {
  readonly copySeconds: number;
  readonly indexSeconds: number;
}

/** @param folder  one that the server's account may write to */
export async function copyBaseline(
  client: Client,
  tables: readonly StoredTable[],
  folder: string,
): Promise<Baseline> {
  const names = tables.filter(({ rows }) => rows > 0).map(({ name }) => name);
  const file = (name: string): string => client.escapeLiteral(join(folder, `${name}.copy`));
  await client.query('drop schema if exists copied cascade; create schema copied');
  for (const name of names) {
    await client.query(`copy ${original(client, name)} to ${file(name)} (format binary)`);
    await client.query(`create table ${copied(client, name)} (like ${original(client, name)})`);
  }
  await client.query('checkpoint');
  const start = performance.now();
  for (const name of names)
    await client.query(`copy ${copied(client, name)} from ${file(name)} (format binary)`);
  const loaded = performance.now();
  for (const sql of await indexDefinitions(client, names)) await client.query(sql);
  for (const name of names) await client.query(`vacuum (freeze, analyze) ${copied(client, name)}`);
  const ready = performance.now();
  return { copySeconds: (loaded - start) / 1000, indexSeconds: (ready - loaded) / 1000 };
}

/** `create index` of every index of these tables, for the copies. */
async function indexDefinitions(client: Client, names: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ definition: string }>(
    `select pg_get_indexdef(i.indexrelid) as definition
     from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'baleen_store' and c.relname = any($1) order by c.relname`,
    [names],
  );
  return rows.map(({ definition }) => definition.replace(' ON baleen_store.', ' ON copied.'));
}
