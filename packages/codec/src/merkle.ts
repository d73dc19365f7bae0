import { hash } from 'node:crypto';

const LEAF = 0;
const INNER = 1;

/** SHA-256 of bytes, or of a text in UTF-8: 32 bytes.
 *
 * By way of a string: Node makes a buffer of its own for each digest otherwise, which takes longer than the hash. */
export function sha256(data: Uint8Array | string): Uint8Array {
  const text = hash('sha256', data, 'binary');
  const digest = new Uint8Array(32);
  for (let index = 0; index < 32; index++) digest[index] = text.charCodeAt(index);
  return digest;
}

/** Root of Tendermint's merkle tree (RFC 6962: leaf `00 · leaf`, inner `01 · left · right`, the left half is the
 * largest power of two below the count); undefined for no leaves, for which eras answer differently. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array | undefined {
  if (leaves.length === 0) return undefined;
  let level = leaves.map(leafHash);
  // Joining neighbours and carrying the odd one up gives the same tree as splitting at powers of two.
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let index = 0; index < level.length; index += 2) {
      const left = level[index]!;
      const right = level[index + 1];
      next.push(right === undefined ? left : innerHash(left, right));
    }
    level = next;
  }
  return level[0];
}

/** Hashing takes one stretch of memory; leaves are copied behind their first byte here rather than each into its own. */
let scratch = new Uint8Array(4096);

function leafHash(leaf: Uint8Array): Uint8Array {
  const length = leaf.length + 1;
  if (length > scratch.length) scratch = new Uint8Array(length * 2);
  scratch[0] = LEAF;
  scratch.set(leaf, 1);
  return sha256(scratch.subarray(0, length));
}

function innerHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  scratch[0] = INNER;
  scratch.set(left, 1);
  scratch.set(right, 33);
  return sha256(scratch.subarray(0, 65));
}
