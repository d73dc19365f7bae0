import { hash } from 'node:crypto';

const LEAF = 0;
const INNER = 1;

/** SHA-256 of bytes, or of a text in UTF-8: 32 bytes.
 *
 * Node returns the digest as a string here, since allocating a Buffer for each digest takes longer than hashing. */
export function sha256(data: Uint8Array | string): Uint8Array {
  const text = hash('sha256', data, 'binary');
  const digest = new Uint8Array(32);
  for (let index = 0; index < 32; index++) digest[index] = text.charCodeAt(index);
  return digest;
}

/** Computes the root hash of Tendermint's Merkle tree, which is that of RFC 6962: the hash of a leaf is over `00 · leaf`, that of an inner
 * node over `01 · left · right`, and the number of leaves on the left is the largest power of two below the count. Returns undefined if
 * there are no leaves, since the hash of an empty tree depends on the Tendermint version. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array | undefined {
  if (leaves.length === 0) return undefined;
  let level = leaves.map(leafHash);
  // Hashing neighbours in pairs and taking a single last one up unchanged gives the same tree as splitting at powers of two.
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

/** Buffer for the bytes `00 · leaf` that are hashed. It is used again for each leaf, so that no leaf needs a buffer of its own. */
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
