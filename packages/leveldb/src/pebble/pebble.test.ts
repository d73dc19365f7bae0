import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WireWriter } from '@baleen/codec';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  encodeBatch,
  encodeFragment,
  encodeRecords,
  filesEndingWith,
  hex,
  type Pair,
  read,
  sampleValue,
  temporaryDirectory,
} from '../../test/make-database.ts';
import { type LevelDb, openLevelDb, openLiveLevelDb } from '../index.ts';

/** The block store of a node (wasmd 0.61, CometBFT 0.38) that was ended by kill -9: a table and a log. */
const killed = fileURLToPath(
  new URL('../../../testing/fixtures/wasmd-sdk053-devnet/data-pebble-killed/blockstore.db', import.meta.url),
);
/** sha256 over keys and values up to height 66 of the block store of a node with goleveldb on the same chain. */
const GOLEVELDB_DIGEST = 'ed1b5dfd94f1effa3c8bc847bbccf0ef4254dd15cee3314ddb0c05f455ec688f';

function digestTo(height: number, entries: readonly Pair[]): string {
  const digest = createHash('sha256');
  for (const [key, value] of entries) {
    const at = /^(?:H|P|C|SC):(\d+)/.exec(Buffer.from(key, 'hex').toString('latin1'));
    if (at !== null && Number(at[1]) <= height) digest.update(key, 'hex').update(value, 'hex');
  }
  return digest.digest('hex');
}

/** A copy of the directory to change. */
function copyOf(source: string) {
  const directory = temporaryDirectory();
  cpSync(source, directory.path, { recursive: true });
  const file = (end: string) => join(directory.path, filesEndingWith(directory.path, end)[0]!);
  return {
    ...directory,
    log: file('.log'),
    table: file('.sst'),
    manifest: join(directory.path, 'MANIFEST-000010'),
  };
}

function readAll(path: string): Pair[] | Error {
  try {
    using db = openLevelDb(path);
    return read(db);
  } catch (error) {
    return error as Error;
  }
}

const textAt = (db: LevelDb, key: string): string | undefined => {
  const value = db.get(bytes(key));
  return value && Buffer.from(value).toString();
};

const put = (sequence: number, key: string, value: string) =>
  encodeBatch(sequence, [[bytes(key), bytes(value)]]);

const corrupt = expect.objectContaining({ code: 'LEVELDB_CORRUPT', kind: 'data' });
const unsupported = (words: string) =>
  expect.objectContaining({ code: 'LEVELDB_UNSUPPORTED', message: expect.stringContaining(words) });

describe("a node's Pebble directory", () => {
  it.each([
    ['as it is', openLevelDb],
    ['followed', openLiveLevelDb],
  ])('holds what the block store of a goleveldb node holds (%s)', (_, open) => {
    using db = open(killed);
    const found = read(db);
    expect(digestTo(66, found)).toBe(GOLEVELDB_DIGEST);
    expect(read(db, { reverse: true })).toEqual(found.toReversed());
    for (const [key, value] of found) expect(hex(db.get(Buffer.from(key, 'hex'))!)).toBe(value);
    const [gte, lt] = [bytes('H:20'), bytes('H:4')];
    expect(read(db, { gte, lt })).toEqual(found.filter(([key]) => key >= hex(gte) && key < hex(lt)));
    expect(db.get(bytes('H:68'))).toBeUndefined();
  });

  it('never gives other entries for a changed byte of a table, of the manifest or of the log before its last batch', () => {
    using copy = copyOf(killed);
    const expected = readAll(killed);
    for (const [file, step, lastBytes] of [
      [copy.table, 331, 0],
      [copy.manifest, 7, 200],
      [copy.log, 631, 4000],
    ] as const) {
      const good = readFileSync(file);
      for (let at = 0; at < good.length - lastBytes; at += step) {
        writeFileSync(file, good.with(at, good[at]! ^ 0x55));
        const found = readAll(copy.path);
        if (Array.isArray(found)) expect(found, `byte ${at} of ${file}`).toEqual(expected);
        else expect(found).toEqual(expect.objectContaining({ name: 'BaleenError' }));
      }
      writeFileSync(file, good);
    }
  });
});

