import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutRange, cutsTouching, jobId, priorityOf, queueName, readPayload } from './job.ts';

const ranges = fc
  .tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 3000 }))
  .map(([from, length]) => ({ from, to: from + length }));

describe('cutting a range into jobs', () => {
  test('cuts at multiples of the size, whatever the range begins and ends with', () => {
    expect([...cutRange({ from: 1, to: 12 }, 5)]).toEqual([
      { from: 1, to: 5 },
      { from: 6, to: 10 },
      { from: 11, to: 12 },
    ]);
    expect([...cutRange({ from: 8, to: 8 }, 5)]).toEqual([{ from: 8, to: 8 }]);
  });

  test('every height stands in one cut', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 700 }), (range, size) => {
        const cuts = [...cutRange(range, size)];
        expect(cuts[0]!.from).toBe(range.from);
        expect(cuts.at(-1)!.to).toBe(range.to);
        for (const [index, cut] of cuts.entries()) {
          expect(cut.to - cut.from).toBeLessThan(size);
          if (index > 0) expect(cut.from).toBe(cuts[index - 1]!.to + 1);
        }
      }),
    );
  });

  test('what is missing of a range is asked for by the very jobs that the whole range was cut into', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 700 }), fc.nat(), fc.nat(), (range, size, one, other) => {
        const length = range.to - range.from + 1;
        const [from, to] = [range.from + (one % length), range.from + (other % length)].sort((a, b) => a - b);
        const part = { from: from!, to: to! };
        const wanted = [...cutRange(range, size)].filter((cut) => cut.from <= part.to && cut.to >= part.from);
        expect(cutsTouching(range, size, [part]).map(jobId)).toEqual(wanted.map(jobId));
      }),
    );
  });

  test('the head comes first', () => {
    const asked = { from: 1, to: 1234 };
    const cuts = [...cutRange(asked, 500)];
    expect(cuts.map((cut) => priorityOf(cut, asked, 500))).toEqual([3, 2, 1]);
  });
});

describe('a job', () => {
  test('is read back, or refused with what was expected', () => {
    const payload = { chainId: 'columbus-5', source: 'archive', from: 1, to: 500 };
    expect(readPayload(payload)).toEqual(payload);
    expect(() => readPayload({ ...payload, to: 0 })).toThrow(
      /read job: expected .* found .*expected from <= to/,
    );
    expect(() => readPayload({ chainId: 'columbus-5' })).toThrow(/source/);
  });

  test('lies in a queue whose name has no colon', () => {
    expect(queueName({ chainId: 'a:b', source: 'c/d' })).toBe('a%3Ab/c%2Fd');
  });
});
