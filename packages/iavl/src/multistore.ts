import { BaleenError, type BlockRange } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import {
  type CommitInfo,
  decodeCommitInfo,
  decodeLatest,
  emptyTreeHash,
  type StoreCommit,
} from './commit-info.ts';
import {
  corrupt,
  empty,
  readingStore,
  storeUnknown,
  storeWithoutTree,
  versionPruned,
  versionUnknown,
} from './errors.ts';
import { NodeReader } from './node-reader.ts';
import { equalBytes, fromLatin1, type OrderedReader } from './reader.ts';
import { type StoreRoot, StoreRoots } from './store-roots.ts';
import { IavlTree } from './tree.ts';

/** How a store is kept. A memory store is only in the commit info, with an empty hash. A transient store is not even there, so it never
 * appears here. */
export type StoreKind = 'iavl' | 'memory';

/** Stores with more leaves than this are not searched for the kept versions if there are smaller ones. The search looks at every version
 * that has a node, and in a large tree iavl 1 leaves nodes of many pruned versions. */
const MAX_LEAVES_OF_LISTED = 10_000;

export interface StoreAtVersion extends StoreCommit {
  readonly kind: StoreKind;
}

/** Reads the root multistore of an application in `application.db`: named stores that are committed together.
 *
 * | key | value |
 * |---|---|
 * | `s/latest` | newest version |
 * | `s/<version>` | commit info; never pruned |
 * | `s/k:<store>/r…`, `s/k:<store>/s…` | roots of the store's trees, see `StoreRoots`; deleted by pruning |
 * | `s/k:<store>/n…`, `s/k:<store>/s…` | nodes, see `NodeReader` |
 *
 * Other keys (orphans `o`, fast index `f`, `m`, `s/pruneheights`) are not read. */
export class Multistore {
  readonly path: string;
  /** Newest version that was committed entirely. If the node was killed, some stores may be one version ahead. */
  readonly latest: number;
  private readonly db: OrderedReader;

  constructor(db: OrderedReader, latest: number) {
    this.db = db;
    this.path = db.path;
    this.latest = latest;
  }

  /** Returns the commit info of a version. Pruned versions still have theirs.
   * @throws BaleenError `IAVL_VERSION_UNKNOWN`, `IAVL_CORRUPT` */
  commitInfo(version: number): CommitInfo {
    const context = `read key s/${version} of ${this.path}`;
    const value = this.db.get(ascii(`s/${version}`));
    if (value === undefined) throw versionUnknown(context, this.latest);
    return decodeCommitInfo(value, version, context);
  }

  /** Returns the versions that have a commit info, as ascending ranges. It reads a key for each: 20 million keys after 20 million
   * blocks. */
  committedVersions(): BlockRange[] {
    const versions: number[] = [];
    for (const [key] of this.db.entries({ gte: ascii('s/0'), lt: ascii('s/:') })) {
      const digits = Buffer.from(key).toString('latin1', 2);
      if (/^\d+$/.test(digits)) versions.push(Number(digits));
    }
    return toRanges(versions.sort((left, right) => left - right));
  }

  /** Returns the versions at which every IAVL store has its root, as ascending ranges. It reads one key per version of the store whose
   * roots begin first. Of the other stores it only reads the ends of each range: a node prunes all stores together, so they can differ
   * only at an end, after the node was killed while it pruned. */
  keptVersions(): BlockRange[] {
    const { name, offset } = this.oldestStore();
    const versions: number[] = [];
    for (const version of this.rootsOf(name).versions())
      if (version + offset <= this.latest) versions.push(version + offset);
    return toRanges(versions).flatMap((range) => this.shrink(range));
  }

  /** Returns true if every IAVL store has its root at this version. */
  isKept(version: number): boolean {
    const value = this.db.get(ascii(`s/${version}`));
    if (value === undefined || version > this.latest) return false;
    const { stores } = decodeCommitInfo(value, version, `read key s/${version} of ${this.path}`);
    return stores.every((store) => this.rootOf(store) !== undefined || this.kindOf(store) === 'memory');
  }

  /** Returns the stores of a version, in order of their names.
   * @throws BaleenError `IAVL_VERSION_UNKNOWN`, `IAVL_CORRUPT` */
  stores(version: number): StoreAtVersion[] {
    return this.commitInfo(version).stores.map((store) => ({ ...store, kind: this.kindOf(store) }));
  }

