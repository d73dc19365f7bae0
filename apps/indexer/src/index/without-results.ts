/** What `baleen index` says at its end where blocks are in the database without their results. */
import { type BlockRange, shownRange } from '@baleen/chain';

/** @param ranges  heights without results
 * @returns undefined: all have them */
export function withoutResultsLine(chainId: string, ranges: readonly BlockRange[]): string | undefined {
  if (ranges.length === 0) return undefined;
  return (
    `${chainId}: without results, which no source had: ${ranges.map(shownRange).join(', ')}; code, gas and log are NULL there, events are ` +
    'missing; next: baleen index with a source that has them (state.db beside blockstore.db, or a node)'
  );
}
