/** How fast a chain makes blocks, from when the newest ones were seen. */
export interface BlockPace {
  /** Median milliseconds between two blocks; undefined: fewer than two were seen. */
  readonly usualMs: number | undefined;
  /** Milliseconds since the newest block, or since the beginning. */
  readonly quietMs: number;
  /** @param at  milliseconds since 1970 */
  seen(height: number, at: number): void;
}

/** Enough that one long block does not count. */
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
