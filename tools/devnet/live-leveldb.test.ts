/** Follows directories that the real goleveldb writes, with a node's order of writes, while it compacts all the time. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BaleenError } from '@baleen/chain';
import { type LevelDb, type LiveLevelDb, openLevelDb, openLiveLevelDb } from '@baleen/leveldb';
import { temporaryFolder } from '@baleen/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildWriter, hasGo, readStates, startWriter, type Writer } from './start-writer.ts';

/** The writer's digest of a database's entries. */
function digestOf(db: LevelDb): string {
  const sum = new Uint8Array(32);
  const length = new Uint8Array(4);
  for (const [key, value] of db.entries()) {
    new DataView(length.buffer).setUint32(0, key.length);
    const entry = createHash('sha256').update(length).update(key).update(value).digest();
    for (let index = 0; index < 32; index++) sum[index]! ^= entry[index]!;
  }
  return Buffer.from(sum).toString('hex');
}

/** Descriptors that this process holds in a directory, and those of them that are open for writing. */
function descriptorsIn(path: string): { count: number; writable: string[] } {
  const held = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${fd}`);
      if (!file.startsWith(`${path}/`)) return [];
      const flags = /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))!;
      return [{ file, isWritable: (Number.parseInt(flags[1]!, 8) & 3) !== 0 }];
    } catch {
      // The listing's own descriptor.
      return [];
    }
  });
  return { count: held.length, writable: held.filter((one) => one.isWritable).map(({ file }) => file) };
}

/** Digest of one state. A table beyond the pinned ones may be compacted away in the middle of the walk. */
function takeDigest(db: LiveLevelDb): { readonly sequence: bigint; readonly digest: string } {
  for (;;) {
    try {
      const sequence = db.lastSequence;
      return { sequence, digest: digestOf(db) };
    } catch (error) {
      if (!(error instanceof BaleenError) || error.code !== 'LEVELDB_MISSING') throw error;
      db.refresh();
    }
  }
}

interface Followed {
  /** States seen, in order. */
  readonly states: { readonly sequence: bigint; readonly digest: string }[];
  mostDescriptors: number;
  readonly writable: string[];
}

/** Refreshes and digests until the writer has ended, which `isEnough` makes it do, and all it wrote is seen. */
async function follow(
  db: LiveLevelDb,
  writer: Writer,
  followed: Followed,
  isEnough: () => boolean = () => false,
): Promise<void> {
  let hasEnded = false;
  void writer.ended.then(() => (hasEnded = true));
  for (;;) {
    const isLast = hasEnded;
    if (db.refresh()) followed.states.push(takeDigest(db));
    const { count, writable } = descriptorsIn(db.path);
    followed.mostDescriptors = Math.max(followed.mostDescriptors, count);
    followed.writable.push(...writable);
    if (isLast) return;
    if (isEnough()) writer.child.kill('SIGKILL');
    await sleep(3);
  }
}

const newFollowed = (): Followed => ({ states: [], mostDescriptors: 0, writable: [] });

function expectTold(followed: Followed, told: Map<bigint, Set<string>>): void {
  for (const { sequence, digest } of followed.states)
    expect([...(told.get(sequence) ?? [])], `state at ${sequence}`).toContain(digest);
  expect(followed.states.map(({ sequence }) => sequence)).toEqual(
    followed.states.map(({ sequence }) => sequence).toSorted((left, right) => Number(left - right)),
  );
}

const compactions = (path: string): number =>
  readFileSync(join(path, 'LOG'), 'utf8').match(/table@compaction committed/g)?.length ?? 0;

describe.skipIf(!hasGo())('a live directory of goleveldb (needs Go)', () => {
  let program: string;

  beforeAll(() => {
    program = buildWriter(temporaryFolder('writer'));
  });

  test.each([
    ['all tables pinned', 256],
    ['three tables pinned', 3],
  ])('is at each refresh in a state that it had, %s', async (_, maxPinned) => {
    const folder = join(temporaryFolder('live'), 'data');
    const writer = await startWriter(program, folder, { rate: 70, keep: 30, 'write-buffer': 128 << 10 });
    const path = join(folder, 'blockstore.db');
    using db = openLiveLevelDb(path, { maxPinned, cacheBytes: 1 << 20, keepLogBytes: 64 << 10 });
    const followed = newFollowed();
    await follow(db, writer, followed, () => followed.states.length >= 300 && compactions(path) >= 30);
    expectTold(followed, readStates(folder, 'blockstore.db'));
    expect(followed.writable).toEqual([]);
    // Beside the pinned ones: a few logs, the manifest, and at most 64 tables that are read.
    expect(followed.mostDescriptors).toBeLessThanOrEqual(maxPinned + 64 + 6);
    const names = readdirSync(path);
    using whole = openLevelDb(path);
    expect(digestOf(db)).toBe(digestOf(whole));
    expect(db.lastSequence).toBe(whole.lastSequence);
    expect(readdirSync(path)).toEqual(names);
  });

  test('is followed over a writer that is killed in the middle of a block, again and again, and goes on', async () => {
    const folder = join(temporaryFolder('live'), 'data');
    let writer = await startWriter(program, folder, { rate: 150, 'crash-at': 40 });
    const path = join(folder, 'blockstore.db');
    using db = openLiveLevelDb(path);
    const followed = newFollowed();
    for (let round = 2; round <= 6; round++) {
      await follow(db, writer, followed);
      expect((await writer.ended).code).toBe('SIGKILL');
      writer = await startWriter(program, folder, { rate: 150, restart: true, 'crash-at': 40 * round });
    }
    await follow(db, writer, followed);
    expectTold(followed, readStates(folder, 'blockstore.db'));
    expect(followed.states.length).toBeGreaterThanOrEqual(6);
    expect(Buffer.from(db.get(Buffer.from('blockStore'))!).toString()).toBe('239');
  });
});
