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
import { keysTaken, nameAbsent, nameOperators } from '../write/missed-votes.ts';
import { loadChain } from './chains.ts';
import type { ChainLeaves } from './leaves.ts';
import { removeUnreferenced } from './unreferenced.ts';
import { checkUnused } from './unused.ts';

/** Heights removed in one transaction. Writers of the chain wait meanwhile. */
const HEIGHTS_AT_ONCE = 1_000;

export interface ForgetOptions {
  /** Heights to forget; undefined: the chain with all that is known of it. The application's state goes only with the chain. */
  readonly range?: BlockRange | undefined;
  /** Called after each commit with the heights that it removed. */
  readonly onForgotten?: (range: BlockRange) => void;
  /** When aborted, the call ends after the commit that is under way. */
  readonly signal?: AbortSignal;
}

/** Removes blocks from the highest height down, some in each transaction. After an interruption the same call goes on.
 *
 * @returns false: `signal` ended it before all was gone
 * @throws BaleenError `STORE_UNKNOWN_CHAIN`, `STORE_CHAIN_IN_USE` */
export async function forget(pool: pg.Pool, chainId: string, options: ForgetOptions = {}): Promise<boolean> {
  const db = queriesOf(pool);
  const chain = await loadChain(db, chainId);
  // One that goes on writing would write again what is removed.
  await checkUnused(db, chainId, `forget ${chainId}`, 'nothing removed');
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
  const keys = await keysTaken(db, chainId, range);
  await removeHeights(db, chainId, range);
  for (const table of contentTables) {
    const { runs } = tables[table].storage as Content;
    if (runs !== undefined) await cutHeights(db, runs.table, chainId, range);
  }
  await nameAbsent(db, chainId, range.to);
  await nameOperators(db, chainId, keys, range.to);
  await cutHeights(db, 'ranges', chainId, range, sql`kind not like 'state:%'`);
  await notify(db, chainId, range);
}

/** Marks leaves as not whole, and drops their CHECK on `time`: blocks that are written next may have other times. */
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

/** Removes the heights from what was asked for and from failed ranges, their verifications, and content rows that no height refers to
 * any more. */
async function forgetAsked(db: Queries, { chainId, number }: ChainLeaves, range: BlockRange): Promise<void> {
  await lockChain(db, number);
  for (const table of ['wanted_ranges', 'failed_ranges', 'enqueued_ranges'])
    await cutHeights(db, table, chainId, range);
  await sql`
    delete from baleen_store.verifications
    where chain_id = ${chainId} and from_height <= ${range.to} and to_height >= ${range.from}`.execute(db);
  await removeUnreferenced(db, chainId);
}

/** Removes what is left of a chain once its blocks are gone. The table `lineages` stays, since users add rows to it. */
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

/** All tables of the store with a column chain_id, without partitioned tables, `chains` and `lineages`. */
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
