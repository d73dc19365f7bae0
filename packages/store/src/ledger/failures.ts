import type { BlockRange } from '@baleen/chain';
import { sql } from 'kysely';
import type pg from 'pg';
import { type Queries, transaction } from '../postgres/connections.ts';
import { lockChain } from '../postgres/locks.ts';
import { missing } from './ledger.ts';

/** Heights that are all there, with results, have not failed: the acknowledgement of their write was lost, or another wrote
 * them meanwhile. Under the chain's lock, as a write that makes an end of failures may be under way.
 *
 * @param nextTry  undefined: it is not tried again before somebody asks */
export const recordFailure = (
  pool: pg.Pool,
  chainId: string,
  range: BlockRange,
  told: string,
  nextTry?: Date,
): Promise<void> =>
  transaction(pool, async (db) => {
    const { number } = await db
      .selectFrom('chains')
      .select('number')
      .where('chain_id', '=', chainId)
      .executeTakeFirstOrThrow();
    await lockChain(db, number);
    if ((await missing(db, chainId, range, ['blocks', 'results'])).length === 0) return;
    await insertFailure(db, chainId, range, told.replaceAll('\0', '\ufffd'), nextTry ?? null);
  });

async function insertFailure(
  db: Queries,
  chainId: string,
  range: BlockRange,
  reason: string,
  next_try: Date | null,
): Promise<void> {
  await db
    .insertInto('failed_ranges')
    .values({ chain_id: chainId, from_height: range.from, to_height: range.to, reason, next_try })
    .onConflict((conflict) =>
      conflict.columns(['chain_id', 'from_height', 'to_height']).doUpdateSet(({ eb }) => ({
        reason,
        next_try,
        attempts: eb('failed_ranges.attempts', '+', 1),
        last_failed: sql<Date>`now()`,
      })),
    )
    .execute();
}

export interface FailedRange extends BlockRange {
  /** null: when somebody asks. */
  readonly nextTry: Date | null;
}

/** Those that touch `range`, ascending. */
export const failedRanges = (db: Queries, chainId: string, range: BlockRange): Promise<FailedRange[]> =>
  db
    .selectFrom('failed_ranges')
    .select(['from_height as from', 'to_height as to', 'next_try as nextTry'])
    .where('chain_id', '=', chainId)
    .where('from_height', '<=', range.to)
    .where('to_height', '>=', range.from)
    .orderBy('from_height')
    .execute();

/** Somebody asks: what failed is due at once. */
export async function retryFailures(db: Queries, chainId: string, range: BlockRange): Promise<void> {
  await db
    .updateTable('failed_ranges')
    .set({ next_try: sql<Date>`now()` })
    .where('chain_id', '=', chainId)
    .where('from_height', '<=', range.to)
    .where('to_height', '>=', range.from)
    .execute();
}

/** It was none: its heights are there. */
export async function forgetFailure(db: Queries, chainId: string, { from, to }: BlockRange): Promise<void> {
  await db
    .deleteFrom('failed_ranges')
    .where('chain_id', '=', chainId)
    .where('from_height', '=', from)
    .where('to_height', '=', to)
    .execute();
}

/** A write makes an end of failures: those whose heights are all there now. In the transaction of the write, after the ledger. */
export async function forgetFailures(
  db: Queries,
  chainId: string,
  range: BlockRange,
  kind: 'blocks' | 'results',
): Promise<void> {
  await db
    .deleteFrom('failed_ranges as f')
    .where('f.chain_id', '=', chainId)
    .where('f.from_height', '<=', range.to)
    .where('f.to_height', '>=', range.from)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('ranges as r')
          .select('r.kind')
          .whereRef('r.chain_id', '=', 'f.chain_id')
          .where('r.kind', '=', kind)
          .whereRef('r.from_height', '<=', 'f.from_height')
          .whereRef('r.to_height', '>=', 'f.to_height'),
      ),
    )
    .execute();
}
