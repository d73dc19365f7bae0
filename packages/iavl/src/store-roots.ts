import { corrupt } from './errors.ts';
import { type OrderedReader, toLatin1 } from './reader.ts';
import { type NodeKey, readVersionedKey, VERSIONED_KEY_CHARS, versionedKey } from './versioned-node.ts';

/** The root of a store's tree at one version: the key of its root node, or `empty` if the tree has no leaves. */
export type StoreRoot = { readonly key: NodeKey } | 'empty';

/** First byte of a reference. If a version left the tree unchanged, a reference to the root node of an earlier version is stored in place
 * of a root node. A stored node never begins with this byte, as its height would be negative. */
const REFERENCE = 0x73;
/** Length of a reference as iavl 1.0 writes it: `s` · version, where the nonce is 1. iavl 1.1 and later write
 * `s` · version · nonce, which is longer. */
const SHORT_REFERENCE_BYTES = 9;
const REFERENCE_BYTES = 13;
const MAX_NONCE = 0xffff_ffff;
const HASH_BYTES = 32;

/** The roots of one store's trees, one per kept version.
 *
 * | key below `s/k:<store>/` | value |
 * |---|---|
 * | `r` · version (8 bytes) | iavl before 1.0: hash of the root node, empty for a tree without leaves |
 * | `s` · version (8 bytes) · nonce 1 (4 bytes) | iavl 1: the root node, empty for a tree without leaves, or a reference to the root of an earlier version that did not change |
 *
 * A database that was upgraded to iavl 1 holds the first kind for its older versions. Pruning deletes roots; one that a later tree still
 * uses moves to nonce 0. (cosmos/iavl nodedb.go `GetRoot`, `SaveRoot`, 1.0.0, 1.1.4, 1.3.5.) */
export class StoreRoots {
  private readonly db: OrderedReader;
  private readonly prefix: string;

  /** @param prefix  prefix of the store's keys in the database, `s/k:<store>/` */
  constructor(db: OrderedReader, prefix: string) {
    this.db = db;
    this.prefix = prefix;
  }

  /** Returns the root at a version; undefined if the version was pruned or never committed.
   * @throws BaleenError `IAVL_CORRUPT`: a root of unknown form */
  at(version: number): StoreRoot | undefined {
    return this.versionedAt(version) ?? this.hashedAt(version);
  }

  /** Yields the versions from `from` to `to` that have a root, ascending. */
  *versions(from = 0, to = Number.MAX_SAFE_INTEGER): Generator<number> {
    let last = from - 1;
    for (const [key] of this.db.entries({ gte: this.hashedKey(from), lte: this.hashedKey(to) })) {
      if (key.length !== this.prefix.length + 9) continue;
      last = versionAtEnd(key);
      yield last;
    }
    yield* this.versionedVersions(last + 1, to);
  }

  /** Returns the highest version up to `to` that has a root; undefined if there is none. */
  newest(to: number): number | undefined {
    for (let below = to; below >= 0; ) {
      const range = { gte: this.versionedKey(0, 0), lte: this.versionedKey(below, MAX_NONCE), reverse: true };
      const version = this.firstVersion(range);
      if (version === undefined) break;
      if (this.versionedAt(version) !== undefined) return version;
      below = version - 1;
    }
    const [hashed] = this.db.entries({ gte: this.hashedKey(0), lte: this.hashedKey(to), reverse: true });
    return hashed === undefined ? undefined : versionAtEnd(hashed[0]);
  }

  /** Yields the versions with a root of iavl 1. It seeks from version to version, as each may have thousands of nodes. The root is the
   * first node of a version. A version without it was pruned, and later trees still use its other nodes. */
  private *versionedVersions(from: number, to: number): Generator<number> {
    for (let next = from; next <= to; ) {
      const range = { gte: this.versionedKey(next, 0), lte: this.versionedKey(to, MAX_NONCE) };
      const version = this.firstVersion(range);
      if (version === undefined) return;
      if (this.versionedAt(version) !== undefined) yield version;
      next = version + 1;
    }
  }

  private firstVersion(range: { gte: Uint8Array; lte: Uint8Array; reverse?: boolean }): number | undefined {
    const head = this.prefix.length + 1;
    for (const [key] of this.db.entries(range))
      if (key.length === head + VERSIONED_KEY_CHARS)
        return readVersionedKey(toLatin1(key.subarray(head))).version;
    return undefined;
  }

  private versionedAt(version: number): StoreRoot | undefined {
    const root = this.db.get(this.versionedKey(version, 1));
    if (root === undefined)
      return this.db.get(this.versionedKey(version, 0)) && { key: versionedKey(version, 0) };
    if (root.length === 0) return 'empty';
    if (root[0] !== REFERENCE) return { key: versionedKey(version, 1) };
    if (root.length === REFERENCE_BYTES) return { key: toLatin1(root.subarray(1)) };
    if (root.length === SHORT_REFERENCE_BYTES) return { key: `${toLatin1(root.subarray(1))}\0\0\0\x01` };
    throw corrupt(
      `read the root of version ${version} below ${this.prefix} of ${this.db.path}`,
      'a reference of 9 or 13 bytes',
      `${root.length} bytes`,
    );
  }

  private hashedAt(version: number): StoreRoot | undefined {
    const root = this.db.get(this.hashedKey(version));
    if (root === undefined) return undefined;
    if (root.length === 0) return 'empty';
    if (root.length === HASH_BYTES) return { key: toLatin1(root) };
    throw corrupt(
      `read the root of version ${version} below ${this.prefix} of ${this.db.path}`,
      'a hash of 32 bytes',
      `${root.length} bytes`,
    );
  }

  private hashedKey(version: number): Uint8Array {
    const key = Buffer.alloc(this.prefix.length + 9, `${this.prefix}r`, 'latin1');
    key.writeBigUInt64BE(BigInt(version), key.length - 8);
    return key;
  }

  private versionedKey(version: number, nonce: number): Uint8Array {
    return Buffer.from(`${this.prefix}s${versionedKey(version, nonce)}`, 'latin1');
  }
}

const versionAtEnd = (key: Uint8Array): number =>
  Number(new DataView(key.buffer, key.byteOffset + key.length - 8, 8).getBigUint64(0));
