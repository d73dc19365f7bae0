import { createHash } from 'node:crypto';
import { toHex, WireWriter } from '@baleen/codec';
import { describe, expect, test } from 'vitest';
import { appHashOf, decodeCommitInfo, decodeLatest, emptyTreeHash } from './commit-info.ts';

const hex = (text: string): Uint8Array => Buffer.from(text, 'hex');
const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

const A = sha256(Buffer.from('tree a'));
const B = sha256(Buffer.from('tree b'));

const id = (version: number, hash: Uint8Array): Uint8Array =>
  new WireWriter().varint(1, version).bytes(2, hash).finish();

/** CommitInfo of SDK 0.40 and later; `core`: with the level that 0.39 has between. */
function infoOf(version: number, stores: readonly [string, Uint8Array][], core: boolean): Uint8Array {
  const info = new WireWriter().varint(1, version);
  for (const [name, hash] of stores) {
    const commit = core ? new WireWriter().message(1, id(version, hash)).finish() : id(version, hash);
    info.message(2, new WireWriter().text(1, name).message(2, commit).finish());
  }
  return info.finish();
}

const lengthPrefixed = (bytes: Uint8Array): Uint8Array =>
  new WireWriter().rawVarint(bytes.length).raw(bytes).finish();

const STORES: readonly [string, Uint8Array][] = [
  ['staking', B],
  ['acc', A],
];

/** Leaf and inner hash of RFC 6962, over names and values. */
const leaf = (name: string, value: Uint8Array): Buffer =>
  sha256(hex('00'), Uint8Array.of(name.length), Buffer.from(name), hex('20'), sha256(value));
const inner = (left: Uint8Array, right: Uint8Array): Buffer => sha256(hex('01'), left, right);

describe('a commit info', () => {
  test('of SDK 0.39 is amino behind its length; its stores count hashed twice', () => {
    const info = decodeCommitInfo(lengthPrefixed(infoOf(290, STORES, true)), 290, 'test');
    expect(info).toMatchObject({ version: 290, format: 'amino' });
    expect(info.stores.map(({ name }) => name)).toEqual(['acc', 'staking']);
    expect(toHex(appHashOf(info))).toBe(
      inner(leaf('acc', sha256(A)), leaf('staking', sha256(B))).toString('hex'),
    );
  });

  test('of SDK 0.40 and later is protobuf; its stores count hashed once', () => {
    const info = decodeCommitInfo(infoOf(306, STORES, false), 306, 'test');
    expect(info).toMatchObject({ version: 306, format: 'proto' });
    expect(info.stores.map(({ hash }) => toHex(hash))).toEqual([toHex(A), toHex(B)]);
    expect(toHex(appHashOf(info))).toBe(inner(leaf('acc', A), leaf('staking', B)).toString('hex'));
  });

  test('may have a timestamp, as since SDK 0.47', () => {
    const timed = Buffer.concat([infoOf(320, STORES, false), hex('1a020801')]);
    expect(decodeCommitInfo(timed, 320, 'test').stores).toHaveLength(2);
  });

  test('of one that has an empty tree tells the eras apart', () => {
    expect([toHex(emptyTreeHash('amino')), toHex(emptyTreeHash('proto'))]).toEqual([
      '',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ]);
  });

  test.each([
    ['proto', infoOf(306, STORES, false)],
    ['amino', lengthPrefixed(infoOf(306, STORES, true))],
  ])('that is cut anywhere is refused by name: %s', (_, whole) => {
    for (let length = 0; length < whole.length; length++) {
      const cut = whole.subarray(0, length);
      // Between two stores a protobuf message looks whole.
      if (isPrefix(cut)) continue;
      expect(() => decodeCommitInfo(cut, 306, 'read key s/306 of /db'), `${length} bytes`).toThrow(
        /^read key s\/306 of \/db: expected a commit info of SDK/,
      );
    }
  });

  test('of another version, without names or with half a hash is refused', () => {
    const read = (value: Uint8Array) => () => decodeCommitInfo(value, 306, 'test');
    expect(read(infoOf(305, STORES, false))).toThrow('expected version 306, found version 305');
    expect(read(infoOf(306, [['', A]], false))).toThrow('expected a name of a store, found none');
    expect(read(infoOf(306, [['acc', A.subarray(1)]], false))).toThrow('hash of 32 bytes or none, found 31');
  });
});

const isPrefix = (cut: Uint8Array): boolean =>
  [0, 1, 2].some((count) => Buffer.compare(cut, infoOf(306, STORES.slice(0, count), false)) === 0);

describe('s/latest', () => {
  test.each([
    ['02a202', 290],
    ['08b202', 306],
    ['0101', 1],
    ['0801', 1],
    ['', 0],
  ])('%s is %s', (text, latest) => expect(decodeLatest(hex(text), 'test')).toBe(latest));

  test.each(['02a2', '03a202', '02a20200', '08', '08b20200'])('%s is refused', (text) => {
    expect(() => decodeLatest(hex(text), 'read key s/latest of /db')).toThrow(
      /^read key s\/latest of \/db: expected a version, found/,
    );
  });
});
