import { type BlockRange, intersection } from '@baleen/chain';
import type { SourceInfo } from '@baleen/source';
import type { Store } from '@baleen/store';

/** Heights of `range` that the database lacks: without their block, or without results that the source has.
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
    [{ from: range.from, to: resultsBase - 1 }, ['blocks']],
    [{ from: resultsBase, to: resultsHead }, ['blocks', 'results']],
    [{ from: resultsHead + 1, to: range.to }, ['blocks']],
  ];
  const ranges: BlockRange[] = [];
  for (const [part, kinds] of parts) {
    const wanted = intersection(part, range);
    if (wanted !== undefined) ranges.push(...(await store.missing(chainId, wanted, kinds)));
  }
  return ranges;
}