/** A directory without tables whose only log is 000002.log. */
function emptyDatabase() {
  const directory = temporaryDirectory();
  const edit = (...tags: number[]) => encodeRecords([editOf(tags)]).log;
  const write = (name: string, content: Uint8Array | string) =>
    writeFileSync(join(directory.path, name), content);
  write('OPTIONS-000003', '[Version]\n  pebble_version=0.1\n');
  write('CURRENT', 'MANIFEST-000001\n');
  write('MANIFEST-000001', edit(2, 2, 3, 4, 4, 0));
  write('000002.log', '');
  return { ...directory, log: join(directory.path, '000002.log'), edit, write };
}

function editOf(tags: readonly number[]): Uint8Array {
  const comparator = bytes('leveldb.BytewiseComparator');
  return Uint8Array.of(1, comparator.length, ...comparator, ...tags);
}

describe('a log of Pebble', () => {
  it('ends where an older log begins whose file it was given', () => {
    using database = emptyDatabase();
    const older = encodeRecords(
      Array.from({ length: 200 }, (_, index) => put(index + 1, `old${index}`, 'x'.repeat(900))),
      7,
    ).log;
    const { log } = encodeRecords([put(300, 'a', '1'), put(301, 'b', 'y'.repeat(50_000))], 2);
    for (const trailer of [new Uint8Array(), encodeFragment(1, new Uint8Array(), 3)]) {
      const file = Buffer.concat([log, trailer, older.subarray(log.length + trailer.length)]);
      writeFileSync(database.log, file);
      for (const open of [openLevelDb, openLiveLevelDb]) {
        using db = open(database.path);
        expect(read(db)).toHaveLength(2);
        expect(textAt(db, 'a')).toBe('1');
        expect(db.lastSequence).toBe(301n);
      }
    }
  });

  it('is read to its last whole batch when it is cut at any byte', () => {
    using database = emptyDatabase();
    const { log, offsets } = encodeRecords([put(1, 'a', '1'), put(2, 'b', 'x'.repeat(40_000))], 2);
    for (let end = 0; end <= log.length; end += end < 100 || end > log.length - 30 ? 1 : 997) {
      writeFileSync(database.log, log.subarray(0, end));
      const whole = end === log.length ? 2 : end >= offsets[1]! ? 1 : 0;
      expect(readAll(database.path), `cut at ${end}`).toHaveLength(whole);
    }
  });

  it('is damaged, not at its end, where whole records of its own stand behind', () => {
    using database = emptyDatabase();
    const { log, offsets } = encodeRecords([put(1, 'a', '1'), put(2, 'b', '2'), put(3, 'c', '3')], 2);
    writeFileSync(database.log, log.with(offsets[1]! + 20, 0xff));
    expect(readAll(database.path)).toEqual(corrupt);
    writeFileSync(database.log, log.with(offsets[2]! + 20, 0xff));
    expect(readAll(database.path)).toHaveLength(2);
  });

  it('is followed while it is written over an older one, byte by byte', () => {
    using database = emptyDatabase();
    const older = encodeRecords([put(1, 'old', sampleValue(1, 3000).toString())], 1).log;
    writeFileSync(database.log, older);
    using db = openLiveLevelDb(database.path);
    expect(read(db)).toEqual([]);
    const { log, offsets } = encodeRecords([put(10, 'a', '1'), put(11, 'b', '2')], 2);
    const fd = openSync(database.log, 'r+');
    for (let at = 0; at < log.length; at++) {
      writeSync(fd, log, at, 1, at);
      db.refresh();
      expect(textAt(db, 'a'), `byte ${at}`).toBe(at + 1 >= offsets[1]! ? '1' : undefined);
      expect(textAt(db, 'b'), `byte ${at}`).toBe(at + 1 === log.length ? '2' : undefined);
    }
    expect(db.lastSequence).toBe(11n);
  });

  it('is not taken for a whole one when its file goes to a newer log', () => {
    using database = emptyDatabase();
    writeFileSync(database.log, encodeRecords([put(1, 'a', '1')], 2).log);
    using db = openLiveLevelDb(database.path);
    renameSync(database.log, join(database.path, '000009.log'));
    // The manifest still wants log 2: nothing that a Pebble writer does.
    expect(() => db.refresh()).toThrow(expect.objectContaining({ code: 'LEVELDB_REPLACED' }));
    expect(textAt(db, 'a')).toBe('1');
  });

  it('may have fragments without a number, as writers have that use no file again', () => {
    using database = emptyDatabase();
    writeFileSync(database.log, encodeRecords([put(1, 'a', '1'), put(2, 'b', 'x'.repeat(70_000))]).log);
    expect(readAll(database.path)).toHaveLength(2);
  });

  it('has deletions of three kinds and notes; what it says with other kinds is not guessed', () => {
    using database = emptyDatabase();
    const batch = (...changes: number[][]) =>
      Buffer.concat([
        Buffer.from([5, 0, 0, 0, 0, 0, 0, 0, changes.length, 0, 0, 0]),
        ...changes.map((change) => Uint8Array.from(change)),
      ]);
    const [a, b, c] = ['a', 'b', 'c'].map((text) => [1, text.charCodeAt(0)]) as [
      number[],
      number[],
      number[],
    ];
    const first = encodeBatch(1, [
      [bytes('a'), bytes('1')],
      [bytes('b'), bytes('1')],
      [bytes('c'), bytes('1')],
    ]);
    const note = [3, 4, 110, 111, 116, 101];
    const second = batch([0, ...a], [7, ...b], [23, ...c, 1, 1], [18, 1, 100, 1, 50]);
    writeFileSync(
      database.log,
      encodeRecords([first, Buffer.concat([second, Uint8Array.from(note)])], 2).log,
    );
    expect(readAll(database.path)).toEqual([[hex(bytes('d')), hex(bytes('2'))]]);
    for (const [kind, words] of [
      [2, 'a merge'],
      [15, 'a range deletion'],
      [21, 'a range key'],
    ] as const) {
      writeFileSync(database.log, encodeRecords([first, batch([kind, ...a, 1, 50])], 2).log);
      expect(readAll(database.path)).toEqual(unsupported(words));
    }
  });
});

