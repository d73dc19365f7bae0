/** Measures events per second over the last minute, in at most 60 entries. */

const WINDOW_SECONDS = 60;

export interface RecentRate {
  add(count: number): void;
  /** Events per second over the last minute, or since the start if that is shorter. */
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
