import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from './hex.ts';
import { merkleRoot, sha256 } from './merkle.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const hashOf = (...parts: Uint8Array[]): Uint8Array =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

/** RFC 6962 section 2.1, word for word. */
function definition(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return hashOf(Uint8Array.of(0), leaves[0]!);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return hashOf(Uint8Array.of(1), definition(leaves.slice(0, split)), definition(leaves.slice(split)));
}

describe('merkleRoot', () => {
  test('has no root for no leaves', () => expect(merkleRoot([])).toBeUndefined());

  test('equals the definition of RFC 6962 for any leaves', () => {
    const leaves = fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 1, maxLength: 70 });
    fc.assert(
      fc.property(leaves, (each) => {
        expect(toHex(merkleRoot(each)!)).toBe(toHex(definition(each)));
      }),
    );
  });

  test('hashes leaves larger than its scratch memory', () => {
    const leaves = [new Uint8Array(65_536).fill(1), new Uint8Array(9_000).fill(2)];
    expect(toHex(merkleRoot(leaves)!)).toBe(toHex(definition(leaves)));
  });

  test('hashes an empty leaf as RFC 6962 says', () => {
    expect(toHex(merkleRoot([text('')])!)).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
  });
});

test('sha256 of no bytes is the well-known one', () => {
  expect(toHex(sha256(text('')))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});
