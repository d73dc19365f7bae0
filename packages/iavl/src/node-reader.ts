import { BaleenError } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { corrupt, nodeMissing } from './errors.ts';
import {
  decodeNode,
  encodeNode,
  hashInner,
  hashNode,
  hashStored,
  type InnerNode,
  type LeafNode,
} from './node.ts';
import { fromLatin1, type OrderedReader, toLatin1 } from './reader.ts';
import {
  decodeVersionedNode,
  isVersioned,
  type NodeKey,
  readVersionedKey,
  type VersionedInner,
  type VersionedLeaf,
  versionedKey,
} from './versioned-node.ts';

/** A node that its parent, or the commit info, names. */
export interface NodePlace {
  readonly key: NodeKey;
  /** The hash that the node must have, one character per byte. */
  readonly hash: string;
  /** The node's stored bytes, one character per byte; undefined: not read yet. Nodes of iavl 1 are read with their parent,
   * since only their hashes prove it. */
  readonly stored: string | undefined;
}

/** A node whose contents have the hash that its place demands. */
export type OpenedNode = OpenedLeaf | OpenedInner;

export interface OpenedLeaf {
  readonly kind: 'leaf';
  readonly leaf: LeafNode;
  /** The leaf as `encodeNode` writes it. May be a view of the database's cache. */
  readonly bytes: Uint8Array;
}

export interface OpenedInner {
  readonly kind: 'inner';
  readonly node: Pick<InnerNode, 'height' | 'size' | 'version' | 'key'>;
  readonly left: NodePlace;
  readonly right: NodePlace;
}

/** A node of iavl 1 with the version of its key. */
type Versioned = (VersionedLeaf | VersionedInner) & { readonly version: number };

/** Fetches nodes of one store, of iavl before 1.0 (by hash) and of iavl 1 (by version and nonce); one tree may hold both. A node is
 * handed out only if its contents have the hash of its place: whoever starts at a proved root gets nothing that the root
 * does not cover. */
export class NodeReader {
  /** For errors: store, version and path. */
  readonly context: string;
  private readonly db: OrderedReader;
  private readonly hashedKey: KeyBuffer;
  private readonly versionedKey: KeyBuffer;

  /** @param prefix  of the store's keys, `s/k:<store>/` */
  constructor(db: OrderedReader, prefix: string, context: string) {
    this.db = db;
    this.context = context;
    this.hashedKey = new KeyBuffer(`${prefix}n`, 32);
    this.versionedKey = new KeyBuffer(`${prefix}s`, 12);
  }

  /** The place of a node; its hash is not checked against anything yet.
   * @throws BaleenError `IAVL_NODE_MISSING`, `IAVL_CORRUPT`, the database's own */
  place(key: NodeKey): NodePlace {
    if (!isVersioned(key)) return { key, hash: key, stored: undefined };
    const found = this.findVersioned(key);
    const node = this.decodeVersioned(found.key, found.bytes);
    const hash = toLatin1(node.kind === 'leaf' ? hashNode(node) : node.hash);
    return { key: found.key, hash, stored: toLatin1(found.bytes) };
  }

  /** The node of a place, proved by the place's hash.
   * @throws BaleenError `IAVL_NODE_MISSING`, `IAVL_CORRUPT`, the database's own */
  open(place: NodePlace): OpenedNode {
    return place.stored === undefined ? this.openHashed(place.key) : this.openVersioned(place, place.stored);
  }

  private openHashed(key: NodeKey): OpenedNode {
    const bytes = this.db.get(this.hashedKey.of(key));
    if (bytes === undefined) throw nodeMissing(this.context, shown(key));
    const node = this.named(key, () => decodeNode(bytes));
    const found = hashStored(bytes, node);
    if (found !== key) throw this.wrongHash(key, 'contents of that hash', `hash ${shown(found)}`);
    if (node.kind === 'leaf') return { kind: 'leaf', leaf: node, bytes };
    return {
      kind: 'inner',
      node,
      left: this.place(toLatin1(node.left)),
      right: this.place(toLatin1(node.right)),
    };
  }

  /** The hash of a leaf was computed when its place was made. That of an inner node is only what the node says of itself:
   * it is recomputed here from its children's. */
  private openVersioned(place: NodePlace, stored: string): OpenedNode {
    const node = this.decodeVersioned(place.key, fromLatin1(stored));
    if (node.kind === 'leaf') return { kind: 'leaf', leaf: node, bytes: encodeNode(node) };
    const left = this.place(node.left);
    const right = this.place(node.right);
    const found = toLatin1(hashInner(node, fromLatin1(left.hash), fromLatin1(right.hash)));
    if (found !== place.hash)
      throw this.wrongHash(
        place.key,
        `hash ${shown(place.hash)}`,
        `${shown(found)} from the hashes of its children`,
      );
    return { kind: 'inner', node, left, right };
  }

  /** Pruning moves a root that a later tree still uses from nonce 1 to nonce 0. What refers to it may name either. */
  private findVersioned(key: NodeKey): { key: NodeKey; bytes: Uint8Array } {
    const { version, nonce } = readVersionedKey(key);
    const names = nonce > 1 ? [key] : [key, versionedKey(version, 1 - nonce)];
    for (const name of names) {
      const bytes = this.db.get(this.versionedKey.of(name));
      if (bytes !== undefined) return { key: name, bytes };
    }
    throw nodeMissing(this.context, shown(key));
  }

  private decodeVersioned(key: NodeKey, bytes: Uint8Array): Versioned {
    const node = this.named(key, () => decodeVersionedNode(bytes));
    return { ...node, version: readVersionedKey(key).version };
  }

  private named<Node>(key: NodeKey, decode: () => Node): Node {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof BaleenError)) throw error;
      throw corrupt(`${this.context}, node ${shown(key)}`, 'an IAVL node', error.message, error);
    }
  }

  private wrongHash(key: NodeKey, expected: string, found: string): BaleenError {
    return corrupt(`${this.context}, node ${shown(key)}`, expected, found);
  }
}

/** A database key of fixed length whose end is written anew for each lookup. */
class KeyBuffer {
  private readonly bytes: Buffer;
  private readonly at: number;

  constructor(head: string, tailBytes: number) {
    this.bytes = Buffer.alloc(head.length + tailBytes, head, 'latin1');
    this.at = head.length;
  }

  of(tail: string): Uint8Array {
    this.bytes.write(tail, this.at, 'latin1');
    return this.bytes;
  }
}

/** A hash in hex, or version and nonce. */
function shown(key: NodeKey): string {
  if (!isVersioned(key)) return toHex(fromLatin1(key));
  const { version, nonce } = readVersionedKey(key);
  return `${version}/${nonce}`;
}
