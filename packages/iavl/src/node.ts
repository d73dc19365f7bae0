import { hash } from 'node:crypto';
import { sha256, WireReader, WireWriter } from '@baleen/codec';

/** A key with its value, and the version that last wrote it. */
export interface LeafNode {
  readonly kind: 'leaf';
  /** Version of the tree (as a rule the block height) that wrote the leaf. */
  readonly version: number;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface InnerNode {
  readonly kind: 'inner';
  /** Height in the tree: 1 directly above leaves. */
  readonly height: number;
  /** Number of leaves below this node. */
  readonly size: number;
  /** Version of the tree that made this node. */
  readonly version: number;
  /** Smallest key of the right subtree: smaller keys are on the left. The node's hash does not cover it. */
  readonly key: Uint8Array;
  /** Hashes of the children, 32 bytes. */
  readonly left: Uint8Array;
  readonly right: Uint8Array;
}

export type IavlNode = LeafNode | InnerNode;

const HASH_BYTES = 32;
/** Size of both child hashes of an inner node, each after a byte with its length. */
const HASHES_BYTES = 2 * (1 + HASH_BYTES);
/** Largest height that a node is allowed to have; a tree of 2^60 leaves is lower. */
const MAX_HEIGHT = 100;

/** Reads a stored node of IAVL 0.12 to 0.21. The byte arrays in the result are views of `bytes`.
 *
 *     node  = zigzag height · zigzag size · zigzag version · uvarint length · key · rest
 *     rest  = uvarint length · value            height 0: a leaf, its size is 1
 *           | 20 left hash · 20 right hash      an inner node
 *
 * (cosmos/iavl node.go `writeBytes`, 0.12.4 and 0.17.3.)
 * @throws BaleenError `WIRE_MALFORMED` */
export function decodeNode(bytes: Uint8Array): IavlNode {
  const reader = new WireReader(bytes);
  const height = reader.zigzag();
  const size = reader.zigzag();
  const version = reader.zigzag();
  if (height < 0 || height > MAX_HEIGHT || version < 0 || (height === 0 ? size !== 1 : size < 2))
    throw reader.error(
      'a height, a size of at least 1 and a version',
      `height ${height}, size ${size}, version ${version}`,
    );
  const key = reader.bytes();
  const node: IavlNode =
    height === 0
      ? { kind: 'leaf', version, key, value: reader.bytes() }
      : { kind: 'inner', height, size, version, key, left: readHash(reader), right: readHash(reader) };
  if (!reader.done) throw reader.error('the end', `${reader.end - reader.pos} more bytes`);
  return node;
}

function readHash(reader: WireReader): Uint8Array {
  const hash = reader.bytes();
  if (hash.length !== HASH_BYTES) throw reader.error('a hash of 32 bytes', `${hash.length} bytes`);
  return hash;
}

const writer = new WireWriter();

/** Encodes a node in the format that `decodeNode` reads. */
export function encodeNode(node: IavlNode): Uint8Array {
  writeHead(node);
  writeBytes(node.key);
  if (node.kind === 'leaf') writeBytes(node.value);
  else {
    writeBytes(node.left);
    writeBytes(node.right);
  }
  return writer.finish();
}

/** Computes the hash of a node, which is also its key in the database: the sha256 of
 *
 *     leaf  = 00 · 02 · zigzag version · uvarint length · key · 20 sha256(value)
 *     inner = zigzag height · zigzag size · zigzag version · 20 left hash · 20 right hash
 *
 * (cosmos/iavl node.go `writeHashBytes`; the same in all versions up to 1.x.) */
export function hashNode(node: IavlNode): Uint8Array {
  if (node.kind === 'leaf') return hashLeaf(node, sha256(node.value));
  return hashInner(node, node.left, node.right);
}

let scratch = Buffer.alloc(4096);

/** Computes the hash of a node that `decodeNode` has read from `bytes`, and returns it as one character per byte. It hashes the stored
 * bytes instead of encoding the node again: of a leaf all up to the end of its key, then the value's hash; of an inner node all but its
 * key. */
export function hashStored(bytes: Uint8Array, node: IavlNode): string {
  const keyStart = node.key.byteOffset - bytes.byteOffset;
  const head = node.kind === 'leaf' ? keyStart + node.key.length : keyStart - uvarintBytes(node.key.length);
  if (scratch.length < head + HASHES_BYTES) scratch = Buffer.alloc((head + HASHES_BYTES) * 2);
  for (let index = 0; index < head; index++) scratch[index] = bytes[index]!;
  if (node.kind === 'leaf') {
    scratch[head] = HASH_BYTES;
    scratch.write(hash('sha256', node.value, 'binary'), head + 1, 'latin1');
    return hash('sha256', scratch.subarray(0, head + 1 + HASH_BYTES), 'binary');
  }
  const hashes = bytes.length - HASHES_BYTES;
  for (let index = 0; index < HASHES_BYTES; index++) scratch[head + index] = bytes[hashes + index]!;
  return hash('sha256', scratch.subarray(0, head + HASHES_BYTES), 'binary');
}

function uvarintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest /= 128) bytes++;
  return bytes;
}

/** Computes the hash that an inner node would have with these hashes of its children. */
export function hashInner(
  node: Pick<InnerNode, 'height' | 'size' | 'version'>,
  left: Uint8Array,
  right: Uint8Array,
): Uint8Array {
  writer.rawZigzag(node.height).rawZigzag(node.size).rawZigzag(node.version);
  writeBytes(left);
  writeBytes(right);
  return sha256(writer.finish());
}

function hashLeaf({ version, key }: LeafNode, valueHash: Uint8Array): Uint8Array {
  writer.rawZigzag(0).rawZigzag(1).rawZigzag(version);
  writeBytes(key);
  writeBytes(valueHash);
  return sha256(writer.finish());
}

function writeHead(node: IavlNode): void {
  const { height, size } = node.kind === 'leaf' ? { height: 0, size: 1 } : node;
  writer.rawZigzag(height).rawZigzag(size).rawZigzag(node.version);
}

function writeBytes(bytes: Uint8Array): void {
  writer.rawVarint(bytes.length).raw(bytes);
}
