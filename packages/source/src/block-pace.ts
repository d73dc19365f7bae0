/** The usual time between two blocks of a chain, from the times at which the newest blocks were seen. */
export interface BlockPace {
  /** Median milliseconds between two blocks; undefined if fewer than two were seen. */
  readonly usualMs: number | undefined;
  /** Milliseconds since the newest block was seen, or since the BlockPace was made if none was seen. */
  readonly quietMs: number;
  /** Takes in that a block was seen.
   * @param at  milliseconds since 1970 */
  seen(height: number, at: number): void;
}

/** Intervals kept: enough that one long interval does not move the median. */
const KEPT = 32;

export function createPace(): BlockPace {
  const intervals: number[] = [];
  let last: { readonly height: number; readonly at: number } | undefined;
  let newestAt = performance.now();
  return {
    get usualMs() {
      return intervals.toSorted((left, right) => left - right)[intervals.length >> 1];
    },
    get quietMs() {
      return performance.now() - newestAt;
    },
    seen(height, at) {
      if (last !== undefined && height <= last.height) return;
      if (last !== undefined) intervals.push((at - last.at) / (height - last.height));
      if (intervals.length > KEPT) intervals.shift();
      last = { height, at };
      newestAt = performance.now();
    },
  };
}