  /** Returns a store's tree as it was committed with this version of the multistore. Its root hash is the one in the commit info.
   * @throws BaleenError `IAVL_STORE_UNKNOWN`, `IAVL_NO_TREE`, `IAVL_VERSION_UNKNOWN`,
   *   `IAVL_VERSION_PRUNED`, `IAVL_NODE_MISSING`, `IAVL_CORRUPT` */
  tree(name: string, version: number): IavlTree {
    const info = this.commitInfo(version);
    const context = readingStore(this.path, name, version);
    const store = info.stores.find((each) => each.name === name);
    if (store === undefined)
      throw storeUnknown(
        context,
        info.stores.map((each) => each.name),
      );
    const kind = this.kindOf(store);
    if (kind === 'memory') throw storeWithoutTree(context, 'memory store');
    const root = this.rootOf(store);
    if (root === undefined) throw versionPruned(context, this.nearestKept(store, version));
    const nodes = new NodeReader(this.db, prefixOf(name), context);
    const place = root === 'empty' ? undefined : nodes.place(root.key);
    const committed = place === undefined ? emptyTreeHash(info.format) : fromLatin1(place.hash);
    if (!equalBytes(committed, store.hash))
      throw corrupt(context, `root ${toHex(store.hash)}, as s/${version} says`, toHex(committed));
    return new IavlTree(name, store.version, place, nodes);
  }

  private shrink({ from, to }: BlockRange): BlockRange[] {
    let [first, last] = [from, to];
    while (first <= last && !this.isKept(first)) first++;
    while (first < last && !this.isKept(last)) last--;
    return first > last ? [] : [{ from: first, to: last }];
  }

  private rootOf(store: StoreCommit): StoreRoot | undefined {
    return this.rootsOf(store.name).at(store.version);
  }

  private rootsOf(store: string): StoreRoots {
    return new StoreRoots(this.db, prefixOf(store));
  }

  private kindOf(store: StoreCommit): StoreKind {
    const hasRoots = this.rootOf(store) !== undefined || !this.rootsOf(store.name).versions().next().done;
    return hasRoots || store.hash.length > 0 ? 'iavl' : 'memory';
  }

  /** Returns the store whose kept roots begin first, and how far its versions are behind the multistore's. A node prunes all stores
   * together, so a store can only lack roots from before it was added. */
  private oldestStore(): { name: string; offset: number } {
    let oldest: { name: string; offset: number; first: number } | undefined;
    for (const store of this.listedStores()) {
      const root = this.rootsOf(store.name).versions().next();
      if (root.done === true) continue;
      const offset = this.latest - store.version;
      const first = root.value + offset;
      if (oldest === undefined || first < oldest.first) oldest = { name: store.name, offset, first };
    }
    return oldest ?? { name: '', offset: 0 };
  }

  /** Returns the stores with few leaves, which are quick to search for kept versions. If none has few, returns all. */
  private listedStores(): readonly StoreCommit[] {
    const { stores } = this.commitInfo(this.latest);
    const small = stores.filter(
      (store) => this.kindOf(store) === 'iavl' && (this.leavesOf(store) ?? Infinity) <= MAX_LEAVES_OF_LISTED,
    );
    return small.length === 0 ? stores : small;
  }

  /** Returns the number of a tree's leaves; undefined if its root node is damaged. The versions can be listed even so, and the error is
   * thrown when the tree is read. */
  private leavesOf({ name, version }: StoreCommit): number | undefined {
    const root = this.rootsOf(name).at(version);
    if (root === undefined || root === 'empty') return 0;
    const nodes = new NodeReader(this.db, prefixOf(name), readingStore(this.path, name, version));
    try {
      return new IavlTree(name, version, nodes.place(root.key), nodes).size;
    } catch (error) {
      if (error instanceof BaleenError) return undefined;
      throw error;
    }
  }

  private nearestKept({ name, version }: StoreCommit, asked: number): string {
    const roots = this.rootsOf(name);
    const [above] = roots.versions(version);
    const named = [roots.newest(version), above]
      .filter((each) => each !== undefined)
      .map((each) => each + asked - version);
    return named.length === 0 ? 'none is kept' : `nearest to it are ${named.join(' and ')}`;
  }
}

/** Opens the multistore in an application.db.
 * @throws BaleenError `IAVL_EMPTY`: it has no committed version; `IAVL_CORRUPT`: the newest version can't be read */
export function openMultistore(db: OrderedReader): Multistore {
  const value = db.get(ascii('s/latest'));
  if (value === undefined) throw empty(db.path);
  const latest = decodeLatest(value, `read key s/latest of ${db.path}`);
  if (latest === 0) throw empty(db.path);
  return new Multistore(db, latest);
}

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const prefixOf = (store: string): string => `s/k:${store}/`;

function toRanges(versions: readonly number[]): BlockRange[] {
  const ranges: { from: number; to: number }[] = [];
  for (const version of versions) {
    const last = ranges.at(-1);
    if (last !== undefined && version === last.to + 1) last.to = version;
    else ranges.push({ from: version, to: version });
  }
  return ranges;
}
