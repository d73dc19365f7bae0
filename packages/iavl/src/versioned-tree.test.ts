/** Trees as iavl 1.0 and later keeps them: nodes by version and nonce. */
import { toHex } from '@baleen/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stateEntries } from '../test/make-state.ts';
import {
  commit,
  inner,
  type MadeSubtree,
  reference,
  versionedNodeKey,
  versionedTree,
} from '../test/make-versioned-state.ts';
import { MemoryReader } from '../test/memory-reader.ts';
import { openMultistore } from './multistore.ts';
import { hashNode } from './node.ts';
import { rootOfProof } from './proof.ts';
import { compareKeys, toLatin1 } from './reader.ts';
import type { IavlTree } from './tree.ts';
import { decodeVersionedNode, encodeVersionedNode, type NodeKey, versionedKey } from './versioned-node.ts';

type Pair = readonly [key: Uint8Array, value: Uint8Array];

const key = (number: number): Uint8Array => Buffer.from(String(number).padStart(6, '0'));
const numbered = (count: number): Pair[] =>
  Array.from({ length: count }, (_, index) => [key(index), Buffer.alloc(3, index)] as const);
const shown = (pairs: Iterable<Pair>): string[] =>
  Array.from(pairs, ([each, value]) => `${toHex(each)}=${toHex(value)}`);

const VERSION = 7;

/** Store bank with these leaves, all written by version 7. */
function bank(leaves: readonly Pair[]): { db: MemoryReader; root: MadeSubtree } {
  let root: MadeSubtree | undefined;
  const db = new MemoryReader(
    versionedTree('bank', VERSION, leaves, (made) => {
      root = made;
    }),
  );
  for (const [each, value] of commit(VERSION, { bank: root!.hash })) db.set(each, value);
  return { db, root: root! };
}

const treeOf = (db: MemoryReader, version = VERSION): IavlTree => openMultistore(db).tree('bank', version);
const nodeAt = (nonce: number, version = VERSION): Uint8Array =>
  versionedNodeKey('bank', versionedKey(version, nonce));

/** Moves a node as pruning does: from (version, 1) to (version, 0). */
function moveRoot(db: MemoryReader, version: number): void {
  db.set(nodeAt(0, version), db.get(nodeAt(1, version)));
  db.set(nodeAt(1, version), undefined);
}

const pairs = fc
  .uniqueArray(fc.tuple(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 6 })), {
    selector: ([each]) => toHex(each),
    minLength: 1,
    maxLength: 60,
  })
  .map((all) => all.sort(([left], [right]) => compareKeys(left, right)));

