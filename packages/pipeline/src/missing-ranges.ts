import type { BlockRange } from '@baleen/chain';
import type { SourceInfo } from '@baleen/source';
import type { Store } from '@baleen/store';

/** Blocks of `range` that are missing, and blocks whose results the source has and the database does not.
 *
 * @param range  within what the source holds */
export async function missingRanges(
  { chainId, resultsBase, resultsHead }: SourceInfo,
  range: BlockRange,
  store: Store,
): Promise<BlockRange[]> {
  if (resultsBase === undefined || resultsHead === undefined)
    return store.missing(chainId, range, ['blocks']);
  const parts: [BlockRange, ('blocks' | 'results')[]][] = [
    [{ from: range.from, to: Math.min(range.to, resultsBase - 1) }, ['blocks']],
    [{ from: Math.max(range.from, resultsBase), to: Math.min(range.to, resultsHead) }, ['blocks', 'results']],
    [{ from: Math.max(range.from, resultsHead + 1), to: range.to }, ['blocks']],
  ];
  const ranges: BlockRange[] = [];
  for (const [part, kinds] of parts)
    if (part.from <= part.to) ranges.push(...(await store.missing(chainId, part, kinds)));
  return ranges;
}
