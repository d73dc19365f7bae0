/** Computes checksums of a database's tables. Equal checksums mean the same facts, whatever the order of writing. */
import type { Client } from 'pg';

/** Columns that say when, how often or in which pieces something was written, and not what. */
const WRITING = new Set(['last_write', 'last_failed', 'next_try', 'attempts', 'leaf_heights', 'number']);
/** Tables about the database itself: its partitions, the migrations that ran, the running processes, and past verifications. */
const BOOKKEEPING = new Set(['leaves', 'definitions', 'leases', 'workers', 'sources', 'verifications']);
/** Tables of ranges. Only the heights that they cover are compared: the batches decide how
 * they are cut. */
const LEDGERS = new Set(['ranges', 'wanted_ranges']);

/** Returns the md5 of each table's ordered rows, by the table's name. Partitions are read through their parents, since it is no fact how
 * leaves are cut.
 * @param without  names of columns that are left out */
export async function checksums(
  client: Client,
  without: ReadonlySet<string> = new Set(),
): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attname) as columns
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'baleen_store'
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind in ('r', 'p') and not c.relispartition
     group by c.relname order by c.relname`,
  );
  const sums = new Map<string, string>();
  for (const { name, columns } of rows) {
    if (BOOKKEEPING.has(name)) continue;
    const facts = columns.filter((column) => !WRITING.has(column) && !without.has(column));
    sums.set(name, await checksumOf(client, name, facts, without));
  }
  return sums;
}

async function checksumOf(
  client: Client,
  table: string,
  columns: readonly string[],
  without: ReadonlySet<string>,
): Promise<string> {
  const row = columns.map((column) => client.escapeIdentifier(column)).join(', ');
  const keys = columns.filter((column) => !column.endsWith('_height')).join(', ');
  const from = `baleen_store.${client.escapeIdentifier(table)}`;
  const source = LEDGERS.has(table)
    ? `(select ${keys}, range_agg(int8range(from_height, to_height, '[]'))::text as heights from ${from} group by ${keys}) t`
    : `(select ${row} from ${from} ${table === 'undecoded' ? countsOf(client, without) : ''}) t`;
  const { rows } = await client.query<{ sum: string; count: string }>(
    `select count(*)::text, coalesce(md5(string_agg(line, E'\\n' order by line collate "C")), '') as sum
     from (select md5(t::text) as line from ${source}) lines`,
  );
  return `${rows[0]!.count} rows ${rows[0]!.sum}`;
}

/** The condition on `undecoded` that leaves out the texts of columns in `without`, which are not compared.
 *
 * The row `txs.log` counts the texts kept in `log_raw`. */
function countsOf(client: Client, without: ReadonlySet<string>): string {
  const columns = [...without].map((column) => client.escapeLiteral(column));
  return columns.length === 0
    ? ''
    : `where kind <> 'text' or split_part(name, '.', 2) || '_raw' not in (${columns.join(', ')})`;
}

/** Tables whose sums differ, in words. */
export function sumDifferences(one: Map<string, string>, other: Map<string, string>): string[] {
  const tables = [...new Set([...one.keys(), ...other.keys()])].sort();
  return tables
    .filter((table) => one.get(table) !== other.get(table))
    .map((table) => `${table}: ${one.get(table) ?? 'no table'} != ${other.get(table) ?? 'no table'}`);
}
