import { WireWriter } from '@baleen/codec';
import { ClassicLevel } from 'classic-level';
import { encodeNode, hashNode, type IavlNode } from '../src/index.ts';

type Pair = readonly [key: Uint8Array, value: Uint8Array];

/** A tree under construction: what its parent needs to know. */
interface Subtree {
  readonly hash: Uint8Array;
  readonly height: number;
  readonly size: number;
  readonly firstKey: Uint8Array;
}

/** One store, in the form of SDK 0.40 and later. */
export interface MadeStore {
  readonly name: string;
  /** The leaves in order of their keys. */
  readonly leaves: Iterable<Pair>;
  readonly count: number;
}

/** Entries of an application.db with one version: as balanced a tree over each store as IAVL would allow.
 *
 * @param onRoot  told each store's root hash */
export function* stateEntries(version: number, stores: readonly MadeStore[]): Generator<Pair> {
  const roots: { name: string; hash: Uint8Array }[] = [];
  for (const { name, leaves, count } of stores) {
    const root = yield* subtree(name, version, leaves[Symbol.iterator](), count);
    yield [keyOf(`s/k:${name}/r`, bigEndian(version)), root.hash];
    roots.push({ name, hash: root.hash });
  }
  yield [keyOf(`s/${version}`), commitInfo(version, roots)];
  yield [keyOf('s/latest'), new WireWriter().varint(1, version).finish()];
}

/** Writes entries with Google's LevelDB, in batches and in any order. */
export async function writeEntries(path: string, entries: Iterable<Pair>): Promise<void> {
  const db = new ClassicLevel<Uint8Array, Uint8Array>(path, { keyEncoding: 'view', valueEncoding: 'view' });
  await db.open();
  let batch: { type: 'put'; key: Uint8Array; value: Uint8Array }[] = [];
  for (const [key, value] of entries) {
    batch.push({ type: 'put', key, value });
    if (batch.length === 10_000) {
      await db.batch(batch);
      batch = [];
    }
  }
  await db.batch(batch);
  await db.close();
}

/** The root multistore's key of a node. */
export const nodeKey = (store: string, hash: Uint8Array): Uint8Array => keyOf(`s/k:${store}/n`, hash);

function* subtree(
  store: string,
  version: number,
  leaves: Iterator<Pair>,
  count: number,
): Generator<Pair, Subtree> {
  if (count === 1) {
    const [key, value] = leaves.next().value as Pair;
    const leaf: IavlNode = { kind: 'leaf', version, key, value };
    const hash = hashNode(leaf);
    yield [nodeKey(store, hash), encodeNode(leaf)];
    return { hash, height: 0, size: 1, firstKey: key };
  }
  const half = Math.ceil(count / 2);
  const left = yield* subtree(store, version, leaves, half);
  const right = yield* subtree(store, version, leaves, count - half);
  const height = Math.max(left.height, right.height) + 1;
  const node: IavlNode = {
    kind: 'inner',
    height,
    size: count,
    version,
    key: right.firstKey,
    left: left.hash,
    right: right.hash,
  };
  const hash = hashNode(node);
  yield [nodeKey(store, hash), encodeNode(node)];
  return { hash, height, size: count, firstKey: left.firstKey };
}

/** CommitInfo{version f1, store_infos f2 {name f1, commit_id f2 {version f1, hash f2}}}. */
function commitInfo(version: number, roots: readonly { name: string; hash: Uint8Array }[]): Uint8Array {
  const info = new WireWriter().varint(1, version);
  for (const { name, hash } of roots) {
    const id = new WireWriter().varint(1, version).bytes(2, hash).finish();
    info.message(2, new WireWriter().text(1, name).message(2, id).finish());
  }
  return info.finish();
}

const keyOf = (head: string, tail: Uint8Array = new Uint8Array(0)): Uint8Array =>
  Buffer.concat([Buffer.from(head, 'latin1'), tail]);

function bigEndian(version: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(version));
  return bytes;
}
