import { toHex } from '@baleen/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeKey, stateEntries } from '../test/make-state.ts';
import { MemoryReader } from '../test/memory-reader.ts';
import { openMultistore } from './multistore.ts';
import { decodeNode, encodeNode, hashNode, type IavlNode } from './node.ts';
import { rootOfProof } from './proof.ts';
import { compareKeys, type KeyRange } from './reader.ts';
import type { IavlTree } from './tree.ts';
import type { ReadAheadLimits } from './walk.ts';

type Pair = readonly [key: Uint8Array, value: Uint8Array];

const VERSION = 7;

/** A store with these leaves, in a database of its own. */
function storeOf(pairs: readonly Pair[]): { tree: IavlTree; db: MemoryReader } {
  const db = new MemoryReader(stateEntries(VERSION, [{ name: 'bank', leaves: pairs, count: pairs.length }]));
  return { db, tree: openMultistore(db).tree('bank', VERSION) };
}

const key = (number: number): Uint8Array => Buffer.from(String(number).padStart(6, '0'));

const numbered = (count: number, valueBytes = 3): Pair[] =>
  Array.from({ length: count }, (_, index) => [key(index), Buffer.alloc(valueBytes, index)] as const);

const shown = (pairs: Iterable<Pair>): string[] =>
  Array.from(pairs, ([each, value]) => `${toHex(each)}=${toHex(value)}`);

/** Leaves in order of keys, each key once. */
const pairs = fc
  .uniqueArray(fc.tuple(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 6 })), {
    selector: ([each]) => toHex(each),
    minLength: 1,
    maxLength: 60,
  })
  .map((all) => all.sort(([left], [right]) => compareKeys(left, right)));

const bound = fc.option(fc.uint8Array({ maxLength: 4 }), { nil: undefined });
const range: fc.Arbitrary<KeyRange> = fc
  .record({ gte: bound, gt: bound, lte: bound, lt: bound, reverse: fc.boolean() })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));

const bounds: fc.Arbitrary<ReadAheadLimits> = fc.record({
  aheadLeaves: fc.integer({ min: 1, max: 100 }),
  heldBytes: fc.integer({ min: 0, max: 20_000 }),
});

const inRange = ({ gte, gt, lte, lt }: KeyRange, each: Uint8Array): boolean =>
  (gte === undefined || compareKeys(each, gte) >= 0) &&
  (gt === undefined || compareKeys(each, gt) > 0) &&
  (lte === undefined || compareKeys(each, lte) <= 0) &&
  (lt === undefined || compareKeys(each, lt) < 0);

describe('a tree', () => {
  test('gives its leaves in order of keys, within any range, in either direction, whatever memory it may use', () => {
    fc.assert(
      fc.property(pairs, range, bounds, (all, asked, memory) => {
        const { tree } = storeOf(all);
        const expected = shown(all.filter(([each]) => inRange(asked, each)));
        expect(shown(tree.entries(asked, memory))).toEqual(
          asked.reverse === true ? expected.reverse() : expected,
        );
        expect(tree.size).toBe(all.length);
      }),
    );
  });

  test('finds the value of each key and of no other', () => {
    fc.assert(
      fc.property(pairs, fc.uint8Array({ maxLength: 4 }), (all, other) => {
        const { tree } = storeOf(all);
        for (const [each, value] of all) expect(toHex(tree.get(each)!)).toBe(toHex(value));
        const known = all.find(([each]) => compareKeys(each, other) === 0);
        expect(tree.get(other)?.length).toBe(known?.[1].length);
      }),
    );
  });

  test('proves each key it has against its root, and no other', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const { tree } = storeOf(all);
        for (const [each] of all) {
          const proof = tree.prove(each)!;
          expect(toHex(rootOfProof(proof))).toBe(toHex(tree.rootHash!));
          const forged = { ...proof, value: Buffer.concat([proof.value, Uint8Array.of(1)]) };
          expect(toHex(rootOfProof(forged))).not.toBe(toHex(tree.rootHash!));
        }
        expect(tree.prove(Buffer.from('no such key'))).toBeUndefined();
      }),
    );
  });

  test('has its root hash made anew from its leaves', () => {
    fc.assert(
      fc.property(pairs, bounds, (all, memory) => {
        const { tree } = storeOf(all);
        const { hash, leaves, bytes } = tree.recomputeRoot(memory);
        expect(toHex(hash!)).toBe(toHex(tree.rootHash!));
        expect(leaves).toBe(all.length);
        expect(bytes).toBe(all.reduce((sum, [each, value]) => sum + each.length + value.length, 0));
      }),
    );
  });

  test('says which version wrote a leaf', () => {
    const { tree } = storeOf(numbered(3));
    expect(Array.from(tree.leaves(), ({ version }) => version)).toEqual([VERSION, VERSION, VERSION]);
  });
});

