import { type BlockRange, merged, without } from '@baleen/chain';
import type { BlockSource, ChainSession } from '@baleen/pipeline';
import type { FailedRange, Store } from '@baleen/store';

/** Returns the heights of `range` that are to be written now: the source has them, the database lacks them, and no earlier failure holds
 * them back. The ledger decides this, not the queue.
 *
 * @param isHeldBack  returns true if a failed range is not to be tried now */
export async function dueRanges(
  session: ChainSession,
  source: BlockSource,
  range: BlockRange,
  store: Store,
  isHeldBack: (failed: FailedRange) => boolean,
): Promise<BlockRange[]> {
  const missing = await session.missing(source, range);
  if (missing.length === 0) return missing;
  const failed = (await store.failedRanges(session.chainId, range)).filter(isHeldBack);
  const heldBack = merged(failed);
  return missing.flatMap((each) => without(each, heldBack));
}

/** Returns the failed ranges within `range` whose heights a source has and the database still lacks.
 *
 * If a connection broke before it acknowledged a write, the write was recorded as failed although its rows are there. Such records are
 * removed. */
export async function lastingFailures(
  session: ChainSession,
  range: BlockRange,
  store: Store,
): Promise<FailedRange[]> {
  const lasting: FailedRange[] = [];
  for (const failed of await store.failedRanges(session.chainId, range)) {
    const missing = await Promise.all(
      session.sources.map((source) => dueRanges(session, source, failed, store, () => false)),
    );
    if (missing.flat().length > 0) lasting.push(failed);
    else await store.forgetFailure(session.chainId, failed);
  }
  return lasting;
}

/** Returns true if the range has a permanent fault. It is only tried again when a user enqueues it again. */
export const hasPermanentFault = ({ nextTry }: FailedRange): boolean => nextTry === null;

/** Returns true if the range has a permanent fault, or if its next try is in the future. */
export const isNotDue = ({ nextTry }: FailedRange): boolean => nextTry === null || nextTry > new Date();
