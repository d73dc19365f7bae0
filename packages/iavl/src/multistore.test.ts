import { sha256, toHex, WireWriter } from '@baleen/codec';
import { describe, expect, test } from 'vitest';
import { stateEntries } from '../test/make-state.ts';
import { MemoryReader } from '../test/memory-reader.ts';
import { openMultistore } from './multistore.ts';

const text = (value: string): Uint8Array => Buffer.from(value, 'latin1');

function rootKey(store: string, version: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(version));
  return Buffer.concat([text(`s/k:${store}/r`), bytes]);
}

const leaves = (seed: string) =>
  ['a', 'b', 'c'].map((key) => [text(key), text(`${key} of ${seed}`)] as const);

/** Versions 1 to `latest` of two stores. */
function database(latest = 5): MemoryReader {
  const db = new MemoryReader([]);
  for (let version = 1; version <= latest; version++) {
    const stores = ['acc', 'bank'].map((name) => ({ name, leaves: leaves(`${name} ${version}`), count: 3 }));
    for (const [key, value] of stateEntries(version, stores)) db.set(key, value);
  }
  return db;
}

/** Adds a store without a tree of its own to a commit info. */
function commitToo(
  db: MemoryReader,
  version: number,
  name: string,
  ownVersion: number,
  hash: Uint8Array,
): void {
  const id = new WireWriter().varint(1, ownVersion).bytes(2, hash).finish();
  const store = new WireWriter().text(1, name).message(2, id).finish();
  const before = db.get(text(`s/${version}`))!;
  db.set(text(`s/${version}`), Buffer.concat([before, new WireWriter().message(2, store).finish()]));
}

describe('a multistore', () => {
  test('has the versions that were committed, and those that are kept', () => {
    const db = database(12);
    for (const store of ['acc', 'bank'])
      for (const version of [1, 2, 3, 6, 7]) db.set(rootKey(store, version), undefined);
    const multistore = openMultistore(db);
    expect(multistore.latest).toBe(12);
    expect(multistore.committedVersions()).toEqual([{ from: 1, to: 12 }]);
    expect(multistore.keptVersions()).toEqual([
      { from: 4, to: 5 },
      { from: 8, to: 12 },
    ]);
  });

  test('gives each version its own contents', () => {
    const multistore = openMultistore(database());
    for (const version of [1, 3, 5])
      expect(Buffer.from(multistore.tree('bank', version).get(text('b'))!).toString()).toBe(
        `b of bank ${version}`,
      );
  });

  test('does not count a version that some stores are ahead by, as after a kill', () => {
    const db = database();
    const next = [...stateEntries(6, [{ name: 'acc', leaves: leaves('acc 6'), count: 3 }])];
    for (const [key, value] of next)
      if (
        !Buffer.from(key)
          .toString('latin1')
          .match(/^s\/(6|latest)$/)
      )
        db.set(key, value);
    const multistore = openMultistore(db);
    expect([multistore.latest, multistore.keptVersions()]).toEqual([5, [{ from: 1, to: 5 }]]);
  });

  test('does not count a version that was pruned of some stores only', () => {
    const db = database();
    db.set(rootKey('bank', 1), undefined);
    const multistore = openMultistore(db);
    expect(multistore.keptVersions()).toEqual([{ from: 2, to: 5 }]);
    expect([multistore.isKept(1), multistore.isKept(2)]).toEqual([false, true]);
  });

  test('names the nearest kept versions of a pruned one', () => {
    const db = database();
    for (const store of ['acc', 'bank'])
      for (const version of [2, 3]) db.set(rootKey(store, version), undefined);
    expect(() => openMultistore(db).tree('bank', 3)).toThrow(
      expect.objectContaining({
        kind: 'operator',
        code: 'IAVL_VERSION_PRUNED',
        message:
          'read store bank at version 3 of /memory/application.db: expected a kept version, found that it was pruned; nearest to it are 1 and 4',
      }),
    );
  });

  test('names the latest of a version that is not there yet', () => {
    expect(() => openMultistore(database()).tree('bank', 6)).toThrow(
      expect.objectContaining({
        code: 'IAVL_VERSION_UNKNOWN',
        message:
          'read key s/6 of /memory/application.db: expected a version from 1 to the latest, 5; name one of these',
      }),
    );
  });

  test('names the stores there are where one is not, as a transient store never is', () => {
    expect(() => openMultistore(database()).tree('transient_params', 5)).toThrow(
      expect.objectContaining({
        code: 'IAVL_STORE_UNKNOWN',
        message: expect.stringContaining('expected one of the stores acc, bank, found none of that name'),
      }),
    );
  });

  test('tells a memory store by its missing tree and hash, and says that it cannot be read', () => {
    const db = database();
    commitToo(db, 5, 'mem_capability', 0, new Uint8Array(0));
    const multistore = openMultistore(db);
    expect(multistore.stores(5).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'acc iavl',
      'bank iavl',
      'mem_capability memory',
    ]);
    expect(multistore.keptVersions()).toEqual([{ from: 1, to: 5 }]);
    expect(() => multistore.tree('mem_capability', 5)).toThrow(
      expect.objectContaining({
        code: 'IAVL_NO_TREE',
        message: expect.stringContaining('expected an IAVL store, found a memory store'),
      }),
    );
  });

  test('reads a store that was added later and counts its own versions from 1', () => {
    const db = database();
    const added = [...stateEntries(1, [{ name: 'wasm', leaves: leaves('wasm'), count: 3 }])];
    for (const [key, value] of added) if (Buffer.from(key).includes('wasm')) db.set(key, value);
    commitToo(db, 5, 'wasm', 1, db.get(rootKey('wasm', 1))!);
    const multistore = openMultistore(db);
    const tree = multistore.tree('wasm', 5);
    expect([tree.version, tree.size]).toEqual([1, 3]);
    expect(multistore.keptVersions()).toEqual([{ from: 1, to: 5 }]);
  });

  test('reads an empty tree, whose hash is that of nothing', () => {
    const db = database();
    db.set(rootKey('evidence', 5), new Uint8Array(0));
    commitToo(db, 5, 'evidence', 5, sha256(new Uint8Array(0)));
    const tree = openMultistore(db).tree('evidence', 5);
    expect([
      tree.size,
      tree.rootHash,
      [...tree.entries()],
      tree.get(text('a')),
      tree.prove(text('a')),
    ]).toEqual([0, undefined, [], undefined, undefined]);
    expect(tree.recomputeRoot()).toEqual({ hash: undefined, leaves: 0, bytes: 0 });
  });

  test('refuses a root that is not the committed one', () => {
    const db = database();
    db.set(rootKey('bank', 5), db.get(rootKey('bank', 4)));
    expect(() => openMultistore(db).tree('bank', 5)).toThrow(
      expect.objectContaining({
        code: 'IAVL_CORRUPT',
        message: expect.stringContaining(`found ${toHex(db.get(rootKey('bank', 4))!)}`),
      }),
    );
  });

  test('that has committed nothing is named as such', () => {
    for (const entries of [[], [[text('s/latest'), Uint8Array.of(1, 0)] as const]])
      expect(() => openMultistore(new MemoryReader(entries))).toThrow(
        expect.objectContaining({ kind: 'operator', code: 'IAVL_EMPTY' }),
      );
  });
});
