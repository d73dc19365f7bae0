import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  encodeFragment,
  filesEndingWith,
  type Pair,
  read,
  sampleValue,
  temporaryDirectory,
  writeWith,
} from '../test/make-database.ts';
import { openLevelDb } from './index.ts';

const corrupt = expect.objectContaining({ name: 'BaleenError', code: 'LEVELDB_CORRUPT', kind: 'data' });

/** A directory with one table, a manifest of at least two edits and a log of two records; cleaned up by the caller. */
async function makeDirectory(compression: boolean) {
  const directory = temporaryDirectory();
  const { path } = directory;
  await writeWith(path, { compression }, async (level) => {
    for (let index = 0; index < 30; index++) await level.put(bytes(`key${index}`), sampleValue(index, 100));
  });
  await writeWith(path, { compression }, async (level) => {
    await level.put(bytes('key5'), bytes('five'));
    await level.put(bytes('key6'), bytes('six'));
  });
  const file = (end: string) => join(path, filesEndingWith(path, end)[0]!);
  const manifest = join(path, readFileSync(join(path, 'CURRENT'), 'latin1').trim());
  return { directory, path, table: file('.ldb'), log: file('.log'), manifest };
}

function readAll(path: string): Pair[] {
  using db = openLevelDb(path);
  return read(db);
}

/** The offset in a block handle: a varint. */
function handleOffset(file: Uint8Array, at: number): number {
  const byte = file[at]!;
  return byte < 0x80 ? byte : (byte & 0x7f) + 128 * handleOffset(file, at + 1);
}

/** Outcome of reading with each byte of a file flipped: the error's text, or what was read. */
function flipEach(path: string, file: string, visit: (at: number, outcome: Error | Pair[]) => void): void {
  const good = readFileSync(file);
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good);
    bad[at]! ^= at % 2 === 0 ? 0x01 : 0xff;
    writeFileSync(file, bad);
    let outcome: Error | Pair[];
    try {
      outcome = readAll(path);
    } catch (error) {
      outcome = error as Error;
    }
    visit(at, outcome);
  }
  writeFileSync(file, good);
}

describe('a damaged directory', () => {
  it.each([true, false])(
    'never gives other entries for a flipped byte of a table (compressed: %s)',
    async (compression) => {
      const { directory, path, table } = await makeDirectory(compression);
      using _ = directory;
      const expected = readAll(path);
      const size = readFileSync(table).length;
      const unnoticed: number[] = [];
      flipEach(path, table, (at, outcome) => {
        if (Array.isArray(outcome)) {
          expect(outcome, `byte ${at}`).toEqual(expected);
          unnoticed.push(at);
          return;
        }
        expect(outcome, `byte ${at}`).toEqual(corrupt);
        expect(outcome.message).toMatch(
          /^read table \S+\.ldb, (index )?(block|footer|entry) ?(at )?\d+: expected .+, found .+;/,
        );
      });
      // Only what is not read goes unnoticed: filter and metaindex, which stand behind all data blocks, and the
      // footer's zeros. A Bloom filter of 30 keys has some 60 bytes.
      const metaindex = handleOffset(readFileSync(table), size - 48);
      expect(unnoticed.filter((at) => at < metaindex - 80)).toEqual([]);
      expect(metaindex).toBeGreaterThan(1000);
    },
  );

  it('is refused for a flipped byte of the log, at the latest in the record before the last', async () => {
    const { directory, path, log } = await makeDirectory(true);
    using _ = directory;
    const expected = readAll(path);
    const last = 7 + 12 + 1 + 5 + 5;
    flipEach(path, log, (at, outcome) => {
      if (at >= last && Array.isArray(outcome)) {
        // A length that reaches past the end looks like a write that was cut short.
        expect([last + 4, last + 5], `byte ${at}`).toContain(at);
        expect(outcome).not.toEqual(expected);
        return;
      }
      expect(outcome, `byte ${at}`).toEqual(corrupt);
      expect((outcome as Error).message).toMatch(
        `read log ${log}, record at ${at < last ? 0 : last}: expected `,
      );
    });
  });

  it('is refused for a flipped byte of any manifest edit before the last', async () => {
    const { directory, path, manifest } = await makeDirectory(true);
    using _ = directory;
    const first = 7 + readFileSync(manifest).readUInt16LE(4);
    expect(readFileSync(manifest).length).toBeGreaterThan(first + 7);
    flipEach(path, manifest, (at, outcome) => {
      if (at >= first) return;
      expect(outcome, `byte ${at}`).toEqual(corrupt);
      expect((outcome as Error).message).toMatch(`read manifest ${manifest}, record at 0: expected `);
    });
  });

  it('is refused for a table that is shorter than the manifest says', async () => {
    const { directory, path, table } = await makeDirectory(true);
    using _ = directory;
    const size = readFileSync(table).length;
    truncateSync(table, size - 1);
    expect(() => readAll(path)).toThrow(corrupt);
    expect(() => readAll(path)).toThrow(`expected ${size} bytes, as the manifest says, found ${size - 1}`);
  });

  it('is refused for a missing table, by its name', async () => {
    const { directory, path, table } = await makeDirectory(true);
    using _ = directory;
    rmSync(table);
    expect(() => readAll(path)).toThrow(expect.objectContaining({ code: 'LEVELDB_MISSING', kind: 'source' }));
    expect(() => readAll(path)).toThrow(
      `expected ${table}, as the manifest names it, found none in 10 attempts`,
    );
  });

  it('is refused for another CURRENT', async () => {
    const { directory, path } = await makeDirectory(true);
    using _ = directory;
    writeFileSync(join(path, 'CURRENT'), '../MANIFEST-1\n');
    expect(() => readAll(path)).toThrow(
      `read CURRENT ${path}/CURRENT, whole file from 0: expected MANIFEST-<number>`,
    );
    rmSync(join(path, 'CURRENT'));
    writeFileSync(join(path, 'CURRENT.bak'), 'MANIFEST-000001\n');
    expect(() => readAll(path)).toThrow(
      expect.objectContaining({ code: 'LEVELDB_MISSING', kind: 'operator' }),
    );
    expect(() => readAll(path)).toThrow(
      `open leveldb ${path}: expected a file CURRENT, found only CURRENT.bak`,
    );
  });

  it('is refused when it is a file or nothing', () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, 'x');
    expect(() => openLevelDb(path)).toThrow(`open leveldb ${path}: expected a directory, found nothing`);
    writeFileSync(path, '');
    expect(() => openLevelDb(path)).toThrow(`open leveldb ${path}: expected a directory, found a file`);
  });
});

