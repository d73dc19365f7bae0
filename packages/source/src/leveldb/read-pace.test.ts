import { describe, expect, test } from 'vitest';
import { ReadPace } from './read-pace.ts';

describe('ReadPace', () => {
  test('asks to wait until all that was read is within the rate', () => {
    let bytes = 0;
    const pace = new ReadPace(1_000_000, () => bytes);
    const read = (count: number, now: number): number => {
      bytes += count;
      return pace.delay(now);
    };
    // A quarter of a second's worth may come at once.
    expect(read(250_000, 10_000)).toBe(0);
    expect(read(100_000, 10_000)).toBe(100);
    expect(read(0, 10_050)).toBe(50);
    expect(read(400_000, 10_100)).toBe(400);
    expect(read(100_000, 10_500)).toBe(100);
    // A rest earns no more than that again.
    expect(read(1_250_000, 60_000)).toBe(1000);
  });

  test('asks for nothing without a rate', async () => {
    const pace = new ReadPace(undefined, () => 1e15);
    expect(pace.delay(0)).toBe(0);
    await pace.keep(undefined);
  });

  test('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    const waiting = new ReadPace(1, () => 100_000).keep(stop.signal);
    stop.abort();
    await waiting;
  });
});
