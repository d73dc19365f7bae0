import { readFileSync } from 'node:fs';
import type { BlockRange } from '@baleen/chain';
import type { TableName } from '@baleen/tables';
import type pg from 'pg';
import { literal, type Queries, run, transaction } from './connections.ts';
import { lockLeaves } from './locks.ts';

/** Tables with a partition per run of heights, and how many times more heights than those of `events` it has.
 *
 * A hash without its chain must plan every leaf of txs: 300 leaves cost 23 ms, 48 cost 2 ms (PostgreSQL 15). */
const LEAF_FACTORS = {
  blocks: 8,
  txs: 8,
  messages: 4,
  tx_signatures: 8,
  tx_fees: 8,
  events: 1,
  commits: 8,
  missed_votes: 8,
} as const satisfies Partial<Record<TableName, number>>;

export type PartitionedTable = keyof typeof LEAF_FACTORS;
export const partitionedTables = Object.keys(LEAF_FACTORS) as PartitionedTable[];

/** Events of a leaf: large, so that few leaves are planned; small enough for one VACUUM or index at a time. */
const EVENTS_PER_LEAF = 5_000_000;
/** Leaves of events that a chain starts with at most, whatever its length. */
const MAX_LEAVES = 40;

/** Heights of a leaf of events, from an estimate of events per block and the heights to come. */
export function leafHeights(eventsPerBlock: number, heights: number): number {
  const byRows = EVENTS_PER_LEAF / Math.max(eventsPerBlock, 1);
  const byCount = heights / MAX_LEAVES;
  return Math.max(1, Math.ceil(Math.max(byRows, byCount) / 1000)) * 1000;
}

export interface ChainLeaves {
  readonly chainId: string;
  readonly number: number;
  readonly leafHeights: number;
}

/** What a new leaf begins with: what correctness needs, for loading; or all indexes, for rows that come one block at a time. */
export type LeafState = 'bare' | 'indexed';

interface Leaf {
  readonly name: string;
  readonly table: PartitionedTable;
  readonly range: BlockRange;
}

/** Partitions of all tables for the chain, without leaves. In the caller's transaction. */
export async function createChainPartitions(db: Queries, chain: ChainLeaves): Promise<void> {
  for (const table of partitionedTables) {
    const name = `${table}_${chain.number}`;
    await run(
      db,
      `create table baleen_store.${name} (like baleen_store.${table} including all excluding comments) partition by range (height)`,
    );
    await run(
      db,
      `alter table baleen_store.${table} attach partition baleen_store.${name} for values in (${literal(chain.chainId)})`,
    );
  }
}

/** Makes the leaves that the heights need. A commit of the first block stands one height below. */
export async function ensureLeaves(
  pool: pg.Pool,
  chain: ChainLeaves,
  range: BlockRange,
  known: Set<string>,
  state: LeafState = 'bare',
): Promise<void> {
  const needed = partitionedTables.flatMap((table) => leavesOf(chain, table, range));
  if (needed.every(({ name }) => known.has(name))) return;
  await transaction(pool, async (db) => {
    await lockLeaves(db);
    const names = needed.map(({ name }) => name);
    const rows = await db.selectFrom('leaves').select('leaf').where('leaf', 'in', names).execute();
    const there = new Set(rows.map(({ leaf }) => leaf));
    for (const leaf of needed) if (!there.has(leaf.name)) await createLeaf(db, chain, leaf, state);
  });
  for (const { name } of needed) known.add(name);
}

function leavesOf(chain: ChainLeaves, table: PartitionedTable, range: BlockRange): Leaf[] {
  const heights = chain.leafHeights * LEAF_FACTORS[table];
  const below = table === 'commits' || table === 'missed_votes' ? 1 : 0;
  const first = Math.floor(Math.max(0, range.from - below) / heights);
  const last = Math.floor(range.to / heights);
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    name: `${table}_${chain.number}_${first + index}`,
    table,
    range: { from: (first + index) * heights, to: (first + index + 1) * heights - 1 },
  }));
}

/** Made apart and attached: `create table partition of` would lock out every reader of the table. */
async function createLeaf(
  db: Queries,
  chain: ChainLeaves,
  { name, table, range }: Leaf,
  state: LeafState,
): Promise<void> {
  const bounds = `chain_id = ${literal(chain.chainId)} and height >= ${range.from} and height <= ${range.to}`;
  await run(
    db,
    `create table baleen_store.${name} (like baleen_store.${table} including all excluding comments, constraint bounds check (${bounds}))`,
  );
  for (const index of leafIndexes(table, name))
    if (index.unique || state === 'indexed') await run(db, index.sql);
  await run(
    db,
    `alter table baleen_store.${table}_${chain.number} attach partition baleen_store.${name}
     for values from (${range.from}) to (${range.to + 1})`,
  );
  // The partition's own bounds say the same from now on.
  await run(db, `alter table baleen_store.${name} drop constraint bounds`);
  await db
    .insertInto('leaves')
    .values({
      leaf: name,
      chain_id: chain.chainId,
      table_name: table,
      from_height: range.from,
      to_height: range.to,
    })
    .execute();
}

export interface LeafIndex {
  readonly name: string;
  readonly sql: string;
  /** Unique ones come with the leaf: correctness needs them. Others are built after loading. */
  readonly unique: boolean;
}

const templates = new Map<PartitionedTable, string>();

/** Indexes of a leaf, from migrations/indexes/<table>.sql. */
export function leafIndexes(table: PartitionedTable, leaf: string): LeafIndex[] {
  let template = templates.get(table);
  if (template === undefined) {
    template = readFileSync(new URL(`../../../migrations/indexes/${table}.sql`, import.meta.url), 'utf8');
    templates.set(table, template);
  }
  return [...template.matchAll(/^create (unique )?index (\S+) [^;]*;/gm)].map(([sql, unique, name]) => ({
    name: name!.replaceAll('{leaf}', leaf),
    sql: sql.replaceAll('{leaf}', leaf),
    unique: unique !== undefined,
  }));
}
