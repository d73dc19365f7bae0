import { encodeUvarint, sha256, WireReader, WireWriter } from '@baleen/codec';
import type { LeafNode } from './node.ts';
import type { OpenedInner } from './node-reader.ts';
import { fromLatin1 } from './reader.ts';

/** A proof that a key has a value in a tree, as ICS 23 defines it for IAVL. Its hash operations are fixed: sha256, with a leaf's value
 * hashed first, and lengths as uvarints. */
export interface ExistenceProof {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** Bytes before `uvarint length · key · 20 · sha256(value)` in the leaf. */
  readonly leafPrefix: Uint8Array;
  /** The steps from the leaf up to the root: each has the bytes before and after the hash of the step below. */
  readonly path: readonly InnerStep[];
}

export interface InnerStep {
  readonly prefix: Uint8Array;
  readonly suffix: Uint8Array;
}

const HASH_BYTES = 32;
const NO_BYTES: Uint8Array = new Uint8Array(0);

/** An inner node on the way to a key, and the side on which the key is. */
export interface Turn {
  readonly opened: OpenedInner;
  readonly side: 'left' | 'right';
}

/** Makes the proof for a leaf.
 * @param path  the inner nodes from the root down to the leaf */
export function makeProof(leaf: LeafNode, path: readonly Turn[]): ExistenceProof {
  return {
    key: leaf.key,
    value: leaf.value,
    leafPrefix: new WireWriter().rawZigzag(0).rawZigzag(1).rawZigzag(leaf.version).finish(),
    path: path.map(makeStep).reverse(),
  };
}

/** Makes the proof's step of an inner node, whose hashed bytes are zigzag height · size · version · 20 left · 20 right. */
function makeStep({ opened: { node, left, right }, side }: Turn): InnerStep {
  const head = new WireWriter().rawZigzag(node.height).rawZigzag(node.size).rawZigzag(node.version);
  if (side === 'left')
    return {
      prefix: head.rawVarint(HASH_BYTES).finish(),
      suffix: new WireWriter().rawVarint(HASH_BYTES).raw(fromLatin1(right.hash)).finish(),
    };
  return {
    prefix: head.rawVarint(HASH_BYTES).raw(fromLatin1(left.hash)).rawVarint(HASH_BYTES).finish(),
    suffix: NO_BYTES,
  };
}

/** Computes the root hash from a proof. The proof is valid for the tree that has this root hash. */
export function rootOfProof(proof: ExistenceProof): Uint8Array {
  const leaf = new WireWriter()
    .raw(proof.leafPrefix)
    .raw(encodeUvarint(proof.key.length))
    .raw(proof.key)
    .rawVarint(HASH_BYTES)
    .raw(sha256(proof.value))
    .finish();
  return proof.path.reduce(
    (hash, { prefix, suffix }) => sha256(Buffer.concat([prefix, hash, suffix])),
    sha256(leaf),
  );
}

/** The first bytes of a LeafOp as IAVL's ICS 23 spec fixes them, before its field prefix: hash SHA256, prehash_value SHA256, length
 * VAR_PROTO. */
const LEAF_OP = Uint8Array.of(0x08, 1, 0x18, 1, 0x20, 1);
/** The first bytes of an InnerOp, before its field prefix: hash SHA256. */
const INNER_OP = Uint8Array.of(0x08, 1);

/** Encodes a proof as ICS 23's CommitmentProof{exist f1}, which a node returns for `/abci_query?prove=true` (op `ics23:iavl`). */
export function encodeProof(proof: ExistenceProof): Uint8Array {
  const writer = new WireWriter();
  const leaf = writer.raw(LEAF_OP).bytes(5, proof.leafPrefix).finish();
  const steps = proof.path.map(({ prefix, suffix }) =>
    writer.raw(INNER_OP).bytes(2, prefix).bytes(3, suffix).finish(),
  );
  writer.bytes(1, proof.key).bytes(2, proof.value).message(3, leaf);
  for (const step of steps) writer.message(4, step);
  const exist = writer.finish();
  return writer.message(1, exist).finish();
}

/** Decodes a proof in the format of `encodeProof`.
 * @throws BaleenError `WIRE_MALFORMED`: malformed, another kind of proof, or hash operations other than IAVL's */
export function decodeProof(bytes: Uint8Array): ExistenceProof {
  const outer = new WireReader(bytes);
  if (outer.key() !== 0x0a) throw outer.error('an existence proof (field 1)', 'another kind');
  const reader = outer.message();
  const found = { key: NO_BYTES, value: NO_BYTES, leafPrefix: NO_BYTES };
  const path: InnerStep[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) found.key = reader.bytes();
    else if (key === 0x12) found.value = reader.bytes();
    else if (key === 0x1a) found.leafPrefix = readOp(reader.message(), LEAF_OP, 0x2a, 0).prefix;
    else if (key === 0x22) path.push(readOp(reader.message(), INNER_OP, 0x12, 0x1a));
    else throw reader.error('a field of ExistenceProof', `field ${key >>> 3}`);
  }
  return { ...found, path };
}

function readOp(reader: WireReader, head: Uint8Array, prefixKey: number, suffixKey: number): InnerStep {
  const found = reader.buffer.subarray(reader.pos, Math.min(reader.pos + head.length, reader.end));
  if (Buffer.compare(found, head) !== 0) throw reader.error("IAVL's hash operations", 'others');
  reader.pos += head.length;
  const step = { prefix: NO_BYTES, suffix: NO_BYTES };
  while (!reader.done) {
    const key = reader.key();
    if (key === prefixKey) step.prefix = reader.bytes();
    else if (key === suffixKey) step.suffix = reader.bytes();
    else throw reader.error('a prefix or a suffix', `field ${key >>> 3}`);
  }
  return step;
}
