import { readFileSync } from 'node:fs';
import type { BlockRange } from '@baleen/chain';
import { type LeafTable, leafTables, tables } from '@baleen/tables';
import { sql } from 'kysely';
import type pg from 'pg';
import { type Queries, runStatements, storeTable, transaction } from '../postgres/connections.ts';
import { lockLeaves } from '../postgres/locks.ts';

/** Events of a leaf. Large, since each leaf costs planning time; small enough that VACUUM and index builds finish in minutes. */
const EVENTS_PER_LEAF = 5_000_000;
/** Most leaves of `events` that a chain begins with, whatever its length. */
const MAX_LEAVES = 40;

/** Heights of a leaf of `events`, from estimates of the events per block and of the chain's length. */
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

/** Indexes of a new leaf. bare: only its unique key, for bulk loading. indexed: all, for blocks that come one at a time. */
export type LeafState = 'bare' | 'indexed';

interface Leaf {
  readonly name: string;
  readonly table: LeafTable;
  readonly range: BlockRange;
}

/** Creates the chain's own partition in each table that lacks it. Its leaves, the partitions by height, are created later. The caller
 * must hold the lock of leaves in its transaction. */
export async function createChainPartitions(db: Queries, chain: ChainLeaves): Promise<void> {
  const names = leafTables.map((table) => `${table}_${chain.number}`);
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relnamespace = 'baleen_store'::regnamespace and relname = any(${names})`.execute(
    db,
  );
  const there = new Set(rows.map(({ name }) => name));
  for (const table of leafTables) {
    if (there.has(`${table}_${chain.number}`)) continue;
    const name = `${table}_${chain.number}`;
    await sql`
      create table ${storeTable(name)} (like ${storeTable(table)} including all excluding comments)
      partition by range (height)`.execute(db);
    await sql`
      alter table ${storeTable(table)} attach partition ${storeTable(name)}
      for values in (${sql.lit(chain.chainId)})`.execute(db);
  }
}

/** Creates the leaves that rows of these heights need.
 *
 * @param known  names of leaves that exist, as earlier calls found; new ones are added */
export async function ensureLeaves(
  pool: pg.Pool,
  chain: ChainLeaves,
  range: BlockRange,
  known: Set<string>,
  state: LeafState = 'bare',
): Promise<void> {
  const needed = leafTables.flatMap((table) => leavesOf(chain, table, range));
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

function leavesOf(chain: ChainLeaves, table: LeafTable, range: BlockRange): Leaf[] {
  const { factor, heightsBelow } = tables[table].storage;
  const heights = chain.leafHeights * factor;
  const first = Math.floor(Math.max(0, range.from - heightsBelow) / heights);
  const last = Math.floor(range.to / heights);
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    name: `${table}_${chain.number}_${first + index}`,
    table,
    range: { from: (first + index) * heights, to: (first + index + 1) * heights - 1 },
  }));
}

/** Creates a leaf apart from its table and attaches it. `create table partition of` would lock out every reader of the table. */
async function createLeaf(
  db: Queries,
  chain: ChainLeaves,
  { name, table, range }: Leaf,
  state: LeafState,
): Promise<void> {
  const [from, to, above] = [range.from, range.to, range.to + 1].map((height) => sql.lit(height));
  await sql`
    create table ${storeTable(name)} (
      like ${storeTable(table)} including all excluding comments,
      constraint bounds check (chain_id = ${sql.lit(chain.chainId)} and height >= ${from} and height <= ${to})
    )`.execute(db);
  for (const index of leafIndexes(table, name))
    if (index.unique || state === 'indexed') await runStatements(db, index.sql);
  await sql`
    alter table ${storeTable(`${table}_${chain.number}`)} attach partition ${storeTable(name)}
    for values from (${from}) to (${above})`.execute(db);
  // The bounds of the partition imply the same from now on.
  await sql`alter table ${storeTable(name)} drop constraint bounds`.execute(db);
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
  /** Whether it is a unique key, which a leaf has from the start. Other indexes are built after loading. */
  readonly unique: boolean;
}

const templates = new Map<LeafTable, string>();

/** Indexes of a leaf, from migrations/indexes/<table>.sql. */
export function leafIndexes(table: LeafTable, leaf: string): LeafIndex[] {
  let template = templates.get(table);
  if (template === undefined) {
    template = readFileSync(new URL(`../../../../migrations/indexes/${table}.sql`, import.meta.url), 'utf8');
    templates.set(table, template);
  }
  return [...template.matchAll(/^create (unique )?index (\S+) [^;]*;/gm)].map(([sql, unique, name]) => ({
    name: name!.replaceAll('{leaf}', leaf),
    sql: sql.replaceAll('{leaf}', leaf),
    unique: unique !== undefined,
  }));
}
