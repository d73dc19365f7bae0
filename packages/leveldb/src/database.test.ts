import { cpSync, readdirSync, readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  encodeBatch,
  encodeRecords,
  filesEndingWith,
  hex,
  read,
  readWith,
  sampleValue,
  temporaryDirectory,
  writeWith,
} from '../test/make-database.ts';
import { ENTRIES, tableKey, writeManyTables } from '../test/make-tables.ts';
import { type KeyRange, openLevelDb, openLiveLevelDb } from './index.ts';

const key = fc.uint8Array({ maxLength: 3, max: 3 });
const value = fc
  .tuple(fc.nat(), fc.oneof(fc.nat(40), fc.nat(3000), fc.constant(70_000)))
  .map(([seed, length]) => sampleValue(seed, length));
const change = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('put' as const), key, value }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('del' as const), key }) },
);
const session = fc.record({
  compression: fc.boolean(),
  batches: fc.array(fc.array(change, { minLength: 1, maxLength: 8 }), { maxLength: 25 }),
});
// classic-level ignores empty bounds, and takes one bound a side.
const bound = fc.uint8Array({ minLength: 1, maxLength: 3, max: 3 });
const range = fc
  .tuple(
    fc.constantFrom('gte', 'gt', undefined),
    bound,
    fc.constantFrom('lte', 'lt', undefined),
    bound,
    fc.boolean(),
  )
  .map(
    ([lower, from, upper, to, reverse]): KeyRange => ({
      ...(lower && { [lower]: from }),
      ...(upper && { [upper]: to }),
      reverse,
    }),
  );

