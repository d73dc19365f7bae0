import { toHex } from '@baleen/codec';
import { corrupt } from './errors.ts';
import { hashInner, hashNode, type LeafNode } from './node.ts';
import type { NodePlace, NodeReader, OpenedNode } from './node-reader.ts';
import { type ExistenceProof, makeProof, type Turn } from './proof.ts';
import { compareKeys, equalBytes, fromLatin1, type KeyRange } from './reader.ts';
import { TreeWalk, type WalkBounds } from './walk.ts';

/** Counts of a whole walk. */
export interface RecomputedRoot {
  /** Root hash made from the leaves upwards; undefined: no leaves. */
  readonly hash: Uint8Array | undefined;
  readonly leaves: number;
  /** Bytes of keys and values. */
  readonly bytes: number;
}

/** One store's tree at one version. Every node that is read is proved by `rootHash`, as its own hash is recomputed and has to
 * be the one that its parent holds. */
export class IavlTree {
  readonly store: string;
  /** The store's own version, see `StoreCommit`. */
  readonly version: number;
  /** undefined: the tree has no leaves. */
  readonly rootHash: Uint8Array | undefined;
  /** Leaves. */
  readonly size: number;
  private readonly root: NodePlace | undefined;
  private readonly nodes: NodeReader;

  /** @param root  whose hash is proved; undefined: the tree has no leaves
   * @throws BaleenError `IAVL_NODE_MISSING`, `IAVL_CORRUPT`: the root's */
  constructor(store: string, version: number, root: NodePlace | undefined, nodes: NodeReader) {
    this.store = store;
    this.version = version;
    this.root = root;
    this.rootHash = root && fromLatin1(root.hash);
    this.nodes = nodes;
    this.size = root === undefined ? 0 : sizeOf(nodes.open(root));
  }

  /** Value of a key; undefined: no such key, which is proved too.
   * @throws BaleenError `IAVL_NODE_MISSING`, `IAVL_CORRUPT` */
  get(key: Uint8Array): Uint8Array | undefined {
    return this.find(key)?.leaf.value;
  }

  /** Keys and values in order of keys. Memory is bounded whatever the tree's size, see `TreeWalk`.
   * @throws BaleenError `IAVL_NODE_MISSING`, `IAVL_CORRUPT` */
  *entries(
    range: KeyRange = {},
    bounds: WalkBounds = {},
  ): Generator<readonly [key: Uint8Array, value: Uint8Array]> {
    for (const { key, value } of this.leaves(range, bounds)) yield [key, value];
  }

  /** The same, with the version that wrote each. */
  *leaves(range: KeyRange = {}, bounds: WalkBounds = {}): Generator<LeafNode> {
    for (const step of this.walk(range, bounds)) if (step.kind === 'leaf') yield step;
  }

  /** Proof of a key's value, for `rootHash`; undefined: no such key. */
  prove(key: Uint8Array): ExistenceProof | undefined {
    const found = this.find(key);
    return found === undefined ? undefined : makeProof(found.leaf, found.path);
  }

  /** Walks the whole tree and makes its root hash anew from the bottom: leaves from their keys, values and versions, inner
   * nodes from the hashes just made and their own height, size and version. No stored hash goes into it but as a name to
   * fetch by. The tree's shape and the versions are taken from the nodes: leaves alone do not tell them.
   * @throws BaleenError `IAVL_NODE_MISSING`, `IAVL_CORRUPT` */
  recomputeRoot(bounds: WalkBounds = {}): RecomputedRoot {
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

  private walk(range: KeyRange, bounds: WalkBounds): TreeWalk {
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

  /** No hash covers an inner node's key, and a wrong one leads past a key that is there. A key is absent when it lies
   * between the leaf that was reached and the next one, or before the first of all. */
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

  /** undefined: the path leads to the last leaf. */
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

/** What the database hands out may be a view of its cache. */
const copyOf = (leaf: LeafNode): LeafNode => ({
  ...leaf,
  key: Uint8Array.from(leaf.key),
  value: Uint8Array.from(leaf.value),
});

const sizeOf = (opened: OpenedNode): number => (opened.kind === 'leaf' ? 1 : opened.node.size);
