import { WireReader, WireWriter } from '@baleen/codec';
import { fromLatin1 } from './reader.ts';

/** Where a node is stored, one character per byte: 12 characters are the version and the nonce of iavl 1 (big endian, 8 and 4
 * bytes; key `s` · version · nonce), 32 characters are the hash of iavl before 1.0 (key `n` · hash). */
export type NodeKey = string;

/** A leaf as iavl 1 stores it. The version that wrote it is part of its node key. */
export interface VersionedLeaf {
  readonly kind: 'leaf';
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** An inner node as iavl 1 stores it. The version that made it is part of its node key. */
export interface VersionedInner {
  readonly kind: 'inner';
  readonly height: number;
  readonly size: number;
  /** Smallest key of the right subtree. The node's hash does not cover it. */
  readonly key: Uint8Array;
  /** The node's own hash, 32 bytes. It can be checked only with the hashes of both children. */
  readonly hash: Uint8Array;
  readonly left: NodeKey;
  readonly right: NodeKey;
}

const HASH_BYTES = 32;
const MAX_HEIGHT = 100;
const MAX_NONCE = 0xffff_ffff;
/** Bits of an inner node's mode. A set bit says that this child was written by iavl before 1.0 and is named by its hash. */
const LEFT_IS_HASHED = 1;
const RIGHT_IS_HASHED = 2;

export const VERSIONED_KEY_CHARS = 12;

/** True if the key is a version and a nonce, false if it is a hash. */
export const isVersioned = (key: NodeKey): boolean => key.length === VERSIONED_KEY_CHARS;

/** Makes the key of a node of iavl 1.
 * @param version  0 … 2^53 - 1
 * @param nonce  0 … 2^32 - 1: position in pre-order among the nodes of that version. The root has 1, or 0 once pruning moved it. */
export function versionedKey(version: number, nonce: number): NodeKey {
  const bytes = Buffer.alloc(VERSIONED_KEY_CHARS);
  bytes.writeBigUInt64BE(BigInt(version));
  bytes.writeUInt32BE(nonce, 8);
  return bytes.toString('latin1');
}

/** Reads the version and the nonce from a key of iavl 1. */
export function readVersionedKey(key: NodeKey): { version: number; nonce: number } {
  const bytes = Buffer.from(fromLatin1(key));
  return { version: Number(bytes.readBigUInt64BE()), nonce: bytes.readUInt32BE(8) };
}

/** Reads a stored node of iavl 1.0 and later. The byte arrays in the result are views of `bytes`.
 *
 *     node  = zigzag height · zigzag size · uvarint length · key · rest
 *     rest  = uvarint length · value                          height 0: a leaf, its size is 1
 *           | 20 hash · zigzag mode · child left · child right   an inner node
 *     child = zigzag version · zigzag nonce | 20 hash         by the bits of mode: 1 left, 2 right is named by its hash
 *
 * (cosmos/iavl node.go `MakeNode`, 1.3.5.)
 * @throws BaleenError `WIRE_MALFORMED` */
export function decodeVersionedNode(bytes: Uint8Array): VersionedLeaf | VersionedInner {
  const reader = new WireReader(bytes);
  const height = reader.zigzag();
  const size = reader.zigzag();
  if (height < 0 || height > MAX_HEIGHT || (height === 0 ? size !== 1 : size < 2))
    throw reader.error('a height and a size of at least 1', `height ${height}, size ${size}`);
  const key = reader.bytes();
  const node = height === 0 ? readLeaf(reader, key) : readInner(reader, { height, size, key });
  if (!reader.done) throw reader.error('the end', `${reader.end - reader.pos} more bytes`);
  return node;
}

const readLeaf = (reader: WireReader, key: Uint8Array): VersionedLeaf => ({
  kind: 'leaf',
  key,
  value: reader.bytes(),
});

function readInner(
  reader: WireReader,
  head: Pick<VersionedInner, 'height' | 'size' | 'key'>,
): VersionedInner {
  const hash = readHash(reader);
  const mode = reader.zigzag();
  if (mode < 0 || mode > (LEFT_IS_HASHED | RIGHT_IS_HASHED))
    throw reader.error('a mode from 0 to 3', `${mode}`);
  const left = readChild(reader, (mode & LEFT_IS_HASHED) !== 0);
  const right = readChild(reader, (mode & RIGHT_IS_HASHED) !== 0);
  return { kind: 'inner', ...head, hash, left, right };
}

function readChild(reader: WireReader, isHashed: boolean): NodeKey {
  if (isHashed) return Buffer.from(readHash(reader)).toString('latin1');
  const version = reader.zigzag();
  const nonce = reader.zigzag();
  if (version < 0 || nonce < 0 || nonce > MAX_NONCE)
    throw reader.error('a version and a nonce', `version ${version}, nonce ${nonce}`);
  return versionedKey(version, nonce);
}

function readHash(reader: WireReader): Uint8Array {
  const hash = reader.bytes();
  if (hash.length !== HASH_BYTES) throw reader.error('a hash of 32 bytes', `${hash.length} bytes`);
  return hash;
}

/** Encodes a node in the format that `decodeVersionedNode` reads. */
export function encodeVersionedNode(node: VersionedLeaf | VersionedInner): Uint8Array {
  const writer = new WireWriter();
  const { height, size } = node.kind === 'leaf' ? { height: 0, size: 1 } : node;
  writer.rawZigzag(height).rawZigzag(size).rawVarint(node.key.length).raw(node.key);
  if (node.kind === 'leaf') return writer.rawVarint(node.value.length).raw(node.value).finish();
  const mode =
    (isVersioned(node.left) ? 0 : LEFT_IS_HASHED) | (isVersioned(node.right) ? 0 : RIGHT_IS_HASHED);
  writer.rawVarint(HASH_BYTES).raw(node.hash).rawZigzag(mode);
  for (const child of [node.left, node.right]) writeChild(writer, child);
  return writer.finish();
}

function writeChild(writer: WireWriter, child: NodeKey): void {
  if (!isVersioned(child)) {
    writer.rawVarint(HASH_BYTES).raw(fromLatin1(child));
    return;
  }
  const { version, nonce } = readVersionedKey(child);
  writer.rawZigzag(version).rawZigzag(nonce);
}
