import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  bytes,
  encodeBatch,
  encodeFragment,
  encodeRecords,
  filesEndingWith,
  hex,
  read,
  sampleValue,
  temporaryDirectory,
  writeWith,
} from '../test/make-database.ts';
import { type LiveLevelDb, openLiveLevelDb } from './index.ts';

/** A stopped database whose newest log is empty, and what a writer would append to that log. */
async function startLog(path: string): Promise<string> {
  await writeWith(path, {}, (level) => level.put(bytes('a'), bytes('0')));
  await writeWith(path, {}, async () => {});
  return join(path, filesEndingWith(path, '.log').at(-1)!);
}

const put = (sequence: number, key: string, value: Uint8Array | string) =>
  encodeBatch(sequence, [[bytes(key), typeof value === 'string' ? bytes(value) : value]]);

const textAt = (db: LiveLevelDb, key: string): string | undefined => {
  const value = db.get(bytes(key));
  return value && Buffer.from(value).toString();
};

afterEach(() => {
  vi.useRealTimers();
});

describe('openLiveLevelDb', () => {
  const key = fc.uint8Array({ maxLength: 2, max: 5 });
  const value = fc
    .tuple(fc.nat(), fc.oneof(fc.nat(40), fc.nat(3000), fc.constant(70_000)))
    .map(([seed, length]) => sampleValue(seed, length));
  const change = fc.oneof(
    { weight: 3, arbitrary: fc.record({ type: fc.constant('put' as const), key, value }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('del' as const), key }) },
  );
  const batches = fc.array(fc.array(change, { minLength: 1, maxLength: 8 }), { maxLength: 30 });

  it('has at each refresh all that the writer wrote, over logs, compactions and restarts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(batches, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(0, 1000, 1 << 20),
        fc.constantFrom(0, 2, 256),
        async (sessions, bound, maxPinned) => {
          using directory = temporaryDirectory();
          await writeWith(directory.path, {}, async () => {});
          using db = openLiveLevelDb(directory.path, { cacheBytes: bound, keepLogBytes: bound, maxPinned });
          const expected = new Map<string, string>();
          for (const session of sessions) {
            await writeWith(directory.path, { writeBufferSize: 65536 }, async (level) => {
              for (const batch of session) {
                await level.batch(batch);
                for (const each of batch) {
                  if (each.type === 'put') expected.set(hex(each.key), hex(each.value));
                  else expected.delete(hex(each.key));
                }
                db.refresh();
                for (const one of batch) {
                  const found = db.get(one.key);
                  expect(found && hex(found)).toBe(expected.get(hex(one.key)));
                }
              }
            });
            db.refresh();
            const sorted = [...expected].sort(([left], [right]) => (left < right ? -1 : 1));
            expect(read(db)).toEqual(sorted);
            expect(read(db, { reverse: true })).toEqual(sorted.toReversed());
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('reads nothing and says false when nothing was written', async () => {
    using directory = temporaryDirectory();
    await startLog(directory.path);
    using db = openLiveLevelDb(directory.path);
    const before = [db.bytesRead, db.lastSequence];
    for (let count = 0; count < 20; count++) expect(db.refresh()).toBe(false);
    expect([db.bytesRead, db.lastSequence]).toEqual(before);
  });

  it('waits for the rest of a record that is cut at any byte', async () => {
    using directory = temporaryDirectory();
    const path = await startLog(directory.path);
    using db = openLiveLevelDb(directory.path);
    const { log, offsets } = encodeRecords([put(10, 'a', '1'), put(11, 'b', '2')]);
    for (let end = 0; end < log.length; end++) {
      appendFileSync(path, log.subarray(end, end + 1));
      const isWhole = end + 1 === offsets[1] || end + 1 === log.length;
      expect(db.refresh(), `byte ${end}`).toBe(isWhole);
      expect(textAt(db, 'a')).toBe(end + 1 < offsets[1]! ? '0' : '1');
      expect(textAt(db, 'b')).toBe(end + 1 < log.length ? undefined : '2');
    }
    expect(db.lastSequence).toBe(11n);
  });

  it('never takes a record that is written in pieces for a damaged one, whatever it holds', async () => {
    using directory = temporaryDirectory();
    const path = await startLog(directory.path);
    using db = openLiveLevelDb(directory.path, { keepLogBytes: 0 });
    // A value that is itself a log: whole records stand behind a header whose record has not ended.
    const inner = encodeRecords(Array.from({ length: 900 }, (_, index) => sampleValue(index, 90))).log;
    const { log } = encodeRecords([put(10, 'inner', inner), put(11, 'end', 'x')]);
    for (let at = 0; at < log.length; at += 1000) {
      appendFileSync(path, log.subarray(at, at + 1000));
      db.refresh();
      expect(db.get(bytes('end')) !== undefined).toBe(at + 1000 >= log.length);
    }
    expect(hex(db.get(bytes('inner'))!)).toBe(hex(inner));
  });

  it('waits where the end of the newest log looks wrong, and refuses it when it stays so', async () => {
    using directory = temporaryDirectory();
    const path = await startLog(directory.path);
    using db = openLiveLevelDb(directory.path);
    const { log } = encodeRecords([put(10, 'a', '1')]);
    // A file system may show a length before the bytes.
    writeFileSync(path, new Uint8Array(log.length).fill(0xee));
    vi.useFakeTimers({ toFake: ['Date'] });
    expect(db.refresh()).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(db.refresh()).toBe(false);
    writeFileSync(path, log);
    expect(db.refresh()).toBe(true);
    expect(textAt(db, 'a')).toBe('1');
    appendFileSync(path, new Uint8Array(100).fill(0xee));
    expect(db.refresh()).toBe(false);
    vi.advanceTimersByTime(10_000);
    expect(() => db.refresh()).toThrow(expect.objectContaining({ code: 'LEVELDB_CORRUPT' }));
    expect(textAt(db, 'a')).toBe('1');
  });

  it('goes on in a new log, and refuses a torn one only when the newer holds a record', async () => {
    using directory = temporaryDirectory();
    const path = await startLog(directory.path);
    const next = path.replace(
      /\d+\.log$/,
      (name) => `${String(Number.parseInt(name, 10) + 50).padStart(6, '0')}.log`,
    );
    using db = openLiveLevelDb(directory.path);
    const { log, offsets } = encodeRecords([put(10, 'a', '1'), put(11, 'a', '2')]);
    writeFileSync(path, log.subarray(0, log.length - 1));
    writeFileSync(next, '');
    expect(db.refresh()).toBe(true);
    expect(textAt(db, 'a')).toBe('1');
    writeFileSync(next, encodeRecords([put(12, 'a', '3')]).log);
    expect(() => db.refresh()).toThrow(`read log ${path}, record at ${offsets[1]}: expected `);
    writeFileSync(path, log);
    expect(db.refresh()).toBe(true);
    expect([textAt(db, 'a'), db.lastSequence]).toEqual(['3', 12n]);
  });

  it('gives the state before an error until a refresh works again', async () => {
    using directory = temporaryDirectory();
    const path = await startLog(directory.path);
    using db = openLiveLevelDb(directory.path);
    // The checksum is right, the batch is not: no writer in the middle of a record leaves that.
    writeFileSync(
      path,
      Buffer.concat([encodeRecords([put(10, 'a', '1')]).log, encodeFragment(1, bytes('no batch'))]),
    );
    expect(() => db.refresh()).toThrow('a batch of at least 12 bytes');
    expect(textAt(db, 'a')).toBe('0');
    writeFileSync(path, encodeRecords([put(10, 'a', '1'), put(11, 'b', '2')]).log);
    expect(db.refresh()).toBe(true);
    expect([textAt(db, 'a'), textAt(db, 'b')]).toEqual(['1', '2']);
  });

  it('ends a walk that was begun in an earlier state', async () => {
    using directory = temporaryDirectory();
    const path = await startLog(directory.path);
    using db = openLiveLevelDb(directory.path);
    const walk = db.entries();
    appendFileSync(path, encodeRecords([put(10, 'b', '1')]).log);
    db.refresh();
    expect(() => walk.next()).toThrow(expect.objectContaining({ code: 'LEVELDB_CHANGED' }));
    expect(read(db)).toHaveLength(2);
  });

  it('moves to a later state by itself when a table that is not held was compacted away', async () => {
    using directory = temporaryDirectory();
    await writeWith(directory.path, { writeBufferSize: 65536 }, async (level) => {
      for (let index = 0; index < 300; index++) await level.put(bytes(`k${index}`), sampleValue(index, 2000));
      using held = openLiveLevelDb(directory.path);
      using db = openLiveLevelDb(directory.path, { maxPinned: 0 });
      const before = read(held);
      const tables = filesEndingWith(directory.path, '.ldb');
      await level.put(bytes('k299'), bytes('new'));
      await level.compactRange(bytes(''), bytes('z'));
      expect(filesEndingWith(directory.path, '.ldb').filter((file) => tables.includes(file))).toEqual([]);
      expect(read(held)).toEqual(before);
      expect(hex(db.get(bytes('k7'))!)).toBe(hex(sampleValue(7, 2000)));
      expect(textAt(db, 'k299')).toBe('new');
      expect(hex(held.get(bytes('k299'))!)).toBe(hex(sampleValue(299, 2000)));
      held.refresh();
      expect(textAt(held, 'k299')).toBe('new');
    });
  });

  it('says of a table that is missing without another state which one it is', async () => {
    using directory = temporaryDirectory();
    await startLog(directory.path);
    using db = openLiveLevelDb(directory.path, { maxPinned: 0 });
    const [table] = filesEndingWith(directory.path, '.ldb');
    rmSync(join(directory.path, table!));
    expect(() => db.get(bytes('a'))).toThrow(
      expect.objectContaining({ code: 'LEVELDB_MISSING', message: expect.stringContaining(table!) }),
    );
  });

  it('refuses to go on in another directory, an older copy or a shortened log', async () => {
    using directory = temporaryDirectory();
    const live = join(directory.path, 'live');
    const older = join(directory.path, 'older');
    mkdirSync(live);
    const path = await startLog(live);
    cpSync(live, older, { recursive: true });
    writeFileSync(path, encodeRecords([put(10, 'a', '1'), put(11, 'b', '2')]).log);
    const replaced = expect.objectContaining({ code: 'LEVELDB_REPLACED', kind: 'source' });
    using db = openLiveLevelDb(live);
    const size = readFileSync(path).length;
    truncateSync(path, size - 5);
    expect(() => db.refresh()).toThrow(replaced);
    writeFileSync(path, encodeRecords([put(10, 'a', '1'), put(11, 'b', '2')]).log);
    expect(db.refresh()).toBe(false);
    // Under the same names, in the same directory.
    for (const name of filesEndingWith(live, '')) {
      rmSync(join(live, name));
      cpSync(join(older, name), join(live, name));
    }
    expect(() => db.refresh()).toThrow(replaced);
    rmSync(live, { recursive: true });
    expect(() => db.refresh()).toThrow(expect.objectContaining({ code: 'LEVELDB_MISSING' }));
    renameSync(older, live);
    expect(() => db.refresh()).toThrow(replaced);
    expect(textAt(db, 'b')).toBe('2');
  });

  it('refuses to read or refresh once it is closed', async () => {
    using directory = temporaryDirectory();
    await startLog(directory.path);
    const db = openLiveLevelDb(directory.path);
    db.close();
    db.close();
    expect(() => db.get(bytes('a'))).toThrow(TypeError);
    expect(() => db.entries()).toThrow(TypeError);
    expect(() => db.refresh()).toThrow(TypeError);
  });
});
