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

/** Where a node is stored, and the hash that it must have, as its parent or the commit info says. */
export interface NodePlace {
  readonly key: NodeKey;
  /** The hash that the node must have, one character per byte. */
  readonly hash: string;
  /** The node's stored bytes, one character per byte; undefined if they have not been read yet. Nodes of iavl 1 are read together with
   * their parent, since the parent can only be proved by its children's hashes. */
  readonly stored: string | undefined;
}

/** A node that was read and whose content has the hash in its NodePlace. */
export type OpenedNode = OpenedLeaf | OpenedInner;

export interface OpenedLeaf {
  readonly kind: 'leaf';
  readonly leaf: LeafNode;
  /** The leaf's bytes in the format of `encodeNode`. They may be a view of the database's cache, so copy them to keep them. */
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

/** Reads the nodes of one store. Nodes of iavl before 1.0 are found by their hash, those of iavl 1 by version and nonce; a tree may contain
 * both. A node is only returned if its content has the hash in its NodePlace. So a caller that starts at a proved root only gets nodes
 * that the root hash covers. */
export class NodeReader {
  /** Store, version and path, for error messages. */
  readonly context: string;
  private readonly db: OrderedReader;
  private readonly hashedKey: KeyBuffer;
  private readonly versionedKey: KeyBuffer;

  /** @param prefix  prefix of the store's keys in the database, `s/k:<store>/` */
  constructor(db: OrderedReader, prefix: string, context: string) {
    this.db = db;
    this.context = context;
    this.hashedKey = new KeyBuffer(`${prefix}n`, 32);
    this.versionedKey = new KeyBuffer(`${prefix}s`, 12);
  }

  /** Returns the place of a node with the hash that the node claims. Nothing has checked that hash yet.
   * @throws BaleenError `IAVL_NODE_MISSING`, `IAVL_CORRUPT`, the database's own */
  place(key: NodeKey): NodePlace {
    if (!isVersioned(key)) return { key, hash: key, stored: undefined };
    const found = this.findVersioned(key);
    const node = this.decodeVersioned(found.key, found.bytes);
    const hash = toLatin1(node.kind === 'leaf' ? hashNode(node) : node.hash);
    return { key: found.key, hash, stored: toLatin1(found.bytes) };
  }

  /** Reads the node at a place, and checks that it has the place's hash.
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

  /** Opens a node of iavl 1. The hash of a leaf was computed when its place was made. An inner node only claims its own hash, so the hash
   * is computed here from those of its children. */
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

  /** Finds a node of iavl 1 by version and nonce. Pruning moves a root that a later tree still uses from nonce 1 to nonce 0, and a parent
   * may name either nonce. */
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

/** A buffer for database keys of the same length and prefix: only the end is overwritten for each lookup. */
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

/** Shows a node's key in an error message: a hash in hex, or version and nonce. */
function shown(key: NodeKey): string {
  if (!isVersioned(key)) return toHex(fromLatin1(key));
  const { version, nonce } = readVersionedKey(key);
  return `${version}/${nonce}`;
}