describe('a manifest of Pebble', () => {
  const table = [0, 9, 100, 9, 97, 1, 1, 0, 0, 0, 0, 0, 0, 9, 98, 1, 1, 0, 0, 0, 0, 0, 0];
  it.each([
    ['an unknown field that may be skipped', [...varint(8192 + 5), 2, 1, 2], undefined],
    ['an unknown field', [99, 2, 1, 2], 'tag 99'],
    ['column families', [...varint(201), 1], 'column families'],
    ['a virtual table', [103, ...table, 1, 1, 66, 7, 1], 'a virtual table'],
    ['an unknown field of a table', [103, ...table, 1, 1, 70, 1, 7, 1], 'field 70'],
    ['a table with range keys', [104, ...table], 'a table with range keys'],
    ['a table of another path', [102, 0, 9, 1, ...table.slice(2)], 'one in path 9'],
  ])('with %s is read or refused by name', (_, tags, refused) => {
    using database = emptyDatabase();
    database.write('MANIFEST-000001', database.edit(2, 2, 3, 4, 4, 0, ...tags));
    if (refused === undefined) expect(readAll(database.path)).toEqual([]);
    else expect(readAll(database.path)).toEqual(unsupported(refused));
  });

  it('is the one that the newest marker names, in a directory that has markers', () => {
    using database = emptyDatabase();
    writeFileSync(database.log, encodeRecords([put(1, 'a', '1')], 2).log);
    database.write('CURRENT', 'MANIFEST-000099\n');
    database.write('marker.manifest.000001.MANIFEST-000099', '');
    database.write('marker.manifest.000002.MANIFEST-000001', '');
    expect(readAll(database.path)).toHaveLength(1);
  });

  it('is not looked for in what other backends write', () => {
    using database = emptyDatabase();
    database.write('OPTIONS-000003', '[Version]\n  rocksdb_version=8.9.1\n');
    expect(readAll(database.path)).toEqual(unsupported('found rocksdb'));
    appendFileSync(join(database.path, 'OPTIONS-000004'), '[Version]\n  pebble_version=0.1\n');
    expect(readAll(database.path)).toEqual([]);
  });
});

function varint(value: number): number[] {
  return [...new WireWriter().rawVarint(value).finish()];
}
