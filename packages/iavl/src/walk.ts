import { corrupt } from './errors.ts';
import { decodeNode, type InnerNode, type LeafNode } from './node.ts';
import type { NodePlace, NodeReader, OpenedInner, OpenedLeaf } from './node-reader.ts';
import { compareKeys, fromLatin1, type KeyRange, toLatin1 } from './reader.ts';

export interface WalkBounds {
  /** Leaves that are read ahead together. More of them find more neighbours in the database's blocks. Default 65,536. */
  readonly aheadLeaves?: number;
  /** Bytes of nodes held before reading goes on one by one. Default 48 MiB. */
  readonly heldBytes?: number;
}

const DEFAULT_AHEAD_LEAVES = 65_536;
const DEFAULT_HELD_BYTES = 48 * 1024 * 1024;
/** Who wants a few entries gets few; this doubles each time that what was read ahead has been taken. */
const FIRST_AHEAD_LEAVES = 16;
/** Memory of an entry of the stack beside the bytes that it holds. */
const ENTRY_BYTES = 120;

/** What a walk passes, in order: a leaf, or the end of an inner node whose subtrees were passed. */
export type Step = LeafNode | Passed;

export interface Passed {
  readonly kind: 'passed';
  readonly node: Pick<InnerNode, 'height' | 'size' | 'version'>;
}

/** A node that was not opened yet. Bytes that are held are strings of one character per byte: a typed array of 32 bytes takes
 * five times their memory. */
interface Ahead {
  readonly kind: 'ahead';
  readonly place: NodePlace;
  /** Leaves below it, about: nodes know their own number, not that of each child. */
  readonly leaves: number;
  /** Smallest key below it, where an inner node above says so. */
  readonly firstKey: string | undefined;
  /** Entries that take this node's place on the stack once it was read. undefined: it was not read. */
  below: readonly Entry[] | undefined;
}

/** A leaf that was read, as the bytes of its stored node. */
interface Read {
  readonly kind: 'read';
  readonly bytes: string;
}

type Entry = Ahead | Read | Passed;

/** Passes a tree's leaves in order of their keys, each proved by the root hash (see `NodeReader`).
 *
 * Nodes lie in the database in order of their hashes (iavl 1: of the versions that wrote them), so that a walk by key is random
 * reading. Therefore subtrees of up to `aheadLeaves` are read ahead level by level, each level in the order in which its nodes lie:
 * what lies in one block is read with it.
 * The stack holds what is between the walk and the end of the tree: one such subtree and a path to the root, and no more than
 * `heldBytes` and one path.
 *
 * No hash covers the keys of inner nodes. A whole walk compares each with the leaf that it has to be the key of; a walk of a
 * range trusts those at the end of the range. */
export class TreeWalk implements IterableIterator<Step> {
  private readonly nodes: NodeReader;
  private readonly range: KeyRange;
  private readonly maxAheadLeaves: number;
  private readonly maxHeldBytes: number;
  /** The next one is the last. */
  private readonly stack: Entry[] = [];
  private aheadLeaves: number;
  private heldBytes = 0;
  private taken = false;

  /** @param root  undefined: there are no leaves */
  constructor(
    nodes: NodeReader,
    root: { readonly place: NodePlace; readonly size: number } | undefined,
    range: KeyRange,
    bounds: WalkBounds,
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

  /** Replaces the nodes that come next by what is below them. The very next one is always read. */
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

  /** The unread nodes nearest to the walk, next one first, and where in the stack the farthest of them is. */
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

  /** Opens a node: `below` becomes what takes its place in the stack, last first. */
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

/** Whether keys below `key` can be in the range. */
const reachesBelow = (key: Uint8Array, { gte, gt }: KeyRange): boolean =>
  (gte === undefined || compareKeys(gte, key) < 0) && (gt === undefined || compareKeys(gt, key) < 0);

/** Whether `key` or a key above it can be in the range. */
const reachesUpTo = (key: Uint8Array, { lte, lt }: KeyRange): boolean =>
  (lte === undefined || compareKeys(lte, key) >= 0) && (lt === undefined || compareKeys(lt, key) > 0);

const isWithin = (key: Uint8Array, { gte, gt, lte, lt }: KeyRange): boolean =>
  (gte === undefined || compareKeys(key, gte) >= 0) &&
  (gt === undefined || compareKeys(key, gt) > 0) &&
  (lte === undefined || compareKeys(key, lte) <= 0) &&
  (lt === undefined || compareKeys(key, lt) < 0);
