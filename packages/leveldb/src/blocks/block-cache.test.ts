import { describe, expect, it } from 'vitest';
import { BlockCache } from './block-cache.ts';
import type { SortedRun } from './sorted-run.ts';

const run = (count: number): SortedRun => ({
  count,
  keys: new Uint8Array(),
  slots: new Uint32Array(),
  versions: new Float64Array(),
  value: () => new Uint8Array(),
});

describe('BlockCache', () => {
  it('forgets what was used longest ago and never costs more than its limit', () => {
    const cache = new BlockCache<SortedRun>(100);
    for (let id = 0; id < 3; id++) cache.add(id, run(id), 30);
    expect(cache.get(0)?.count).toBe(0);
    cache.add(3, run(3), 50);
    expect([0, 1, 2, 3].map((id) => cache.get(id)?.count)).toEqual([0, undefined, undefined, 3]);
    expect(cache.cost).toBe(80);
  });

  it('does not hold a block above its limit, nor drop others for it', () => {
    const cache = new BlockCache<SortedRun>(100);
    cache.add(1, run(1), 60);
    cache.add(2, run(2), 101);
    expect([cache.get(1)?.count, cache.get(2), cache.cost]).toEqual([1, undefined, 60]);
  });
});
