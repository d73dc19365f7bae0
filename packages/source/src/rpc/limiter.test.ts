import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { createLimiter, type Limiter } from './limiter.ts';
import { createSharedLimit, readersOf, shareLimits } from './shared-limit.ts';

/** Work that ends when told. */
function pending(): { promise: Promise<void>; end(): void; fail(): void } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { promise, end: resolve, fail: () => reject(new Error('trouble')) };
}

/** Works that begin when the limiter lets them, and all end when told. */
function blockedWorks(limiter: Limiter, count: number): { begun(): number; end(): Promise<void> } {
  const blocking = pending();
  let begun = 0;
  const work = (): Promise<void> => {
    begun++;
    return blocking.promise;
  };
  const runs = Array.from({ length: count }, () => limiter.run(work));
  return {
    begun: () => begun,
    async end() {
      blocking.end();
      await Promise.all(runs);
    },
  };
}

const always = (): boolean => true;
const ofOne = () => createSharedLimit(shareLimits(1), 0);

describe('createLimiter', () => {
  test('begins in order, at most four at once', async () => {
    const limiter = createLimiter(undefined, always, ofOne());
    const begun: number[] = [];
    const works = Array.from({ length: 9 }, pending);
    const runs = works.map((work, index) =>
      limiter.run(() => {
        begun.push(index);
        return work.promise;
      }),
    );
    await Promise.resolve();
    expect(begun).toEqual([0, 1, 2, 3]);
    works[2]!.end();
    await runs[2];
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    for (const work of works) work.end();
    await Promise.all(runs);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('halves on trouble, down to one, and rises one by one after calm answers', async () => {
    const limiter = createLimiter(undefined, always, ofOne());
    const fail = (): Promise<void> =>
      limiter.run(() => Promise.reject(new Error('trouble'))).catch(() => undefined);
    const limits = [limiter.limit];
    for (let count = 0; count < 3; count++) {
      await fail();
      limits.push(limiter.limit);
    }
    expect(limits).toEqual([4, 2, 1, 1]);
    for (let count = 0; count < 15; count++) await limiter.run(async () => undefined);
    expect(limiter.limit).toBe(1);
    await limiter.run(async () => undefined);
    expect(limiter.limit).toBe(2);
  });

  test('does not hold back for what is not the node’s trouble', async () => {
    const limiter = createLimiter(undefined, () => false, ofOne());
    await limiter.run(() => Promise.reject(new Error('refused'))).catch(() => undefined);
    expect(limiter.limit).toBe(4);
  });

  test('work that is given up before it began is not begun', async () => {
    const limiter = createLimiter(undefined, always, ofOne());
    const blocking = Array.from({ length: 4 }, pending);
    const runs = blocking.map((work) => limiter.run(() => work.promise));
    const stop = new AbortController();
    let begun = false;
    const waiting = limiter.run(async () => void (begun = true), stop.signal);
    stop.abort();
    for (const work of blocking) work.end();
    await Promise.all(runs);
    await expect(waiting).rejects.toThrow(/abort/);
    expect(begun).toBe(false);
  });

  describe('of two threads that read', () => {
    const ofTwo = (maxRps?: number) => {
      const sharedLimits = shareLimits(2);
      for (let count = 0; count < 2; count++) readersOf(sharedLimits).begin();
      const limiterOf = () => createLimiter(maxRps, always, createSharedLimit(sharedLimits, 1));
      return [limiterOf(), limiterOf()] as const;
    };

    test('lets each have half of what one would have', async () => {
      const works = ofTwo().map((limiter) => blockedWorks(limiter, 3));
      await Promise.resolve();
      expect(works.map(({ begun }) => begun())).toEqual([2, 2]);
      await Promise.all(works.map(({ end }) => end()));
      expect(works.map(({ begun }) => begun())).toEqual([3, 3]);
    });

    test('what one learns of the node holds for the other; with one request left they take turns', async () => {
      const [one, other] = ofTwo();
      const fail = (): Promise<void> => Promise.reject(new Error('trouble'));
      for (let count = 0; count < 2; count++) await one.run(fail).catch(() => undefined);
      expect(other.limit).toBe(1);
      let [active, most] = [0, 0];
      const work = async (): Promise<void> => {
        most = Math.max(most, ++active);
        await sleep(1);
        active--;
      };
      await Promise.all(
        [one, other].flatMap((limiter) => Array.from({ length: 5 }, () => limiter.run(work))),
      );
      expect(most).toBe(1);
    });

    test('keeps to the rate of both together', async () => {
      vi.useFakeTimers();
      try {
        let begun = 0;
        const work = async (): Promise<void> => void begun++;
        const runs = ofTwo(100).flatMap((limiter) => Array.from({ length: 3 }, () => limiter.run(work)));
        const counts = [];
        for (let waited = 0; waited < 6; waited++) {
          await vi.advanceTimersByTimeAsync(waited === 0 ? 1 : 10);
          counts.push(begun);
        }
        expect(counts).toEqual([2, 2, 4, 4, 6, 6]);
        await Promise.all(runs);
      } finally {
        vi.useRealTimers();
      }
    });

    test('who is left alone has all of it again, however often it reads', async () => {
      const sharedLimits = shareLimits(1);
      const [own, other] = [readersOf(sharedLimits), readersOf(sharedLimits)];
      const limiter = createLimiter(undefined, always, createSharedLimit(sharedLimits, 0));
      own.begin();
      own.begin();
      other.begin();
      other.end();
      const works = blockedWorks(limiter, 4);
      await Promise.resolve();
      expect(works.begun()).toBe(4);
      await works.end();
    });

    test('limits of other endpoints are their own', async () => {
      const sharedLimits = shareLimits(2);
      const [first, second] = [0, 1].map((index) =>
        createLimiter(undefined, always, createSharedLimit(sharedLimits, index)),
      );
      await first!.run(() => Promise.reject(new Error('trouble'))).catch(() => undefined);
      expect([first!.limit, second!.limit]).toEqual([2, 4]);
    });
  });
});