describe('a tree of iavl 1', () => {
  test('holds what the same tree of iavl before 1.0 holds, under the same root hash', () => {
    const bounds = fc.record({ aheadLeaves: fc.integer({ min: 1, max: 100 }), heldBytes: fc.nat(20_000) });
    fc.assert(
      fc.property(pairs, bounds, fc.uint8Array({ maxLength: 4 }), (all, memory, from) => {
        const tree = treeOf(bank(all).db);
        const hashed = new MemoryReader(
          stateEntries(VERSION, [{ name: 'bank', leaves: all, count: all.length }]),
        );
        const before = treeOf(hashed);
        expect(toHex(tree.rootHash!)).toBe(toHex(before.rootHash!));
        expect([...tree.leaves({ gte: from }, memory)]).toEqual([...before.leaves({ gte: from }, memory)]);
        expect(tree.recomputeRoot(memory)).toEqual(before.recomputeRoot(memory));
        for (const [each, value] of all) expect(toHex(tree.get(each)!)).toBe(toHex(value));
        expect(tree.prove(all[0]![0])).toEqual(before.prove(all[0]![0]));
        expect(toHex(rootOfProof(tree.prove(all[0]![0])!))).toBe(toHex(tree.rootHash!));
        expect(tree.get(Buffer.from('no such key'))).toBeUndefined();
      }),
    );
  });

  test('is walked with one reading per node', () => {
    const { db } = bank(numbered(4000));
    const tree = treeOf(db);
    db.asked.length = 0;
    expect([...tree.entries()]).toHaveLength(4000);
    // The root was read when the tree was opened, with its two children.
    expect(db.asked).toHaveLength(7998);
    expect(new Set(db.asked).size).toBe(7998);
  });

  test('is found at a version without changes, whose root refers to an earlier one', () => {
    for (const form of ['1.0', '1.1'] as const) {
      const { db, root } = bank(numbered(5));
      db.set(nodeAt(1, 8), reference(root.key, form));
      for (const [each, value] of commit(8, { bank: root.hash })) db.set(each, value);
      expect(shown(treeOf(db, 8).entries())).toEqual(shown(numbered(5)));
      moveRoot(db, VERSION);
      expect(shown(treeOf(db, 8).entries())).toEqual(shown(numbered(5)));
      expect([...treeOf(db, 8).leaves()][0]!.version).toBe(VERSION);
    }
  });

  test('is found where a later tree refers to a root that pruning moved to nonce 0, by either nonce', () => {
    for (const named of [0, 1]) {
      const { db, root } = bank(numbered(5));
      const later: MadeSubtree[] = [];
      const entries = versionedTree('bank', 9, [[key(9), Buffer.from('new')]], (made) => later.push(made));
      for (const [each, value] of entries) db.set(each, value);
      // The tree of 10 has the whole tree of 7 on its left.
      const left = { ...root, key: versionedKey(VERSION, named) };
      const steps = inner('bank', 10, versionedKey(10, 1), left, later[0]!);
      let step = steps.next();
      for (; step.done !== true; step = steps.next()) db.set(...step.value);
      for (const [each, value] of commit(10, { bank: step.value.hash })) db.set(each, value);
      moveRoot(db, VERSION);
      expect(shown(treeOf(db, 10).entries())).toEqual(shown([...numbered(5), [key(9), Buffer.from('new')]]));
    }
  });

  test('may have subtrees of iavl before 1.0 below it, after an upgrade', () => {
    const old = numbered(6);
    const db = new MemoryReader(stateEntries(VERSION, [{ name: 'bank', leaves: old, count: 6 }]));
    const before = treeOf(db);
    const hashed: MadeSubtree = {
      key: toLatin1(before.rootHash!),
      hash: before.rootHash!,
      height: 3,
      size: 6,
      firstKey: key(0),
    };
    const made: MadeSubtree[] = [];
    for (const [each, value] of versionedTree('bank', 8, [[key(7), Buffer.from('new')]], (root) =>
      made.push(root),
    ))
      db.set(each, value);
    const leaf = { ...made[0]!, key: versionedKey(8, 2) };
    db.set(nodeAt(2, 8), db.get(nodeAt(1, 8)));
    const steps = inner('bank', 8, versionedKey(8, 1), hashed, leaf);
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) db.set(...step.value);
    for (const [each, value] of commit(8, { bank: step.value.hash })) db.set(each, value);
    const multistore = openMultistore(db);
    expect(multistore.keptVersions()).toEqual([{ from: VERSION, to: 8 }]);
    expect(shown(multistore.tree('bank', 8).entries())).toEqual(
      shown([...old, [key(7), Buffer.from('new')]]),
    );
    expect(multistore.tree('bank', 8).recomputeRoot().leaves).toBe(7);
    expect(shown(multistore.tree('bank', VERSION).entries())).toEqual(shown(old));
  });

  test('is empty where its root is', () => {
    const { db } = bank(numbered(2));
    db.set(nodeAt(1, 8), new Uint8Array(0));
    const nothing = Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex');
    for (const [each, value] of commit(8, { bank: nothing })) db.set(each, value);
    expect([treeOf(db, 8).size, [...treeOf(db, 8).entries()]]).toEqual([0, []]);
  });
});

