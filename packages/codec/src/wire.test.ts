import { BaleenError } from '@baleen/chain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WireReader } from './wire.ts';

const reader = (hex: string): WireReader => new WireReader(Uint8Array.from(Buffer.from(hex, 'hex')));

type Read = (reader: WireReader) => unknown;
const uint: Read = (each) => each.uint();
const uint64: Read = (each) => each.uint64();
const int: Read = (each) => each.int();

describe('a varint', () => {
  test.each([
    ['00', 0],
    ['7f', 127],
    ['8001', 128],
    ['ffffffffffffff0f', Number.MAX_SAFE_INTEGER],
    ['8000', 0],
    ['80808080808000', 0],
  ])('%s is %d, also when written longer than need be', (hex, value) => {
    const each = reader(hex);
    expect(each.uint()).toBe(value);
    expect(each.done).toBe(true);
    expect(reader(hex).uint64()).toBe(BigInt(value));
    expect(reader(hex).int()).toBe(value);
  });

  test.each([
    ['80808080808080808001', 2n ** 63n, -(2n ** 63n)],
    ['ffffffffffffffffff01', 2n ** 64n - 1n, -1n],
    ['80808080808080808000', 0n, 0n],
    ['ffffffffffffffff7f', 2n ** 63n - 1n, 2n ** 63n - 1n],
  ])('%s takes nine or ten bytes', (hex, unsigned, signed) => {
    expect(reader(hex).uint64()).toBe(unsigned);
    expect(reader(hex).int64()).toBe(signed);
  });

  test.each([
    ['uint', uint, '8080808080808010', 'at byte 0 of 8: expected a varint below 2^53'],
    ['uint', uint, '808080808080808000', 'at byte 0 of 9: expected a varint below 2^53'],
    ['uint', uint, '8080', 'at byte 0 of 2: expected a varint below 2^53'],
    ['uint', uint, '', 'at byte 0 of 0: expected a varint below 2^53, found the end'],
    ['uint64', uint64, 'ffffffffffffffffff02', 'at byte 0 of 10: expected a varint of at most 64 bits'],
    ['uint64', uint64, '8080808080808080808000', 'at byte 0 of 11: expected a varint of at most 64 bits'],
    ['uint64', uint64, 'ffff', 'at byte 0 of 2: expected a varint of at most 64 bits'],
    ['int', int, '8080808080808010', 'expected an integer within 53 bits, found 9007199254740992'],
    ['int', int, '80808080808080f0ff01', 'expected an integer within 53 bits, found -9007199254740992'],
  ] as const)('is refused by %s %# when too great or cut short: %s%s', (_, read, hex, message) => {
    expect(() => read(reader(hex))).toThrow(expect.objectContaining({ code: 'WIRE_MALFORMED' }));
    expect(() => read(reader(hex))).toThrow(message);
  });

  test('may be negative down to -(2^53 - 1)', () =>
    expect(reader('81808080808080f0ff01').int()).toBe(-Number.MAX_SAFE_INTEGER));
});

describe('a field key', () => {
  test('is a number from 1 to 2^29 - 1 and a wire type', () => {
    expect(reader('08').key()).toBe(8);
    expect(reader('ffffffff0f').key()).toBe(0xffff_ffff);
  });

  test.each(['00', '07', '8080808010', '8880808010'])('%s is refused', (hex) =>
    expect(() => reader(hex).key()).toThrow('expected a field number of at least 1'),
  );
});

describe('length-prefixed values', () => {
  test('are views of the bytes they were read from', () => {
    const buffer = Uint8Array.from([3, 1, 2, 3, 9]);
    const each = new WireReader(buffer);
    const bytes = each.bytes();
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3));
    expect(bytes.buffer).toBe(buffer.buffer);
    expect(each.pos).toBe(4);
  });

  test('end where their length says, whatever follows', () => {
    const outer = reader('0308960108ff');
    const inner = outer.message();
    expect([inner.key(), inner.uint(), inner.done]).toEqual([8, 150, true]);
    expect(() => inner.uint()).toThrow('at byte 4 of 4');
    expect(() => inner.uint64()).toThrow('at byte 4 of 4');
    expect(reader('02616263').text()).toBe('ab');
    expect([outer.pos, outer.done]).toEqual([4, false]);
  });

  test.each([
    ['bytes', (each: WireReader) => each.bytes()],
    ['message', (each: WireReader) => each.message()],
    ['text', (each: WireReader) => each.text()],
  ] as const)('%s are refused when shorter than promised', (_, read) => {
    expect(() => read(reader('040102'))).toThrow('expected 4 bytes, found 2 left');
    expect(() => read(reader('ffffffff0f01'))).toThrow('expected 4294967295 bytes, found 1 left');
  });
});

describe('fixed values', () => {
  test('are little endian and unsigned', () => {
    expect(reader('0100000000000080').fixed64()).toBe(2n ** 63n + 1n);
    expect(reader('010000ff').fixed32()).toBe(0xff000001);
  });

  test('are refused when cut short', () => {
    expect(() => reader('01000000000000').fixed64()).toThrow('expected 8 bytes, found 7 left');
    expect(() => reader('010000').fixed32()).toThrow('expected 4 bytes, found 3 left');
  });
});

describe('skip', () => {
  test.each([
    ['varint', '08ffffffffffffffffff01', 11],
    ['fixed64', '090102030405060708', 9],
    ['bytes', '0a020102', 4],
    ['fixed32', '0d01020304', 5],
  ])('passes over one %s', (_, hex, end) => {
    const each = reader(`${hex}08`);
    each.skip(each.key());
    expect(each.pos).toBe(end);
  });

  test.each([
    ['0b', 'type 3 of field 1'],
    ['0c', 'type 4 of field 1'],
    ['16', 'type 6 of field 2'],
    ['17', 'type 7 of field 2'],
  ])('refuses groups and unknown wire types: %s', (hex, found) => {
    const each = reader(hex);
    const key = each.key();
    expect(() => each.skip(key)).toThrow(`expected wire type 0, 1, 2 or 5, found ${found}`);
  });
});

test('any bytes are read to their end, or refused with WIRE_MALFORMED, but never past the end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const each = new WireReader(bytes);
      try {
        while (!each.done) each.skip(each.key());
      } catch (error) {
        expect(error).toBeInstanceOf(BaleenError);
        expect((error as BaleenError).code).toBe('WIRE_MALFORMED');
      }
      expect(each.pos).toBeLessThanOrEqual(bytes.length);
    }),
  );
});
