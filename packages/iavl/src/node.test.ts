import { createHash } from 'node:crypto';
import { toHex } from '@baleen/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeNode, encodeNode, hashNode, type IavlNode } from './node.ts';

const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const version = fc.integer({ min: 0, max: 2 ** 45 });

const leaf: fc.Arbitrary<IavlNode> = fc.record({
  kind: fc.constant('leaf' as const),
  version,
  key: bytes(80),
  value: bytes(400),
});
const inner: fc.Arbitrary<IavlNode> = fc.record({
  kind: fc.constant('inner' as const),
  height: fc.integer({ min: 1, max: 60 }),
  size: fc.integer({ min: 2, max: 2 ** 40 }),
  version,
  key: bytes(80),
  left: hash,
  right: hash,
});
const node = fc.oneof(leaf, inner);

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('a stored node', () => {
  test.each([
    [
      'leaf',
      '00 02 8204 01 12 05 0a03313030',
      { kind: 'leaf', version: 257, key: hex('12'), value: hex('0a03313030') },
    ],
    [
      'inner node',
      `02 04 02 02 abcd 20 ${'11'.repeat(32)} 20 ${'22'.repeat(32)}`,
      {
        kind: 'inner',
        height: 1,
        size: 2,
        version: 1,
        key: hex('abcd'),
        left: hex('11'.repeat(32)),
        right: hex('22'.repeat(32)),
      },
    ],
  ] as const)('%s is read and written', (_, text, value) => {
    expect(decodeNode(hex(text))).toEqual(value);
    expect(toHex(encodeNode(value))).toBe(toHex(hex(text)));
  });

  test('is read back as it was written, whatever it holds', () => {
    fc.assert(
      fc.property(node, (each) => {
        const read = decodeNode(encodeNode(each));
        expect(read).toEqual(each);
        expect(encodeNode(read)).toEqual(encodeNode(each));
      }),
    );
  });

  test('is refused when it was cut anywhere, or something follows it', () => {
    fc.assert(
      fc.property(node, fc.nat(), (each, cut) => {
        const written = encodeNode(each);
        expect(() => decodeNode(written.subarray(0, cut % written.length))).toThrow(/^at byte \d+ of \d+/);
        expect(() => decodeNode(Buffer.concat([written, Uint8Array.of(0)]))).toThrow('expected the end');
      }),
    );
  });

  test.each([
    ['a height below 0', '01 02 02 01 12 00'],
    ['a leaf of two', '00 04 02 01 12 00'],
    ['an inner node of one', `02 02 02 01 12 20${'11'.repeat(32)}20${'22'.repeat(32)}`],
    ['a child without a hash', `02 04 02 01 12 00 20${'22'.repeat(32)}`],
    ['a version below 0', '00 02 01 01 12 00'],
  ])('%s is refused', (_, text) => {
    expect(() => decodeNode(hex(text))).toThrow(/expected a (height|hash)/);
  });
});

describe('the hash of a node', () => {
  const sha256 = (...parts: Uint8Array[]): string =>
    createHash('sha256').update(Buffer.concat(parts)).digest('hex');

  test('of a leaf covers version, key and value', () => {
    const value = hex('0a03313030');
    const expected = sha256(hex('00 02 8204 01 12 20'), createHash('sha256').update(value).digest());
    expect(toHex(hashNode({ kind: 'leaf', version: 257, key: hex('12'), value }))).toBe(expected);
  });

  test('of an inner node covers height, size, version and children, not its key', () => {
    const [left, right] = [hex('11'.repeat(32)), hex('22'.repeat(32))];
    const expected = sha256(hex('02 04 02 20'), left, hex('20'), right);
    for (const key of [hex('ab'), hex('')])
      expect(toHex(hashNode({ kind: 'inner', height: 1, size: 2, version: 1, key, left, right }))).toBe(
        expected,
      );
  });

  test('differs when any byte of the node but an inner key differs', () => {
    fc.assert(
      fc.property(leaf, fc.nat(), fc.integer({ min: 1, max: 255 }), (each, at, change) => {
        const written = encodeNode(each);
        written[at % written.length]! ^= change;
        const before = toHex(hashNode(each));
        let after: IavlNode;
        try {
          after = decodeNode(written);
        } catch {
          return;
        }
        expect(toHex(hashNode(after))).not.toBe(before);
      }),
    );
  });
});