describe('a walk', () => {
  /** Positions at which a key was asked that lies before the one asked just before. */
  const jumps = (asked: readonly string[]): number =>
    asked.filter((each, index) => index > 0 && each < asked[index - 1]!).length;

  test('reads every node once, most of them in the order in which they lie', () => {
    const { tree, db } = storeOf(numbered(4000));
    db.asked.length = 0;
    expect([...tree.entries()]).toHaveLength(4000);
    expect(db.asked).toHaveLength(7999);
    expect(new Set(db.asked).size).toBe(7999);
    expect(jumps(db.asked)).toBeLessThan(200);
  });

  test('that may hold nothing reads one node after the other, in order of keys', () => {
    const { tree, db } = storeOf(numbered(1000));
    db.asked.length = 0;
    expect([...tree.entries({}, { heldBytes: 0 })]).toHaveLength(1000);
    expect(db.asked).toHaveLength(1999);
    expect(jumps(db.asked)).toBeGreaterThan(500);
  });

  test('stops reading ahead when what it holds is as much as it may hold', () => {
    const { tree, db } = storeOf(numbered(512, 10_000));
    db.asked.length = 0;
    const walk = tree.entries({}, { heldBytes: 200_000 });
    for (let count = 0; count < 100; count++) walk.next();
    // 100 leaves were taken, 20 are held, and the inner nodes of 512 leaves are 511.
    expect(db.asked.length).toBeLessThan(100 + 22 + 511);
    expect([...walk]).toHaveLength(412);
  });

  test('of whom only the first entries are wanted reads few nodes', () => {
    const { tree, db } = storeOf(numbered(4000));
    db.asked.length = 0;
    tree.entries().next();
    expect(db.asked.length).toBeLessThan(100);
    db.asked.length = 0;
    expect([...tree.entries({ gte: key(2000), lt: key(2004) })]).toHaveLength(4);
    expect(db.asked.length).toBeLessThan(60);
  });
});

describe('a damaged tree', () => {
  /** The node that holds a leaf, or is right above it. */
  function findNode(
    tree: IavlTree,
    db: MemoryReader,
    wanted: (node: IavlNode) => boolean,
  ): [Uint8Array, IavlNode] {
    const open = [tree.rootHash!];
    for (let hash = open.pop(); hash !== undefined; hash = open.pop()) {
      const node = decodeNode(db.get(nodeKey('bank', hash))!);
      if (wanted(node)) return [hash, node];
      if (node.kind === 'inner') open.push(node.left, node.right);
    }
    throw new TypeError('no such node');
  }

  const isLeaf = (wanted: Uint8Array) => (node: IavlNode) =>
    node.kind === 'leaf' && compareKeys(node.key, wanted) === 0;

  const readers: readonly (readonly [string, (tree: IavlTree) => unknown])[] = [
    ['a walk', (tree) => [...tree.entries()]],
    ['get', (tree) => tree.get(key(33))],
    ['prove', (tree) => tree.prove(key(33))],
    ['recomputeRoot', (tree) => tree.recomputeRoot()],
  ];

  test.each(readers)('%s names the node that is missing', (_, read) => {
    const { tree, db } = storeOf(numbered(100));
    const [hash] = findNode(tree, db, isLeaf(key(33)));
    db.set(nodeKey('bank', hash), undefined);
    expect(() => read(tree)).toThrow(
      expect.objectContaining({
        kind: 'data',
        code: 'IAVL_NODE_MISSING',
        message: `read store bank at version 7 of /memory/application.db: expected node ${toHex(hash)}, found none; the database is incomplete, read another version or another copy`,
      }),
    );
  });

  test.each(readers)('%s names the node whose contents have another hash', (_, read) => {
    const { tree, db } = storeOf(numbered(100));
    const [hash, leaf] = findNode(tree, db, isLeaf(key(33)));
    const forged = { ...leaf, value: Buffer.from('forged') } as IavlNode;
    db.set(nodeKey('bank', hash), encodeNode(forged));
    expect(() => read(tree)).toThrow(
      expect.objectContaining({
        code: 'IAVL_CORRUPT',
        message: expect.stringContaining(
          `node ${toHex(hash)}: expected contents of that hash, found hash ${toHex(hashNode(forged))}`,
        ),
      }),
    );
  });

  test.each(readers)('%s names the node that was cut', (_, read) => {
    const { tree, db } = storeOf(numbered(100));
    const [hash] = findNode(tree, db, isLeaf(key(33)));
    const bytes = db.get(nodeKey('bank', hash))!;
    db.set(nodeKey('bank', hash), bytes.subarray(0, bytes.length - 1));
    expect(() => read(tree)).toThrow(
      expect.objectContaining({
        code: 'IAVL_CORRUPT',
        message: expect.stringMatching(/node [0-9a-f]{64}: expected an IAVL node, found at byte \d+ of \d+/),
      }),
    );
  });

  test('is noticed by a walk and by get where only the key of an inner node is wrong, which no hash covers', () => {
    const { tree, db } = storeOf(numbered(100));
    const wanted = (node: IavlNode): boolean => node.kind === 'inner' && compareKeys(node.key, key(50)) === 0;
    const [hash, inner] = findNode(tree, db, wanted);
    db.set(nodeKey('bank', hash), encodeNode({ ...inner, key: key(60) } as IavlNode));
    expect(() => [...tree.entries()]).toThrow(/expected key 303030303630, as an inner node above it says/);
    expect(() => tree.get(key(55))).toThrow(expect.objectContaining({ code: 'IAVL_CORRUPT' }));
  });
});
