import { BaleenError, shownRange } from '@baleen/chain';
import { explained, sqlState } from '../postgres/postgres-faults.ts';
import type { EncodedBatch } from './batch.ts';

/** Tries of a write. When another process writes the same heights, ours fails once with a duplicate key; the next try sees its rows. */
const MAX_TRIES = 3;

/** SQLSTATE class `program_limit_exceeded`. PostgreSQL refuses the same value each time, so the write is not tried again. */
const LIMIT_CLASS = '54';

/** Runs a transaction that writes a batch, once more where another process came in between.
 *
 * @throws BaleenError `STORE_LIMIT`; those of `explained`; what the transaction throws */
export async function tried<Result>(batch: EncodedBatch, write: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (error instanceof BaleenError) throw error;
      const raced = sqlState(error) === '23505' || sqlState(error) === '40P01';
      if (sqlState(error)?.startsWith(LIMIT_CLASS)) throw limitExceeded(batch, error as Error);
      if (!raced || tries === MAX_TRIES)
        throw explained(
          `write blocks ${shownRange(batch.range)} of ${batch.chainId}`,
          error,
          'nothing written',
        );
    }
  }
}

const limitExceeded = ({ chainId, range }: EncodedBatch, cause: Error): BaleenError =>
  new BaleenError(
    'data',
    'STORE_LIMIT',
    `write blocks ${shownRange(range)} of ${chainId}: Postgres can't hold a value of theirs: ${cause.message}; nothing of them written; ` +
      'drop the index that is named if it is your own, else report the block, then index these heights again',
    { cause, ...(range.from === range.to && { height: range.from }) },
  );