describe('openLevelDb', () => {
  it('reads what Google LevelDB reads, whatever was written, in both directions and any range', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(session, { minLength: 1, maxLength: 4 }),
        fc.array(range, { minLength: 6, maxLength: 6 }),
        fc.constantFrom(0, 1 << 20),
        async (sessions, ranges, bound) => {
          using directory = temporaryDirectory();
          for (const { compression, batches } of sessions)
            await writeWith(directory.path, { compression, writeBufferSize: 65536 }, async (level) => {
              for (const batch of batches) await level.batch(batch);
            });
          const all: KeyRange[] = [{}, { reverse: true }, ...ranges];
          using db = openLevelDb(directory.path, {
            cacheBytes: bound,
            keepLogBytes: bound,
            maxHeldTables: bound,
          });
          const found = all.map((one) => read(db, one));
          const gets = [...allKeys()].map((one) => db.get(one)).map((one) => one && hex(one));
          await writeWith(directory.path, {}, async (level) => {
            for (const [index, one] of all.entries())
              expect(found[index]).toEqual(await readWith(level, one));
            for (const [index, one] of [...allKeys()].entries()) {
              const expected = await level.get(one);
              expect(gets[index]).toBe(expected && hex(expected));
            }
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('reads tables of several levels, overwritten and deleted keys among them', async () => {
    using directory = temporaryDirectory();
    const expected = new Map<string, string>();
    const name = (index: number) => bytes(`key/${String(index).padStart(7, '0')}`);
    await writeWith(directory.path, { writeBufferSize: 65536, maxFileSize: 1 << 20 }, async (level) => {
      for (let round = 0; round < 60; round++) {
        const batch = level.batch();
        for (let index = 0; index < 1000; index++) {
          const at = name((index * 7919 + round * 104729) % 30_000);
          if ((index + round) % 5 === 0) {
            batch.del(at);
            expected.delete(hex(at));
          } else {
            const written = sampleValue(index * 100 + round, 200);
            batch.put(at, written);
            expected.set(hex(at), hex(written));
          }
        }
        await batch.write();
      }
    });
    using db = openLevelDb(directory.path);
    const sorted = [...expected].sort(([left], [right]) => (left < right ? -1 : 1));
    expect(filesEndingWith(directory.path, '.ldb').length).toBeGreaterThan(3);
    expect(read(db)).toEqual(sorted);
    expect(read(db, { reverse: true })).toEqual(sorted.toReversed());
    for (let index = 0; index < 30_000; index += 7) {
      const found = db.get(name(index));
      expect(found && hex(found)).toBe(expected.get(hex(name(index))));
    }
    expect(db.get(bytes('key/x'))).toBeUndefined();
    expect(db.get(bytes(''))).toBeUndefined();
    expect(db.lastSequence).toBe(60_000n);
  });

  it('keeps the view it took while the writer goes on and replaces tables', async () => {
    using directory = temporaryDirectory();
    await writeWith(directory.path, { writeBufferSize: 65536 }, async (level) => {
      for (let index = 0; index < 300; index++)
        await level.put(bytes(`k${index % 50}`), sampleValue(index, 2000));
      const expected = await readWith(level);
      using db = openLevelDb(directory.path, { cacheBytes: 0, keepLogBytes: 0, maxHeldTables: 1000 });
      const tables = filesEndingWith(directory.path, '.ldb');
      for (let index = 0; index < 300; index++)
        await level.put(bytes(`k${index % 50}`), sampleValue(index + 9000, 2000));
      await level.compactRange(bytes(''), bytes('z'));
      expect(filesEndingWith(directory.path, '.ldb').filter((file) => tables.includes(file))).toEqual([]);
      expect(read(db)).toEqual(expected);
      using later = openLevelDb(directory.path);
      expect(read(later)).toEqual(await readWith(level));
      expect(read(later)).not.toEqual(expected);
    });
  });

  it('takes empty bounds as the empty key, and the narrower of two bounds on one side', async () => {
    using directory = temporaryDirectory();
    await writeWith(directory.path, {}, async (level) => {
      for (const name of ['', 'a', 'b', 'c']) await level.put(bytes(name), bytes(name));
    });
    using db = openLevelDb(directory.path);
    const show = (range: KeyRange) => read(db, range).map(([name]) => Buffer.from(name, 'hex').toString());
    const empty = bytes('');
    for (const reverse of [false, true]) {
      expect(show({ gte: empty, reverse }).toSorted()).toEqual(['', 'a', 'b', 'c']);
      expect(show({ gt: empty, reverse }).toSorted()).toEqual(['a', 'b', 'c']);
      expect(show({ lte: empty, reverse })).toEqual(['']);
      expect(show({ lt: empty, reverse })).toEqual([]);
      expect(show({ gt: bytes('a'), gte: bytes('b'), lt: bytes('c'), lte: bytes('b'), reverse })).toEqual([
        'b',
      ]);
      expect(show({ gt: bytes('b'), lt: bytes('b'), reverse })).toEqual([]);
      expect(show({ gte: bytes('c'), lte: bytes('a'), reverse })).toEqual([]);
    }
  });

  it('reads tables named .sst', async () => {
    using directory = temporaryDirectory();
    await writeTables(directory.path);
    using before = openLevelDb(directory.path);
    const expected = read(before);
    for (const file of filesEndingWith(directory.path, '.ldb'))
      renameSync(join(directory.path, file), join(directory.path, file.replace('.ldb', '.sst')));
    using after = openLevelDb(directory.path);
    expect(read(after)).toEqual(expected);
  });

  it('replays several logs in order, and a torn one only when none behind it holds a record', async () => {
    using directory = temporaryDirectory();
    await writeWith(directory.path, {}, (level) => level.put(bytes('a'), bytes('1')));
    const [log] = filesEndingWith(directory.path, '.log');
    const next = (add: number) =>
      join(directory.path, `${String(Number.parseInt(log!, 10) + add).padStart(6, '0')}.log`);
    const record = (sequence: number, text: string) => encodeBatch(sequence, [[bytes('a'), bytes(text)]]);
    const { log: second, offsets } = encodeRecords([record(2, '2'), record(3, '3')]);
    writeFileSync(next(1), second.subarray(0, second.length - 1));
    writeFileSync(next(2), new Uint8Array());
    const show = () => {
      using db = openLevelDb(directory.path);
      return [Buffer.from(db.get(bytes('a'))!).toString(), db.lastSequence];
    };
    // Older than the manifest's log number: long since in a table, though the file is still there.
    writeFileSync(join(directory.path, '000001.log'), encodeRecords([record(99, 'stale')]).log);
    expect(show()).toEqual(['2', 2n]);
    writeFileSync(next(2), encodeRecords([record(4, '4')]).log);
    expect(show).toThrow(`read log ${next(1)}, record at ${offsets[1]}: expected `);
    writeFileSync(next(1), second);
    expect(show()).toEqual(['4', 4n]);
  });

  it('gives the state before the last batch when the newest log is cut at any byte of it', async () => {
    using directory = temporaryDirectory();
    await writeTables(directory.path);
    const path = join(directory.path, filesEndingWith(directory.path, '.log')[0]!);
    const whole = readFileSync(path);
    using before = openLevelDb(directory.path);
    const expected = read(before);
    const { log } = encodeRecords([
      encodeBatch(Number(before.lastSequence) + 1, [[bytes('tail'), sampleValue(1, 50)]]),
    ]);
    for (let end = 0; end <= log.length; end++) {
      writeFileSync(path, Buffer.concat([whole, log.subarray(0, end)]));
      using db = openLevelDb(directory.path);
      expect(db.get(bytes('tail')) !== undefined, `cut at ${end}`).toBe(end === log.length);
      expect(read(db).filter(([name]) => name !== hex(bytes('tail')))).toEqual(expected);
    }
  });

  it('opens tables beyond the bound when they are asked for, and says when one has gone', async () => {
    using directory = temporaryDirectory();
    using copy = temporaryDirectory();
    await writeTables(directory.path);
    using held = openLevelDb(directory.path);
    cpSync(directory.path, copy.path, { recursive: true });
    using db = openLevelDb(copy.path, { maxHeldTables: 0 });
    expect(read(db)).toEqual(read(held));
    using late = openLevelDb(copy.path, { maxHeldTables: 0 });
    for (const file of filesEndingWith(copy.path, '.ldb'))
      renameSync(join(copy.path, file), join(copy.path, `${file}.gone`));
    expect(() => read(late)).toThrow(expect.objectContaining({ code: 'LEVELDB_MISSING', kind: 'source' }));
  });

  it('goes on in a later state when a compaction took away a table that it does not hold', async () => {
    using directory = temporaryDirectory();
    await writeWith(directory.path, { writeBufferSize: 65536 }, async (level) => {
      // Not in order: tables overlap, so that a compaction writes all of them anew.
      for (let index = 0; index < 2100; index += 7)
        await level.put(bytes(`k${String(index % 300).padStart(3, '0')}`), sampleValue(index % 300, 2000));
      using db = openLevelDb(directory.path, { maxHeldTables: 0, cacheBytes: 0, keepLogBytes: 0 });
      const walk = db.entries({ gte: bytes('k010') });
      const back = db.entries({ lt: bytes('k290'), reverse: true });
      const found = [walk.next().value![0], back.next().value![0]].map(hex);
      const tables = filesEndingWith(directory.path, '.ldb');
      await level.put(bytes('k299'), bytes('new'));
      await level.compactRange(bytes(''), bytes('z'));
      expect(filesEndingWith(directory.path, '.ldb').filter((file) => tables.includes(file))).toEqual([]);
      expect(hex(db.get(bytes('k007'))!)).toBe(hex(sampleValue(7, 2000)));
      for (const [key] of walk) found.push(hex(key));
      for (const [key] of back) found.push(hex(key));
      const names = Array.from({ length: 300 }, (_, at) => hex(bytes(`k${String(at).padStart(3, '0')}`)));
      expect(found.toSorted()).toEqual([...names.slice(10), ...names.slice(0, 290)].toSorted());
    });
  });

  it.each([
    ['as it is', openLevelDb, 16],
    ['followed', openLiveLevelDb, 64],
  ])('opens no more than a few of 2,000 tables at once, %s', (_, open, mostTables) => {
    using directory = temporaryDirectory();
    const count = 2000;
    writeManyTables(directory.path, count);
    const descriptors = () =>
      readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith(`${directory.path}/`)).length;
    using db = open(directory.path, { cacheBytes: 0 });
    for (let at = 0; at < count; at++) {
      const key = tableKey((at * 7919) % count, at % ENTRIES);
      expect(Buffer.from(db.get(key)!).toString()).toBe(`value of ${Buffer.from(key).toString()}`);
      // Beside tables the log and, followed, the manifest.
      if (at % 50 === 0) expect(descriptors()).toBeLessThanOrEqual(mostTables + 2);
    }
    expect(read(db)).toHaveLength(count * ENTRIES);
    expect(descriptors()).toBeLessThanOrEqual(mostTables + 2);
  });

  it('refuses to read once it is closed', async () => {
    using directory = temporaryDirectory();
    await writeTables(directory.path);
    const db = openLevelDb(directory.path);
    const entries = db.entries();
    expect(entries.next().done).toBe(false);
    db.close();
    db.close();
    expect(() => db.get(bytes('a'))).toThrow(TypeError);
    expect(() => db.entries()).toThrow(TypeError);
    expect(() => entries.next()).toThrow(TypeError);
  });
});

/** '' for a descriptor that is closed meanwhile. */
function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

function* allKeys(): Generator<Uint8Array> {
  yield new Uint8Array();
  for (let length = 1; length <= 3; length++)
    for (let number = 0; number < 4 ** length; number++)
      yield Uint8Array.from({ length }, (_, index) => (number >> (2 * index)) & 3);
}

/** Tables and a log with one record. */
async function writeTables(path: string): Promise<void> {
  await writeWith(path, {}, async (level) => {
    for (let index = 0; index < 200; index++) await level.put(bytes(`k${index}`), sampleValue(index, 60));
  });
  await writeWith(path, {}, (level) => level.put(bytes('k5'), bytes('new')));
}
