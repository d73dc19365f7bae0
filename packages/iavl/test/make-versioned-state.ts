import { WireWriter } from '@baleen/codec';
import { hashInner, hashNode } from '../src/node.ts';

import { encodeVersionedNode, type NodeKey, versionedKey } from '../src/versioned-node.ts';

type Pair = readonly [key: Uint8Array, value: Uint8Array];

/** A subtree as its parent sees it. */
export interface MadeSubtree {
  readonly key: NodeKey;
  readonly hash: Uint8Array;
  readonly height: number;
  readonly size: number;
  readonly firstKey: Uint8Array;
}

/** Entries of a store as iavl 1 keeps it: a balanced tree over the leaves, its nodes numbered in pre-order from 1.
 *
 * @param onRoot  told the root: a versioned tree's first node */
export function* versionedTree(
  store: string,
  version: number,
  leaves: readonly Pair[],
  onRoot: (root: MadeSubtree) => void = () => {},
): Generator<Pair> {
  let nonce = 0;
  function* subtree(pairs: readonly Pair[]): Generator<Pair, MadeSubtree> {
    const key = versionedKey(version, ++nonce);
    if (pairs.length === 1) return yield* leaf(key, pairs[0]!);
    const half = Math.ceil(pairs.length / 2);
    const left = yield* subtree(pairs.slice(0, half));
    const right = yield* subtree(pairs.slice(half));
    return yield* inner(store, version, key, left, right);
  }
  function* leaf(key: NodeKey, [name, value]: Pair): Generator<Pair, MadeSubtree> {
    yield [versionedNodeKey(store, key), encodeVersionedNode({ kind: 'leaf', key: name, value })];
    const hash = hashNode({ kind: 'leaf', version, key: name, value });
    return { key, hash, height: 0, size: 1, firstKey: name };
  }
  onRoot(yield* subtree(leaves));
}

/** An inner node over two subtrees, which may be of other versions or of iavl before 1.0. */
export function* inner(
  store: string,
  version: number,
  key: NodeKey,
  left: MadeSubtree,
  right: MadeSubtree,
): Generator<Pair, MadeSubtree> {
  const height = Math.max(left.height, right.height) + 1;
  const size = left.size + right.size;
  const hash = hashInner({ height, size, version }, left.hash, right.hash);
  const node = {
    kind: 'inner',
    height,
    size,
    key: right.firstKey,
    hash,
    left: left.key,
    right: right.key,
  } as const;
  yield [versionedNodeKey(store, key), encodeVersionedNode(node)];
  return { key, hash, height, size, firstKey: left.firstKey };
}

/** The root multistore's key of a node of iavl 1. */
export const versionedNodeKey = (store: string, key: NodeKey): Uint8Array =>
  Buffer.from(`s/k:${store}/s${key}`, 'latin1');

/** Commit info of a version and `s/latest`, in the form of SDK 0.40 and later. */
export function* commit(version: number, roots: Readonly<Record<string, Uint8Array>>): Generator<Pair> {
  const info = new WireWriter().varint(1, version);
  for (const [name, hash] of Object.entries(roots)) {
    const id = new WireWriter().varint(1, version).bytes(2, hash).finish();
    info.message(2, new WireWriter().text(1, name).message(2, id).finish());
  }
  yield [Buffer.from(`s/${version}`), info.finish()];
  yield [Buffer.from('s/latest'), new WireWriter().varint(1, version).finish()];
}

/** Root record of a version that did not change: a reference to an earlier root. iavl 1.0 leaves out the nonce. */
export const reference = (root: NodeKey, form: '1.0' | '1.1'): Uint8Array =>
  Buffer.from(`s${form === '1.0' ? root.slice(0, 8) : root}`, 'latin1');
