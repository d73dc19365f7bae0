import { type BlockRange, intersection, merged, without } from '@baleen/chain';
import { missingRanges } from '@baleen/pipeline';
import type { SourceInfo } from '@baleen/source';
import type { FailedRange, Store } from '@baleen/store';
import type { OpenedSource } from './source-cache.ts';

/** Heights of `range` that a source holds, the database lacks, and no failure holds back. The ledger says it, not the queue.
 *
 * @param isHeldBack  whether a failed range is to be left alone */
export async function dueRanges(
  info: SourceInfo,
  range: BlockRange,
  store: Store,
  isHeldBack: (failed: FailedRange) => boolean,
): Promise<BlockRange[]> {
  const part = intersection(range, { from: info.base, to: info.head });
  if (part === undefined) return [];
  const missing = await missingRanges(info, part, store);
  if (missing.length === 0) return missing;
  const failed = (await store.failedRanges(info.chainId, part)).filter(isHeldBack);
  const heldBack = merged(failed);
  return missing.flatMap((each) => without(each, heldBack));
}

/** What still fails of a range, of what some source holds.
 *
 * A write whose acknowledgement was lost with the connection counts as failed, and is there: such failures are forgotten. */
export async function lastingFailures(
  opened: readonly OpenedSource[],
  chainId: string,
  range: BlockRange,
  store: Store,
): Promise<FailedRange[]> {
  const lasting: FailedRange[] = [];
  for (const failed of await store.failedRanges(chainId, range)) {
    const missing = await Promise.all(
      opened.map(({ source: { info } }) => dueRanges(info, failed, store, () => false)),
    );
    if (missing.flat().length > 0) lasting.push(failed);
    else await store.forgetFailure(chainId, failed);
  }
  return lasting;
}

/** Bad data stay bad: until somebody asks again. */
export const isBad = ({ nextTry }: FailedRange): boolean => nextTry === null;

/** Bad, or failed a moment ago. */
export const isNotDue = ({ nextTry }: FailedRange): boolean => nextTry === null || nextTry > new Date();
