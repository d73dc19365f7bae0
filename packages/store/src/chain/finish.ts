import { setTimeout as sleep } from 'node:timers/promises';
import { type BlockRange, covers } from '@baleen/chain';
import { type LeafTable, type Table, tableNames, tables } from '@baleen/tables';
import { sql } from 'kysely';
import type pg from 'pg';
import { ledgerRanges } from '../ledger/ledger.ts';
import { onOneConnection, type Queries, runStatements, storeTable } from '../postgres/connections.ts';
import { tryLockFinish, unlockFinish } from '../postgres/locks.ts';
import { leafIndexes } from './leaves.ts';

interface StoredLeaf {
  readonly leaf: string;
  readonly table_name: LeafTable;
  readonly from_height: number;
  readonly to_height: number;
}

/** Tables without partitions to which a batch writes. */
const unpartitioned: readonly string[] = tableNames.flatMap((name) => {
  const { storage } = tables[name] as Table;
  if (storage.kind === 'leaves') return [];
  return storage.kind === 'content' && storage.runs !== undefined ? [name, storage.runs.table] : [name];
});

/** Milliseconds between two tries to get the lock. A statement that waits for the lock would keep a snapshot open, and the other process's
 * `create index concurrently` would wait for that snapshot: a deadlock. */
const FINISH_POLL_MS = 100;

/** Finishes the chain's leaves, which are the partitions for a range of heights: builds missing indexes, vacuums, and seals each leaf that
 * has all of its heights. Readers and writers are not blocked. A second process that finishes the same chain waits for the first.
 *
 * Parent tables are not analysed. That would sample every leaf of every chain again, and the usual filters get the same plans without it
 * (filters.test.ts). */
export const finishChain = (pool: pg.Pool, chainId: string, signal?: AbortSignal): Promise<void> =>
  onOneConnection(pool, async (db) => {
    while (!(await tryLockFinish(db, chainId))) {
      if (signal?.aborted) return;
      await sleep(FINISH_POLL_MS);
    }
    await finishLeaves(db, chainId, signal);
    await unlockFinish(db, chainId);
  });

async function finishLeaves(db: Queries, chainId: string, signal?: AbortSignal): Promise<void> {
  const leaves = await db
    .selectFrom('leaves as l')
    .innerJoin('chains as c', 'c.chain_id', 'l.chain_id')
    .select(({ fn }) => [
      'l.leaf',
      'l.table_name',
      fn<number>('greatest', ['l.from_height', 'c.initial_height']).as('from_height'),
      'l.to_height',
    ])
    .where('l.chain_id', '=', chainId)
    .where('l.sealed_at', 'is', null)
    .orderBy('l.leaf')
    .execute();
  const blocks = await ledgerRanges(db, chainId, 'blocks');
  for (const leaf of leaves) {
    if (signal?.aborted) return;
    await finishLeaf(db, leaf, blocks);
  }
  if (signal?.aborted) return;
  for (const table of unpartitioned) await sql`vacuum (analyze) ${storeTable(table)}`.execute(db);
}

async function finishLeaf(db: Queries, leaf: StoredLeaf, blocks: readonly BlockRange[]): Promise<void> {
  for (const index of await missingIndexes(db, leaf.table_name, leaf.leaf)) await buildIndex(db, index);
  const whole = covers(blocks, {
    from: leaf.from_height,
    to: leaf.to_height + tables[leaf.table_name].storage.heightsBelow,
  });
  const freeze = whole ? sql`freeze, ` : sql``;
  await sql`vacuum (${freeze}analyze) ${storeTable(leaf.leaf)}`.execute(db);
  if (!whole) return;
  await checkTimes(db, leaf);
  await db.updateTable('leaves').set({ sealed_at: sql<Date>`now()` }).where('leaf', '=', leaf.leaf).execute();
}

interface MissingIndex {
  readonly name: string;
  readonly sql: string;
  /** True if an interrupted build has left an invalid index. */
  readonly broken: boolean;
}

async function missingIndexes(db: Queries, table: LeafTable, leaf: string): Promise<MissingIndex[]> {
  const { rows } = await sql<{ name: string; valid: boolean }>`
    select c.relname as name, i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = to_regclass(${`baleen_store.${leaf}`})`.execute(db);
  const valid = new Map(rows.map((row) => [row.name, row.valid]));
  return leafIndexes(table, leaf)
    .filter(({ name }) => valid.get(name) !== true)
    .map(({ name, sql }) => ({ name, sql, broken: valid.has(name) }));
}

async function buildIndex(db: Queries, { name, sql: statement, broken }: MissingIndex): Promise<void> {
  if (broken) await sql`drop index concurrently ${storeTable(name)}`.execute(db);
  await runStatements(db, statement.replace(/^create (unique )?index/, 'create $1index concurrently'));
}

/** Adds a CHECK on the range of `time` to a leaf, so that the planner skips the leaf for other times. The leaf has all of its heights, so
 * its range of times does not change any more. */
async function checkTimes(db: Queries, { leaf }: StoredLeaf): Promise<void> {
  const { rows } = await sql<{ low: string | null; high: string | null }>`
    select min(time)::text as low, max(time)::text as high from ${storeTable(leaf)}`.execute(db);
  const { low, high } = rows[0]!;
  if (low === null || high === null) return;
  const table = storeTable(leaf);
  await sql`alter table ${table} drop constraint if exists times`.execute(db);
  await sql`
    alter table ${table} add constraint times check (time >= ${sql.lit(low)} and time <= ${sql.lit(high)}) not valid`.execute(
    db,
  );
  await sql`alter table ${table} validate constraint times`.execute(db);
}

/** Lists the chain's indexes that are still to be built, as `<leaf>: <index>`. */
export async function allMissingIndexes(db: Queries, chainId: string): Promise<string[]> {
  const leaves = await db
    .selectFrom('leaves')
    .select(['leaf', 'table_name'])
    .where('chain_id', '=', chainId)
    .where('sealed_at', 'is', null)
    .orderBy('leaf')
    .execute();
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
    where i.indisvalid and c.relnamespace = 'baleen_store'::regnamespace
      and t.relname = any(${leaves.map(({ leaf }) => leaf)})`.execute(db);
  const there = new Set(rows.map(({ name }) => name));
  return leaves.flatMap(({ leaf, table_name }) =>
    leafIndexes(table_name, leaf)
      .filter(({ name }) => !there.has(name))
      .map(({ name }) => `${leaf}: ${name}`),
  );
}
