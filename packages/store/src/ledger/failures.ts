import type { BlockRange } from '@baleen/chain';
import { sql } from 'kysely';
import type pg from 'pg';
import { type Queries, transaction } from '../postgres/connections.ts';
import { lockChain } from '../postgres/locks.ts';
import { missing } from './ledger.ts';

/** Records that a range could not be written. It does nothing if the database has all of the range with results: then only the
 * acknowledgement of the write was lost, or another process wrote it. It takes the chain's lock, since a write that removes failures may be
 * running.
 *
 * @param nextTry  when the range is tried again; undefined if that waits until a user asks for it */
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
  /** When the range is tried again; null if that waits until a user asks for it. */
  readonly nextTry: Date | null;
}

/** Returns the failed ranges that overlap `range`, ascending. */
export const failedRanges = (db: Queries, chainId: string, range: BlockRange): Promise<FailedRange[]> =>
  db
    .selectFrom('failed_ranges')
    .select(['from_height as from', 'to_height as to', 'next_try as nextTry'])
    .where('chain_id', '=', chainId)
    .where('from_height', '<=', range.to)
    .where('to_height', '>=', range.from)
    .orderBy('from_height')
    .execute();

/** Makes the failed ranges that overlap `range` due at once, because a user has asked for their heights. */
export async function retryFailures(db: Queries, chainId: string, range: BlockRange): Promise<void> {
  await db
    .updateTable('failed_ranges')
    .set({ next_try: sql<Date>`now()` })
    .where('chain_id', '=', chainId)
    .where('from_height', '<=', range.to)
    .where('to_height', '>=', range.from)
    .execute();
}

/** Removes a failed range from the record, because the database has its heights. */
export async function forgetFailure(db: Queries, chainId: string, { from, to }: BlockRange): Promise<void> {
  await db
    .deleteFrom('failed_ranges')
    .where('chain_id', '=', chainId)
    .where('from_height', '=', from)
    .where('to_height', '=', to)
    .execute();
}

/** Removes the failed ranges whose heights the database now has. It is part of a write's transaction, after the ledger was updated. */
export async function forgetWrittenFailures(
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
