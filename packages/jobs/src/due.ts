import { type BlockRange, merged, without } from '@baleen/chain';
import type { BlockSource, ChainSession } from '@baleen/pipeline';
import type { FailedRange, Store } from '@baleen/store';

/** Heights of `range` that a source holds, the database lacks, and no failure holds back. The ledger says it, not the queue.
 *
 * @param isHeldBack  whether a failed range is to be left alone */
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

/** What still fails of a range, of what some source holds.
 *
 * A write whose acknowledgement was lost with the connection counts as failed, and is there: such failures are forgotten. */
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

/** Bad data stay bad: until somebody asks again. */
export const isBad = ({ nextTry }: FailedRange): boolean => nextTry === null;

/** Bad, or failed a moment ago. */
export const isNotDue = ({ nextTry }: FailedRange): boolean => nextTry === null || nextTry > new Date();
