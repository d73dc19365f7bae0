import type { WrittenBatch } from '@baleen/pipeline';
import type { EndpointHealth } from '@baleen/source';
import { expect, test } from 'vitest';
import { createChainWork } from './chain-work.ts';
import { createRecentRate } from './recent-rate.ts';

const written = (from: number, to: number): WrittenBatch => ({
  ...{ chainId: 'test-1', range: { from, to }, txs: 3, rows: 50, bytes: 4000, queued: 1 },
  seconds: { read: 1, decode: 2, encode: 3, write: 4 },
});
const health = (requests: number): EndpointHealth => ({
  ...{ address: 'http://node', backend: 'rpc', base: 1, head: 90 },
  ...{ requests, errors: 1, bytes: 10, concurrency: 4, trouble: undefined },
});

test('batches add up', () => {
  const work = createChainWork('test-1');
  const hooks = work.walk();
  hooks.onWritten(written(1, 10));
  hooks.onWritten(written(21, 25));
  expect(work).toMatchObject({ heights: 15, txs: 6, rows: 100, bytes: 8000, queued: 1 });
  expect(work.seconds).toEqual({ read: 2, decode: 4, encode: 6, write: 8 });
});

test('an endpoint that several walks ask is one, with the requests of all; those of walks that are over stay', () => {
  const work = createChainWork('test-1');
  const [first, second] = [work.walk(), work.walk()];
  first.onEndpoints([health(5)]);
  first.onEndpoints([health(6)]);
  second.onEndpoints([health(100)]);
  expect(work.sources()).toMatchObject([{ requests: 106, errors: 2, bytes: 20, concurrency: 8, head: 90 }]);
  first.end();
  first.end();
  expect(work.sources()).toMatchObject([{ requests: 106, concurrency: 4 }]);
  second.end();
  work.walk().onEndpoints([health(1)]);
  expect(work.sources()).toMatchObject([{ requests: 107, errors: 3 }]);
});

test('the rate is of the last minute, and of the whole time before there was one', () => {
  let now = 5_000;
  const rate = createRecentRate(() => now);
  rate.add(100);
  now += 10_000;
  expect(rate.perSecond()).toBe(10);
  rate.add(200);
  now += 20_000;
  expect(rate.perSecond()).toBe(10);
  now += 39_000;
  expect(rate.perSecond()).toBeCloseTo(200 / 60);
  now += 60_000;
  expect(rate.perSecond()).toBe(0);
});