describe('versions of iavl 1', () => {
  /** Versions 1 to 6, each with a tree of its own. */
  function versions(): MemoryReader {
    const db = new MemoryReader([]);
    for (let version = 1; version <= 6; version++) {
      const leaves: Pair[] = [
        [key(1), Buffer.from(`of ${version}`)],
        [key(2), Buffer.from('same')],
      ];
      const entries = versionedTree('bank', version, leaves, ({ hash }) => {
        for (const [each, value] of commit(version, { bank: hash })) db.set(each, value);
      });
      for (const [each, value] of entries) db.set(each, value);
    }
    return db;
  }

  test('are kept where their root is; nodes of pruned ones, which later trees use, do not count', () => {
    const db = versions();
    for (const version of [1, 2, 4]) db.set(nodeAt(1, version), undefined);
    const multistore = openMultistore(db);
    expect(multistore.keptVersions()).toEqual([
      { from: 3, to: 3 },
      { from: 5, to: 6 },
    ]);
    expect(() => multistore.tree('bank', 4)).toThrow(
      expect.objectContaining({
        code: 'IAVL_VERSION_PRUNED',
        message: expect.stringContaining('nearest to it are 3 and 5'),
      }),
    );
    expect(() => multistore.tree('bank', 1)).toThrow('nearest to it are 3');
  });
});

describe('a damaged tree of iavl 1', () => {
  const readers: readonly (readonly [string, (tree: IavlTree) => unknown])[] = [
    ['a walk', (tree) => [...tree.entries()]],
    ['get', (tree) => tree.get(key(33))],
    ['recomputeRoot', (tree) => tree.recomputeRoot()],
  ];

  function find(
    db: MemoryReader,
    wanted: (node: ReturnType<typeof decodeVersionedNode>) => boolean,
  ): Uint8Array {
    for (let nonce = 1; ; nonce++) {
      const bytes = db.get(nodeAt(nonce));
      if (bytes === undefined) throw new TypeError('no such node');
      if (wanted(decodeVersionedNode(bytes))) return nodeAt(nonce);
    }
  }

  const leaf33 = (db: MemoryReader): Uint8Array =>
    find(db, (node) => node.kind === 'leaf' && compareKeys(node.key, key(33)) === 0);

  test.each(readers)('%s names the node that is missing', (_, read) => {
    const { db } = bank(numbered(100));
    db.set(leaf33(db), undefined);
    expect(() => read(treeOf(db))).toThrow(
      expect.objectContaining({
        kind: 'data',
        code: 'IAVL_NODE_MISSING',
        message: expect.stringMatching(/node 7\/\d+/),
      }),
    );
  });

  test.each(readers)('%s refuses a leaf whose value was changed', (_, read) => {
    const { db } = bank(numbered(100));
    db.set(leaf33(db), encodeVersionedNode({ kind: 'leaf', key: key(33), value: Buffer.from('forged') }));
    expect(() => read(treeOf(db))).toThrow(
      expect.objectContaining({
        code: 'IAVL_CORRUPT',
        message: expect.stringMatching(
          /node 7\/\d+: expected hash [0-9a-f]{64}, found [0-9a-f]{64} from the hashes of its children/,
        ),
      }),
    );
  });

  test.each(readers)('%s refuses an inner node that claims another hash, or other children', (_, read) => {
    const changes: ((node: { hash: Uint8Array; left: NodeKey; right: NodeKey; size: number }) => object)[] = [
      () => ({ hash: hashNode({ kind: 'leaf', version: 1, key: key(1), value: key(1) }) }),
      ({ left, right }) => ({ left: right, right: left }),
      ({ size }) => ({ size: size + 1 }),
    ];
    for (const change of changes) {
      const { db } = bank(numbered(100));
      const above = find(db, (node) => node.kind === 'inner' && compareKeys(node.key, key(33)) === 0);
      const node = decodeVersionedNode(db.get(above)!);
      if (node.kind === 'leaf') throw new TypeError('not a leaf');
      db.set(above, encodeVersionedNode({ ...node, ...change(node) }));
      expect(() => read(treeOf(db))).toThrow(expect.objectContaining({ code: 'IAVL_CORRUPT' }));
    }
  });

  test.each(readers)('%s names the node that was cut', (_, read) => {
    const { db } = bank(numbered(100));
    const at = leaf33(db);
    db.set(at, db.get(at)!.subarray(0, -1));
    expect(() => read(treeOf(db))).toThrow(/node 7\/\d+: expected an IAVL node, found at byte \d+ of \d+/);
  });

  test('is refused where a root is a reference of unknown form', () => {
    const { db } = bank(numbered(3));
    db.set(nodeAt(1), Buffer.from('s12345'));
    expect(() => treeOf(db)).toThrow(/expected a reference of 9 or 13 bytes, found 6 bytes/);
  });
});
