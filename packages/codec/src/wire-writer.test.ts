import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from './hex.ts';
import { encodeUvarint } from './varint.ts';
import { WireReader } from './wire.ts';
import { WireWriter } from './wire-writer.ts';

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

describe('encodeUvarint', () => {
  test.each([
    [0, '00'],
    [127, '7f'],
    [128, '8001'],
    [300, 'ac02'],
    [2n ** 64n - 1n, 'ffffffffffffffffff01'],
  ])('writes %s as %s', (value, hex) => expect(toHex(encodeUvarint(value))).toBe(hex));

  test('is read back by WireReader, for any 64-bit value', () => {
    fc.assert(
      fc.property(uint64, (value) => {
        expect(new WireReader(encodeUvarint(value)).uint64()).toBe(value);
      }),
    );
  });
});

describe('WireWriter', () => {
  test('leaves out zero and empty, but not an empty message', () => {
    const none = new Uint8Array(0);
    const writer = new WireWriter().varint(1, 0).varint(1, 0n).bytes(2, none).text(3, '').fixed64(4, 0n);
    expect(toHex(writer.message(5, none).finish())).toBe('2a00');
  });

  test('writes negative numbers as 64-bit two’s complement', () => {
    expect(toHex(new WireWriter().varint(1, -1).finish())).toBe('08ffffffffffffffffff01');
    expect(toHex(new WireWriter().fixed64(2, -2n).finish())).toBe('11feffffffffffffff');
  });

  test.each([
    [0, '00'],
    [-1, '01'],
    [1, '02'],
    [-2, '03'],
    [257, '8204'],
    [2 ** 52 - 1, 'feffffffffffff0f'],
  ])('writes %s as the zig-zag varint %s, which WireReader reads back', (value, hex) => {
    const written = new WireWriter().rawZigzag(value).finish();
    expect(toHex(written)).toBe(hex);
    expect(new WireReader(written).zigzag()).toBe(value);
  });

  test('is empty after finish', () => {
    const writer = new WireWriter().varint(1, 1);
    expect(toHex(writer.finish())).toBe('0801');
    expect(toHex(writer.varint(2, 3).finish())).toBe('1003');
  });

  test('writes fields that WireReader reads back', () => {
    fc.assert(
      fc.property(
        int64,
        fc.uint8Array({ maxLength: 300 }),
        fc.nat({ max: 2 ** 29 - 1 }),
        (number, bytes, field) => {
          fc.pre(number !== 0n && bytes.length > 0 && field > 0);
          const written = new WireWriter()
            .varint(field, number)
            .fixed64(field, number)
            .bytes(field, bytes)
            .finish();
          const reader = new WireReader(written);
          expect([reader.key(), reader.int64()]).toEqual([field * 8, number]);
          expect([reader.key(), BigInt.asIntN(64, reader.fixed64())]).toEqual([field * 8 + 1, number]);
          expect([reader.key(), reader.bytes()]).toEqual([field * 8 + 2, bytes]);
          expect(reader.done).toBe(true);
        },
      ),
    );
  });

  test.each([0, 1, 127, 128, 16_384, 2 ** 32, Number.MAX_SAFE_INTEGER])(
    'writes %d as the bigint of it',
    (value) => {
      expect(new WireWriter().rawVarint(value).finish()).toEqual(encodeUvarint(value));
    },
  );
});