describe('a manifest', () => {
  const text = (tag: number, value: string) => [tag, value.length, ...bytes(value)];
  const good = [...text(1, 'leveldb.BytewiseComparator'), 2, 3, 9, 0, 3, 4, 4, 0];
  const openWith = (edit: readonly number[]) => {
    using directory = temporaryDirectory();
    const path = join(directory.path, 'db');
    mkdirSync(path);
    writeFileSync(join(path, 'CURRENT'), 'MANIFEST-000001\n');
    writeFileSync(join(path, 'MANIFEST-000001'), encodeFragment(1, Uint8Array.from(edit)));
    return readAll(path);
  };

  it('of an empty database gives no entries', () => {
    expect(openWith(good)).toEqual([]);
  });

  it.each([
    ['LEVELDB_UNSUPPORTED', 'comparator leveldb.BytewiseComparator', [...text(1, 'other'), 2, 3, 4, 0]],
    [
      'LEVELDB_UNSUPPORTED',
      'a last sequence below 2^52',
      [...good, 4, 255, 255, 255, 255, 255, 255, 255, 127],
    ],
    ['LEVELDB_CORRUPT', 'the name of a comparator (tag 1), found none', [2, 3, 4, 0]],
    ['LEVELDB_CORRUPT', 'a log number (tag 2), found none', [...text(1, 'leveldb.BytewiseComparator'), 4, 0]],
    [
      'LEVELDB_CORRUPT',
      'a last sequence (tag 4), found none',
      [...text(1, 'leveldb.BytewiseComparator'), 2, 3],
    ],
    ['LEVELDB_CORRUPT', 'a tag of 1..7 or 9, found tag 8', [...good, 8, 0]],
    ['LEVELDB_CORRUPT', 'a level of at most 20, found 21', [...good, 6, 21, 1]],
    ['LEVELDB_CORRUPT', "a table's key of 8 bytes or more, found 1", [...good, 7, 0, 1, 1, 1, 65, 1, 66]],
    ['LEVELDB_CORRUPT', 'a version edit, found at byte', [...good, 2]],
  ])('is %s without %s', (code, message, edit) => {
    expect(() => openWith(edit)).toThrow(expect.objectContaining({ code }));
    expect(() => openWith(edit)).toThrow(message);
  });
});
