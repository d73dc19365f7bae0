import { corrupt } from './errors.ts';
import { decodeNode, type InnerNode, type LeafNode } from './node.ts';
import type { NodePlace, NodeReader, OpenedInner, OpenedLeaf } from './node-reader.ts';
import { compareKeys, fromLatin1, type KeyRange, toLatin1 } from './reader.ts';

/** How far a walk reads ahead. */
export interface ReadAheadLimits {
  /** Most leaves that are read ahead together. The more there are, the more of them share a block of the database. Default 65,536. */
  readonly aheadLeaves?: number;
  /** Most bytes of nodes that are held in memory. Above this, nodes are read one by one and not ahead. Default 48 MiB. */
  readonly heldBytes?: number;
}

const DEFAULT_AHEAD_LEAVES = 65_536;
const DEFAULT_HELD_BYTES = 48 * 1024 * 1024;
/** Leaves that are read ahead at first, few in case the caller only wants a few entries. The number doubles each time that the caller has
 * taken all of them. */
const FIRST_AHEAD_LEAVES = 16;
/** Memory of a stack entry in bytes, without the node's bytes in it. */
const ENTRY_BYTES = 120;

/** A step of a walk: it reaches a leaf, or leaves an inner node after both of its subtrees. */
export type Step = LeafNode | Passed;

export interface Passed {
  readonly kind: 'passed';
  readonly node: Pick<InnerNode, 'height' | 'size' | 'version'>;
}

/** An entry of the stack for a node that was not opened yet. Bytes in it are strings of one character per byte, since a typed array of 32
 * bytes takes five times the memory. */
interface Ahead {
  readonly kind: 'ahead';
  readonly place: NodePlace;
  /** About how many leaves are below the node. Its parent knows the number of its own leaves, but not that of each child. */
  readonly leaves: number;
  /** Smallest key below the node, if an inner node above says it; undefined otherwise. */
  readonly firstKey: string | undefined;
  /** Entries that replace this one on the stack after the node was read; undefined if it has not been read. */
  below: readonly Entry[] | undefined;
}

/** An entry of the stack for a leaf that was read: the bytes of its stored node, one character per byte. */
interface Read {
  readonly kind: 'read';
  readonly bytes: string;
}

type Entry = Ahead | Read | Passed;

/** Walks through a tree's leaves in order of their keys. The root hash proves each leaf (see `NodeReader`).
 *
 * The database has the nodes in order of their hashes, or with iavl 1 of the versions that wrote them. So a walk by key reads at random
 * places. To avoid that, subtrees of up to `aheadLeaves` leaves are read ahead level by level, each level in the order of the database:
 * then each of its blocks is read once for all nodes in it. The stack has what lies between the walk and the end of the tree: one such
 * subtree, and the path from it to the root. Its memory is limited to `heldBytes` and one path.
 *
 * No hash covers the keys of inner nodes. A walk over the whole tree compares each of them with the leaf whose key it must be. A walk over
 * a range trusts the keys at the ends of the range. */
export class TreeWalk implements IterableIterator<Step> {
  private readonly nodes: NodeReader;
  private readonly range: KeyRange;
  private readonly maxAheadLeaves: number;
  private readonly maxHeldBytes: number;
  /** Entries that the walk has still to visit. The last one in the array is visited next. */
  private readonly stack: Entry[] = [];
  private aheadLeaves: number;
  private heldBytes = 0;
  private taken = false;

  /** @param root  place and number of leaves of the root node; undefined if the tree has no leaves */
  constructor(
    nodes: NodeReader,
    root: { readonly place: NodePlace; readonly size: number } | undefined,
    range: KeyRange,
    bounds: ReadAheadLimits,
  ) {
    this.nodes = nodes;
    this.range = range;
    this.maxAheadLeaves = bounds.aheadLeaves ?? DEFAULT_AHEAD_LEAVES;
    this.maxHeldBytes = bounds.heldBytes ?? DEFAULT_HELD_BYTES;
    this.aheadLeaves = Math.min(FIRST_AHEAD_LEAVES, this.maxAheadLeaves);
    if (root === undefined) return;
    this.stack.push({
      kind: 'ahead',
      place: root.place,
      leaves: root.size,
      firstKey: undefined,
      below: undefined,
    });
    this.heldBytes = costOf(this.stack);
  }

  next(): IteratorResult<Step> {
    for (;;) {
      const entry = this.stack.at(-1);
      if (entry === undefined) return { done: true, value: undefined };
      if (entry.kind === 'ahead') {
        this.readAhead();
        continue;
      }
      this.stack.pop();
      this.heldBytes -= costOfEntry(entry);
      if (entry.kind === 'passed') return { done: false, value: entry };
      this.taken = true;
      return { done: false, value: decodeNode(fromLatin1(entry.bytes)) as LeafNode };
    }
  }

