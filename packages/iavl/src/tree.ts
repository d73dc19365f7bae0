import { toHex } from '@baleen/codec';
import { corrupt } from './errors.ts';
import { hashInner, hashNode, type LeafNode } from './node.ts';
import type { NodePlace, NodeReader, OpenedNode } from './node-reader.ts';
import { type ExistenceProof, makeProof, type Turn } from './proof.ts';
import { compareKeys, equalBytes, fromLatin1, type KeyRange } from './reader.ts';
import { type ReadAheadLimits, TreeWalk } from './walk.ts';

/** The root hash that was computed from all leaves of a tree, and what was counted on the way. */
export interface RecomputedRoot {
  /** The root hash, computed from the leaves upwards; undefined if the tree has no leaves. */
  readonly hash: Uint8Array | undefined;
  readonly leaves: number;
  /** Size of the keys and values of all leaves, in bytes. */
  readonly bytes: number;
}

/** One store's tree at one version. `rootHash` proves every node that is read: the node's hash is computed and must be the one that its
 * parent contains. */
export class IavlTree {
  readonly store: string;
  /** The store's own version, see `StoreCommit`. */
  readonly version: number;
  /** Hash of the root node, 32 bytes; undefined if the tree has no leaves. */
  readonly rootHash: Uint8Array | undefined;
  /** Number of leaves. */
  readonly size: number;
  private readonly root: NodePlace | undefined;
  private readonly nodes: NodeReader;

  /** Reads the root node, for the tree's size.
   * @param root  place of the root node, with a hash that the caller has proved; undefined if the tree has no leaves
   * @throws BaleenError `IAVL_NODE_MISSING`, `IAVL_CORRUPT`: the root node is missing or damaged */
  constructor(store: string, version: number, root: NodePlace | undefined, nodes: NodeReader) {
    this.store = store;
    this.version = version;
    this.root = root;
    this.rootHash = root && fromLatin1(root.hash);
    this.nodes = nodes;
    this.size = root === undefined ? 0 : sizeOf(nodes.open(root));
  }

  /** Returns the value of a key. Returns undefined if the tree does not have the key, which is proved as well.
   * @throws BaleenError `IAVL_NODE_MISSING`, `IAVL_CORRUPT` */
  get(key: Uint8Array): Uint8Array | undefined {
    return this.find(key)?.leaf.value;
  }

  /** Yields keys and values in order of the keys. The memory is limited whatever the tree's size, see `TreeWalk`.
   * @throws BaleenError `IAVL_NODE_MISSING`, `IAVL_CORRUPT` */
  *entries(
    range: KeyRange = {},
    bounds: ReadAheadLimits = {},
  ): Generator<readonly [key: Uint8Array, value: Uint8Array]> {
    for (const { key, value } of this.leaves(range, bounds)) yield [key, value];
  }

  /** Yields the leaves in order of their keys, each with the version that wrote it. */
  *leaves(range: KeyRange = {}, bounds: ReadAheadLimits = {}): Generator<LeafNode> {
    for (const step of this.walk(range, bounds)) if (step.kind === 'leaf') yield step;
  }

  /** Returns a proof of the key's value that leads to `rootHash`; undefined if the tree does not have the key. */
  prove(key: Uint8Array): ExistenceProof | undefined {
    const found = this.find(key);
    return found === undefined ? undefined : makeProof(found.leaf, found.path);
  }

  /** Walks the whole tree and computes its root hash from the leaves upwards: the hash of a leaf from its key, value and version, that of
   * an inner node from its children's computed hashes and its own height, size and version. Stored hashes are only used to find nodes. The
   * shape of the tree and the versions are read from the nodes, since the leaves alone do not tell them.
   * @throws BaleenError `IAVL_NODE_MISSING`, `IAVL_CORRUPT` */
  recomputeRoot(bounds: ReadAheadLimits = {}): RecomputedRoot {
    const hashes: Uint8Array[] = [];
    let leaves = 0;
    let bytes = 0;
    for (const step of this.walk({}, bounds)) {
      if (step.kind === 'leaf') {
        leaves++;
        bytes += step.key.length + step.value.length;
        hashes.push(hashNode(step));
      } else {
        const right = hashes.pop()!;
        const left = hashes.pop()!;
        hashes.push(hashInner(step.node, left, right));
      }
    }
    return { hash: hashes[0], leaves, bytes };
  }

  private walk(range: KeyRange, bounds: ReadAheadLimits): TreeWalk {
    const root = this.root && { place: this.root, size: this.size };
    return new TreeWalk(this.nodes, root, range, bounds);
  }

  private find(key: Uint8Array): { leaf: LeafNode; path: Turn[] } | undefined {
    if (this.root === undefined) return undefined;
    const path: Turn[] = [];
    for (let place = this.root; ; ) {
      const opened = this.nodes.open(place);
      if (opened.kind === 'leaf') {
        const leaf = copyOf(opened.leaf);
        if (equalBytes(leaf.key, key)) return { leaf, path };
        this.checkAbsence(key, leaf, path);
        return undefined;
      }
      const side = compareKeys(key, opened.node.key) < 0 ? 'left' : 'right';
      path.push({ opened, side });
      place = opened[side];
    }
  }

  /** Proves that a key is absent. No hash covers an inner node's key, and a wrong one could lead past a key that exists. So the key must
   * lie between the leaf that the search reached and the next leaf, or before the first leaf of the tree. */
  private checkAbsence(key: Uint8Array, leaf: LeafNode, path: readonly Turn[]): void {
    const isBefore = compareKeys(key, leaf.key) < 0;
    if (isBefore && path.every(({ side }) => side === 'left')) return;
    const next = isBefore ? leaf : this.leafAfter(path);
    if (next === undefined || (!isBefore && compareKeys(key, next.key) < 0)) return;
    throw corrupt(
      this.nodes.context,
      `inner nodes that lead to key ${toHex(key)}`,
      `that they lead past it, to ${toHex(leaf.key)}; the key of one is wrong`,
    );
  }

  /** Returns the leaf after the one that the path leads to; undefined if that one is the last. */
  private leafAfter(path: readonly Turn[]): LeafNode | undefined {
    const turn = path.findLast(({ side }) => side === 'left');
    if (turn === undefined) return undefined;
    for (let place = turn.opened.right; ; ) {
      const opened = this.nodes.open(place);
      if (opened.kind === 'leaf') return copyOf(opened.leaf);
      place = opened.left;
    }
  }
}

/** Copies a leaf, since its bytes may be a view of the database's cache. */
const copyOf = (leaf: LeafNode): LeafNode => ({
  ...leaf,
  key: Uint8Array.from(leaf.key),
  value: Uint8Array.from(leaf.value),
});

const sizeOf = (opened: OpenedNode): number => (opened.kind === 'leaf' ? 1 : opened.node.size);
