import { describe, expect, test } from 'vitest';
import { createLimiter } from './limiter.ts';

/** Work that ends when told. */
function pending(): { promise: Promise<void>; end(): void; fail(): void } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { promise, end: resolve, fail: () => reject(new Error('trouble')) };
}

const always = (): boolean => true;

describe('createLimiter', () => {
  test('begins in order, at most four at once', async () => {
    const limiter = createLimiter(undefined, always);
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
    const limiter = createLimiter(undefined, always);
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
    const limiter = createLimiter(undefined, () => false);
    await limiter.run(() => Promise.reject(new Error('refused'))).catch(() => undefined);
    expect(limiter.limit).toBe(4);
  });

  test('work that is given up before it began is not begun', async () => {
    const limiter = createLimiter(undefined, always);
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
});
