import { type BlockRange, covers } from '@baleen/chain';
import { type Content, contentTables, leafTables, type TableName, tables } from '@baleen/tables';
import { sql } from 'kysely';
import type pg from 'pg';
import type { ChainLeaves } from '../chain/leaves.ts';
import { equalBytes } from '../hashes.ts';
import { cutHeights } from '../ledger/cut-heights.ts';
import { addRanges, addRuns, ledgerRanges } from '../ledger/ledger.ts';
import { addUndecoded } from '../ledger/undecoded.ts';
import { type Queries, transaction } from '../postgres/connections.ts';
import { lockChain } from '../postgres/locks.ts';
import { notify } from '../postgres/notify.ts';
import type { EncodedBatch } from './batch.ts';
import { copyAll } from './copy.ts';
import { removeHeights } from './heights.ts';
import { insertMissedVotes, keysTaken, nameOperators } from './missed-votes.ts';
import { replaceContent, staged } from './staging.ts';
import { tried } from './tried.ts';

/** The highest block as a certain transaction wrote it. Its results may be replaced by others with the same hash, until the next block
 * proves them. */
export interface WrittenHead {
  readonly height: number;
  /** The transaction, as Postgres numbers it. */
  readonly transaction: string;
}

/** @returns undefined: no block is stored */
export async function readHead(db: Queries, chainId: string): Promise<WrittenHead | undefined> {
  const { rows } = await sql<WrittenHead>`
    select height, xmin::text as transaction from baleen_store.blocks
    where chain_id = ${chainId} order by height desc limit 1`.execute(db);
  return rows[0];
}

/** Replaces the rows of stored blocks in some tables, in one transaction: a reader sees all of them as they were, or all of them new.
 *
 * @param batch  blocks as the database has them, with rows of these tables and no others
 * @param head   the highest block, as it was before the blocks were read
 * @returns 'changed': since the blocks were read, another process has forgotten them, or added or replaced results; nothing is written
 * @throws BaleenError `STORE_LIMIT`; those of `explained` */
export const rewriteBatch = (
  pool: pg.Pool,
  chain: ChainLeaves,
  batch: EncodedBatch,
  names: readonly TableName[],
  head?: WrittenHead,
): Promise<'written' | 'changed'> =>
  tried(batch, () =>
    transaction(pool, async (db, client) => {
      await lockChain(db, chain.number);
      if (!(await isUnchanged(db, batch, head))) return 'changed';
      await replaceRows(db, client, batch, names);
      return 'written';
    }),
  );

async function replaceRows(
  db: Queries,
  client: pg.PoolClient,
  batch: EncodedBatch,
  names: readonly TableName[],
): Promise<void> {
  const { chainId, range } = batch;
  const keysBefore = names.includes('validator_operators') ? await keysTaken(db, chainId, range) : [];
  await removeHeights(db, chainId, range, names);
  await unseal(db, chainId, range, names);
  await copyAll(client, await staged(db, batch));
  await replaceContent(db, batch);
  await addToLedger(db, batch, names);
  if (batch.copies.missed_votes !== undefined) await insertMissedVotes(db);
  if (names.includes('validator_operators')) {
    const keysNow = await keysTaken(db, chainId, range);
    await nameOperators(db, chainId, [...keysBefore, ...keysNow], range.from - 1);
  }
  await notify(db, chainId, range);
}

/** Whether the database has the blocks of the batch, with the same results or none. The last hash covers all blocks before. */
async function isUnchanged(
  db: Queries,
  { chainId, range, hasResults, last }: EncodedBatch,
  head: WrittenHead | undefined,
): Promise<boolean> {
  const blocks = await ledgerRanges(db, chainId, 'blocks', range);
  const results = await ledgerRanges(db, chainId, 'results', range);
  if (!covers(blocks, range) || (hasResults ? !covers(results, range) : results.length > 0)) return false;
  const stored = await db
    .selectFrom('blocks')
    .select(['block_hash', 'results_hash', sql<string>`xmin::text`.as('transaction')])
    .where('chain_id', '=', chainId)
    .where('height', '=', last.height)
    .executeTakeFirst();
  return (
    stored !== undefined &&
    (head?.height !== last.height || head.transaction === stored.transaction) &&
    equalBytes(stored.block_hash, last.blockHash) &&
    (last.resultsHash === undefined || equalBytes(stored.results_hash!, last.resultsHash))
  );
}

/** Has the next `finish` vacuum the leaves whose rows are replaced. Their CHECK of times stays, as blocks keep their times. */
async function unseal(
  db: Queries,
  chainId: string,
  { from, to }: BlockRange,
  names: readonly TableName[],
): Promise<void> {
  const rewritten = leafTables.filter((table) => names.includes(table));
  if (rewritten.length === 0) return;
  await db
    .updateTable('leaves')
    .set({ sealed_at: null })
    .where('chain_id', '=', chainId)
    .where('table_name', 'in', rewritten)
    .where('sealed_at', 'is not', null)
    .where('from_height', '<=', to)
    .where('to_height', '>=', from - 1)
    .execute();
}

async function addToLedger(db: Queries, batch: EncodedBatch, names: readonly TableName[]): Promise<void> {
  const { chainId, range } = batch;
  for (const table of contentTables.filter((each) => names.includes(each))) {
    const { runs } = tables[table].storage as Content;
    if (runs === undefined) continue;
    await cutHeights(db, runs.table, chainId, range);
    await addRuns(db, chainId, runs, batch.runs[table] ?? []);
  }
  await addRanges(
    db,
    chainId,
    names.map((table) => ({
      kind: `table:${table}`,
      version: tables[table].version,
      ranges: batch.covered[table],
    })),
  );
  await addUndecoded(db, chainId, batch.undecoded);
}
