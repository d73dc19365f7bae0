import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockRange } from '@baleen/chain';
import type pg from 'pg';
import { connect, literal, type Queryable } from './database.ts';
import { leafIndexes, type PartitionedTable } from './leaves.ts';
import { ledgerRanges } from './ledger.ts';
import { tryLockFinish, unlockFinish } from './locks.ts';
import { covers } from './ranges.ts';

interface StoredLeaf {
  leaf: string;
  table_name: PartitionedTable;
  from_height: string;
  to_height: string;
}

/** Tables without leaves that a batch writes to. */
const UNPARTITIONED = [
  'tx_hashes',
  'evidence',
  'validators',
  'validator_sets',
  'validator_set_ranges',
  'consensus_params',
];

/** Between two asks for the lock. Waiting inside a statement would hold a snapshot, which the other's `create index
 * concurrently` waits for: a deadlock. */
const FINISH_POLL_MS = 100;

/** Builds missing indexes, vacuums, and seals the leaves that are whole. Readers and writers go on meanwhile;
 * a second process that finishes the same chain waits for the first.
 *
 * Parents are not analysed: that samples every leaf of every chain again, and plans of the natural filters are the same
 * without (filters.test.ts). */
export async function finishChain(pool: pg.Pool, chainId: string): Promise<void> {
  const client = await connect(pool);
  try {
    while (!(await tryLockFinish(client, chainId))) await sleep(FINISH_POLL_MS);
    await finishLeaves(client, chainId);
    await unlockFinish(client, chainId);
    client.release();
  } catch (error) {
    // Closing the session frees the lock.
    client.release(true);
    throw error;
  }
}

async function finishLeaves(client: Queryable, chainId: string): Promise<void> {
  const { rows } = await client.query<StoredLeaf>(
    `select l.leaf, l.table_name, greatest(l.from_height, c.initial_height) as from_height, l.to_height
       from baleen_store.leaves l join baleen_store.chains c using (chain_id)
       where l.chain_id = $1 and l.sealed_at is null order by l.leaf`,
    [chainId],
  );
  const blocks = await ledgerRanges(client, chainId, 'blocks');
  for (const leaf of rows) await finishLeaf(client, leaf, blocks);
  for (const table of UNPARTITIONED) await client.query(`vacuum (analyze) baleen_store.${table}`);
}

async function finishLeaf(client: Queryable, leaf: StoredLeaf, blocks: readonly BlockRange[]): Promise<void> {
  for (const index of await missingIndexes(client, leaf.table_name, leaf.leaf))
    await buildIndex(client, index);
  const whole = covers(blocks, {
    from: Number(leaf.from_height),
    to: Number(leaf.to_height) + carried(leaf.table_name),
  });
  await client.query(`vacuum (${whole ? 'freeze, ' : ''}analyze) baleen_store.${leaf.leaf}`);
  if (!whole) return;
  await checkTimes(client, leaf);
  await client.query('update baleen_store.leaves set sealed_at = now() where leaf = $1', [leaf.leaf]);
}

/** A commit comes with the next block. */
const carried = (table: PartitionedTable): number =>
  table === 'commits' || table === 'missed_votes' ? 1 : 0;

interface MissingIndex {
  readonly name: string;
  readonly sql: string;
  /** Left behind by a build that was stopped. */
  readonly broken: boolean;
}

async function missingIndexes(
  client: Queryable,
  table: PartitionedTable,
  leaf: string,
): Promise<MissingIndex[]> {
  const { rows } = await client.query<{ name: string; valid: boolean }>(
    `select c.relname as name, i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = to_regclass($1)`,
    [`baleen_store.${leaf}`],
  );
  const valid = new Map(rows.map((row) => [row.name, row.valid]));
  return leafIndexes(table, leaf)
    .filter(({ name }) => valid.get(name) !== true)
    .map(({ name, sql }) => ({ name, sql, broken: valid.has(name) }));
}

async function buildIndex(client: Queryable, { name, sql, broken }: MissingIndex): Promise<void> {
  if (broken) await client.query(`drop index concurrently baleen_store.${name}`);
  await client.query(sql.replace(/^create (unique )?index/, 'create $1index concurrently'));
}

/** A CHECK on the range of times lets `time between` skip the leaf. Rows of a whole leaf keep their times for ever. */
async function checkTimes(client: Queryable, { leaf }: StoredLeaf): Promise<void> {
  const { rows } = await client.query<{ low: string | null; high: string | null }>(
    `select min(time)::text as low, max(time)::text as high from baleen_store.${leaf}`,
  );
  const { low, high } = rows[0]!;
  if (low === null || high === null) return;
  const check = `check (time >= ${literal(low)} and time <= ${literal(high)})`;
  await client.query(`alter table baleen_store.${leaf} drop constraint if exists times`);
  await client.query(`alter table baleen_store.${leaf} add constraint times ${check} not valid`);
  await client.query(`alter table baleen_store.${leaf} validate constraint times`);
}

/** Indexes still to be built, as `<leaf>: <index>`. */
export async function allMissingIndexes(client: Queryable, chainId: string): Promise<string[]> {
  const { rows } = await client.query<{ leaf: string; table_name: PartitionedTable }>(
    'select leaf, table_name from baleen_store.leaves where chain_id = $1 and sealed_at is null order by leaf',
    [chainId],
  );
  const found = await client.query<{ name: string }>(
    `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
     where i.indisvalid and c.relnamespace = 'baleen_store'::regnamespace and t.relname = any($1)`,
    [rows.map(({ leaf }) => leaf)],
  );
  const there = new Set(found.rows.map(({ name }) => name));
  return rows.flatMap(({ leaf, table_name }) =>
    leafIndexes(table_name, leaf)
      .filter(({ name }) => !there.has(name))
      .map(({ name }) => `${leaf}: ${name}`),
  );
}
