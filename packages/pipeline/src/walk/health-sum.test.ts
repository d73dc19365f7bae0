import type { EndpointHealth } from '@baleen/source';
import { describe, expect, test } from 'vitest';
import { HealthSum } from './health-sum.ts';

const health = (address: string, requests: number, head: number): EndpointHealth => ({
  ...{ address, requests, head, backend: 'rpc', errors: 1, bytes: 10 * requests },
  ...{ concurrency: 4, base: 1, trouble: undefined },
});

describe('what several threads say of the places that they ask', () => {
  test('counts add up, heights are those of who spoke last, and a place keeps its name', () => {
    const sum = new HealthSum<string>();
    sum.put('one', [health('a', 5, 100), health('b', 7, 90)]);
    expect(sum.put('other', [health('a', 6, 102)])).toEqual([
      { ...health('a', 11, 102), errors: 2 },
      health('b', 7, 90),
    ]);
    expect(sum.put('one', [health('a', 8, 101), health('b', 9, 91)])).toMatchObject([
      { address: 'a', requests: 14, head: 101 },
      { address: 'b', requests: 9, head: 91 },
    ]);
  });

  test('a walk is told what was asked since it began', () => {
    const sum = new HealthSum<string>();
    sum.put('one', [health('a', 5, 100)]);
    sum.put('other', [health('a', 6, 100)]);
    sum.begin();
    expect(sum.put('one', [health('a', 9, 103)])).toEqual([{ ...health('a', 4, 103), errors: 0, bytes: 40 }]);
  });

  test('threads that are started anew count from nothing', () => {
    const sum = new HealthSum<string>();
    sum.put('one', [health('a', 5, 100)]);
    sum.begin();
    sum.clear();
    expect(sum.put('another', [health('a', 2, 104)])).toEqual([health('a', 2, 104)]);
  });
});