  return(): IteratorResult<Step> {
    this.stack.length = 0;
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** Reads the nodes that come next, and replaces each on the stack by what is below it. At least the next one is read. */
  private readAhead(): void {
    if (this.taken) this.aheadLeaves = Math.min(this.aheadLeaves * 2, this.maxAheadLeaves);
    this.taken = false;
    const { start, batch } = this.chooseBatch();
    const next = batch[0]!;
    this.open(next);
    batch.sort((left, right) => (left.place.key < right.place.key ? -1 : 1));
    for (const node of batch) {
      if (node === next) continue;
      if (this.heldBytes >= this.maxHeldBytes) break;
      this.open(node);
    }
    const tail = this.stack.slice(start);
    this.stack.length = start;
    for (const entry of tail) {
      if (entry.kind !== 'ahead' || entry.below === undefined) this.stack.push(entry);
      else for (const child of entry.below) this.stack.push(child);
    }
  }

  /** Chooses the unread nodes that come next, nearest first. `start` is the index on the stack of the farthest of them. */
  private chooseBatch(): { start: number; batch: Ahead[] } {
    const batch: Ahead[] = [];
    const maxLeaves = this.heldBytes < this.maxHeldBytes ? this.aheadLeaves : 0;
    let leaves = 0;
    let start = this.stack.length;
    for (let at = start - 1; at >= 0; at--) {
      const entry = this.stack[at]!;
      if (entry.kind === 'passed') continue;
      leaves += entry.kind === 'ahead' ? entry.leaves : 1;
      if (batch.length > 0 && leaves > maxLeaves) break;
      if (entry.kind !== 'ahead') continue;
      batch.push(entry);
      start = at;
    }
    return { start, batch };
  }

  /** Opens a node, and sets `below` to the entries that replace it on the stack, the last one to be visited first. */
  private open(ahead: Ahead): void {
    const opened = this.nodes.open(ahead.place);
    ahead.below = opened.kind === 'leaf' ? this.openLeaf(ahead, opened) : this.openInner(ahead, opened);
    this.heldBytes += costOf(ahead.below) - costOfEntry(ahead);
  }

  private openLeaf(ahead: Ahead, { leaf, bytes }: OpenedLeaf): Entry[] {
    if (ahead.firstKey !== undefined && ahead.firstKey !== toLatin1(leaf.key))
      throw corrupt(
        `${this.nodes.context}, node ${toHex(ahead.place.hash)}`,
        `key ${toHex(ahead.firstKey)}, as an inner node above it says`,
        `key ${toHex(toLatin1(leaf.key))}`,
      );
    return isWithin(leaf.key, this.range) ? [{ kind: 'read', bytes: toLatin1(bytes) }] : [];
  }

  private openInner({ firstKey }: Ahead, { node, left, right }: OpenedInner): Entry[] {
    const { range } = this;
    const { height, size, version, key } = node;
    const leaves = Math.ceil(size / 2);
    const child = (place: NodePlace, first: string | undefined): Ahead => ({
      kind: 'ahead',
      place,
      leaves,
      firstKey: first,
      below: undefined,
    });
    const children: Entry[] = [];
    if (reachesBelow(key, range)) children.push(child(left, firstKey));
    if (reachesUpTo(key, range)) children.push(child(right, toLatin1(key)));
    if (range.reverse !== true) children.reverse();
    return [{ kind: 'passed', node: { height, size, version } }, ...children];
  }
}

const toHex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

const costOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, entry) => sum + costOfEntry(entry), 0);

function costOfEntry(entry: Entry): number {
  if (entry.kind === 'read') return ENTRY_BYTES + entry.bytes.length;
  if (entry.kind === 'passed') return ENTRY_BYTES;
  return ENTRY_BYTES + (entry.firstKey?.length ?? 0) + (entry.place.stored?.length ?? 0);
}

/** Returns true if keys below `key` can be in the range. */
const reachesBelow = (key: Uint8Array, { gte, gt }: KeyRange): boolean =>
  (gte === undefined || compareKeys(gte, key) < 0) && (gt === undefined || compareKeys(gt, key) < 0);

/** Returns true if `key` or a key above it can be in the range. */
const reachesUpTo = (key: Uint8Array, { lte, lt }: KeyRange): boolean =>
  (lte === undefined || compareKeys(lte, key) >= 0) && (lt === undefined || compareKeys(lt, key) > 0);

const isWithin = (key: Uint8Array, { gte, gt, lte, lt }: KeyRange): boolean =>
  (gte === undefined || compareKeys(key, gte) >= 0) &&
  (gt === undefined || compareKeys(key, gt) > 0) &&
  (lte === undefined || compareKeys(key, lte) <= 0) &&
  (lt === undefined || compareKeys(key, lt) < 0);
