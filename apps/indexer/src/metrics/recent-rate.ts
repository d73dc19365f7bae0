/** A rate over the last minute, in little memory. */

const WINDOW_SECONDS = 60;

export interface RecentRate {
  add(count: number): void;
  /** Since it was made, where that is less than a minute. */
  perSecond(): number;
}

/** @param now  milliseconds, of any origin */
export function createRecentRate(now: () => number = () => performance.now()): RecentRate {
  const madeAt = now();
  /** One entry per second with something in it. */
  const counts: { readonly second: number; count: number }[] = [];
  const forget = (second: number): void => {
    while (counts[0] !== undefined && counts[0].second <= second - WINDOW_SECONDS) counts.shift();
  };
  return {
    add(count) {
      const second = Math.floor(now() / 1000);
      const last = counts.at(-1);
      if (last?.second === second) last.count += count;
      else counts.push({ second, count });
      forget(second);
    },
    perSecond() {
      forget(Math.floor(now() / 1000));
      const elapsed = Math.min(WINDOW_SECONDS, Math.max(1, (now() - madeAt) / 1000));
      return counts.reduce((sum, { count }) => sum + count, 0) / elapsed;
    },
  };
}
