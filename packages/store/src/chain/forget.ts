/** Removes blocks of a chain, or all of it: rows and ledger together. */
import { BaleenError, type BlockRange, intersection, merged, shownRange, split } from '@baleen/chain';
import { type Content, contentTables, leafTables, tables } from '@baleen/tables';
import { sql } from 'kysely';
import type pg from 'pg';
import { cutHeights } from '../ledger/cut-heights.ts';
import { ledgerRanges } from '../ledger/ledger.ts';
import { type Queries, queriesOf, storeTable, transaction } from '../postgres/connections.ts';
import { lockChain, lockLeaves, lockState } from '../postgres/locks.ts';
import { notify } from '../postgres/notify.ts';
import { removeHeights } from '../write/heights.ts';
import { loadChain } from './chains.ts';
import type { ChainLeaves } from './leaves.ts';

/** Heights of a transaction: writers of the chain wait for it. */
const HEIGHTS_AT_ONCE = 1_000;

export interface ForgetOptions {
  /** Heights to forget; undefined: the chain with all that is known of it. The application's state goes only with the chain. */
  readonly range?: BlockRange | undefined;
  /** After each commit: the heights that are gone. */
  readonly onForgotten?: (range: BlockRange) => void;
  /** Ends it after the commit that is under way. */
  readonly signal?: AbortSignal;
}

/** From the highest height down, some at a time, each in a transaction of its own: when it is interrupted, the same call goes on.
 *
 * @returns false: `signal` ended it before all was gone
 * @throws BaleenError `STORE_UNKNOWN_CHAIN`, `STORE_CHAIN_IN_USE` */
export async function forget(pool: pg.Pool, chainId: string, options: ForgetOptions = {}): Promise<boolean> {
  const db = queriesOf(pool);
  const chain = await loadChain(db, chainId);
  await checkUnused(db, chainId);
  const pieces = [...split(await heightsThere(db, chainId, options.range), HEIGHTS_AT_ONCE)].reverse();
  for (const piece of pieces) {
    if (options.signal?.aborted) return false;
    await transaction(pool, (db) => forgetHeights(db, chain, piece));
    options.onForgotten?.(piece);
  }
  if (options.range === undefined) await transaction(pool, (db) => forgetChain(db, chain));
  else await transaction(pool, (db) => forgetAsked(db, chain, options.range!));
  return true;
}

/** A process that goes on writing would fill in again what is removed. */
async function checkUnused(db: Queries, chainId: string): Promise<void> {
  const working = await db
    .selectFrom('baleen.workers')
    .select(['command', 'host', 'pid'])
    .where('chain_id', '=', chainId)
    .where('state', '=', 'working')
    .execute();
  if (working.length === 0) return;
  const who = working.map(({ command, host, pid }) => `${command} (pid ${pid} on ${host})`).join(', ');
  throw new BaleenError(
    'operator',
    'STORE_CHAIN_IN_USE',
    `forget ${chainId}: expected that nobody works on it, found ${who}; nothing removed; stop it first (one that was killed is ` +
      'forgotten after 30 seconds)',
  );
}

async function heightsThere(
  db: Queries,
  chainId: string,
  range: BlockRange | undefined,
): Promise<BlockRange[]> {
  const there = await ledgerRanges(db, chainId, 'blocks');
  return range === undefined ? there : there.flatMap((one) => intersection(one, range) ?? []);
}

async function forgetHeights(db: Queries, chain: ChainLeaves, range: BlockRange): Promise<void> {
  const { chainId, number } = chain;
  await lockChain(db, number);
  await unseal(db, chainId, range);
  await removeHeights(db, chainId, range);
  for (const table of contentTables) {
    const { runs } = tables[table].storage as Content;
    if (runs !== undefined) await cutHeights(db, runs.table, chainId, range);
  }
  await cutHeights(db, 'ranges', chainId, range, sql`kind not like 'state:%'`);
  await notify(db, chainId, range);
}

/** Leaves that are not whole any more: what is written to them next may have other times. */
async function unseal(db: Queries, chainId: string, { from, to }: BlockRange): Promise<void> {
  const leaves = await db
    .updateTable('leaves')
    .set({ sealed_at: null })
    .where('chain_id', '=', chainId)
    .where('sealed_at', 'is not', null)
    .where('from_height', '<=', to)
    .where('to_height', '>=', from - 1)
    .returning('leaf')
    .execute();
  for (const { leaf } of leaves)
    await sql`alter table ${storeTable(leaf)} drop constraint if exists times`.execute(db);
}

/** Heights that were forgotten are not asked for any more, and content that no height names is not kept. */
async function forgetAsked(db: Queries, { chainId, number }: ChainLeaves, range: BlockRange): Promise<void> {
  await lockChain(db, number);
  for (const table of ['wanted_ranges', 'failed_ranges', 'enqueued_ranges'])
    await cutHeights(db, table, chainId, range);
  for (const table of contentTables) {
    const { runs } = tables[table].storage as Content;
    if (runs === undefined) continue;
    await sql`
      delete from ${storeTable(table)} c
      where c.chain_id = ${chainId} and not exists (
        select from ${storeTable(runs.table)} r
        where r.chain_id = c.chain_id and r.${sql.ref(runs.column)} = c.${sql.ref(runs.column)}
      )`.execute(db);
  }
}

/** What is left of a chain without blocks. `lineages` is the user's and stays. */
async function forgetChain(db: Queries, { chainId, number }: ChainLeaves): Promise<void> {
  await lockLeaves(db);
  await lockState(db, number);
  await lockChain(db, number);
  const rest = merged(await ledgerRanges(db, chainId, 'blocks'));
  if (rest.length > 0) throw writtenMeanwhile(chainId, rest);
  for (const table of leafTables)
    await sql`drop table if exists ${storeTable(`${table}_${number}`)}`.execute(db);
  for (const table of await tablesOfChains(db))
    await sql`delete from ${storeTable(table)} where chain_id = ${chainId}`.execute(db);
  await db.deleteFrom('chains').where('chain_id', '=', chainId).execute();
}

/** Every other table with rows of a chain. */
async function tablesOfChains(db: Queries): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'chain_id' and not a.attisdropped
    where c.relnamespace = 'baleen_store'::regnamespace and c.relkind = 'r' and not c.relispartition
      and c.relname not in ('chains', 'lineages')
    order by c.relname`.execute(db);
  return rows.map(({ name }) => name);
}

const writtenMeanwhile = (chainId: string, there: readonly BlockRange[]): BaleenError =>
  new BaleenError(
    'operator',
    'STORE_CHAIN_IN_USE',
    `forget ${chainId}: another process wrote blocks ${there.map(shownRange).join(', ')} meanwhile; stop it, then forget again`,
  );
