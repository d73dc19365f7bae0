import { GO_ZERO_SECONDS } from '@baleen/chain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTimestamp, formatGoTime } from './go-time.ts';
import { WireReader } from './wire.ts';
import { WireWriter } from './wire-writer.ts';

const LAST_SECOND = 253_402_300_799;
const decode = (hex: string) => decodeTimestamp(new WireReader(Uint8Array.from(Buffer.from(hex, 'hex'))));

describe('decodeTimestamp', () => {
  test.each([
    ['', 0, 0],
    ['088092b8c398feffffff01', GO_ZERO_SECONDS, 0],
    ['0801', 1, 0],
    ['10ff93ebdc03', 0, 999_999_999],
    ['08ffffffffffffffffff0110ff93ebdc03', -1, 999_999_999],
  ])('reads %j', (hex, seconds, nanos) => expect(decode(hex)).toEqual({ seconds, nanos }));

  test('returns what was written, for any time that the chain can say', () => {
    const times = fc.record({
      seconds: fc.integer({ min: GO_ZERO_SECONDS, max: LAST_SECOND }),
      nanos: fc.integer({ min: 0, max: 999_999_999 }),
    });
    fc.assert(
      fc.property(times, (time) => {
        const written = new WireWriter().varint(1, time.seconds).varint(2, time.nanos).finish();
        expect(decodeTimestamp(new WireReader(written))).toEqual(time);
      }),
    );
  });

  test.each([
    [
      '08ff91b8c398feffffff01',
      'time: seconds: expected -62135596800..253402300799 (years 1..9999), found -62135596801',
    ],
    [
      '088083d1ffaf07',
      'time: seconds: expected -62135596800..253402300799 (years 1..9999), found 253402300800',
    ],
    ['108094ebdc03', 'time: nanoseconds: expected 0..999999999, found 1000000000'],
    ['10ffffffffffffffffff01', 'time: nanoseconds: expected 0..999999999, found -1'],
    ['08', 'at byte 1 of 1: expected a varint of at most 64 bits, found a longer one or the end'],
  ])('refuses %s', (hex, message) => {
    expect(() => decode(hex)).toThrow(expect.objectContaining({ kind: 'data', message }));
  });
});

describe('formatGoTime', () => {
  test.each([
    [0, 0, '1970-01-01T00:00:00Z'],
    [1_569_888_000, 500_000_000, '2019-10-01T00:00:00.5Z'],
    [1_569_888_000, 1, '2019-10-01T00:00:00.000000001Z'],
    [1_569_888_000, 120, '2019-10-01T00:00:00.00000012Z'],
    [-1, 999_999_999, '1969-12-31T23:59:59.999999999Z'],
    [GO_ZERO_SECONDS, 0, '0001-01-01T00:00:00Z'],
    [LAST_SECOND, 0, '9999-12-31T23:59:59Z'],
  ])('prints %i s and %i ns as %s', (seconds, nanos, text) =>
    expect(formatGoTime({ seconds, nanos })).toBe(text),
  );

  test('refuses the year 10000, as RFC 3339 does', () => {
    expect(() => formatGoTime({ seconds: LAST_SECOND + 1, nanos: 0 })).toThrow('found 253402300800');
  });
});
