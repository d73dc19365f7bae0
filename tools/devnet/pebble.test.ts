/** Reads directories that the real Pebble writes, closed, killed and while it writes, compacts and uses its logs again. */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BaleenError } from '@baleen/chain';
import { type LevelDb, type LiveLevelDb, openLevelDb, openLiveLevelDb } from '@baleen/leveldb';
import { temporaryFolder } from '@baleen/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  buildPebbleWriter,
  type PebbleOptions,
  readRounds,
  startPebbleWriter,
  writePebble,
} from './start-pebble-writer.ts';
import { hasGo } from './start-writer.ts';

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

const roundOf = (db: LevelDb): string => Buffer.from(db.get(Buffer.from('round')) ?? []).toString();

function expectRound(db: LevelDb, folder: string): string {
  const round = roundOf(db);
  expect(digestOf(db), `round ${round}`).toBe(readRounds(folder).get(round));
  return round;
}

/** As `expectRound`; a table that is not held may be compacted away in the middle of the walk. */
function expectLiveRound(db: LiveLevelDb, folder: string): string {
  for (;;) {
    try {
      return expectRound(db, folder);
    } catch (error) {
      if (!(error instanceof BaleenError) || error.code !== 'LEVELDB_MISSING') throw error;
      db.refresh();
    }
  }
}

/** Names that each file of a log has had, by inode. */
function noteLogs(folder: string, seen: Map<bigint, Set<string>>): void {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.log'))) {
    const stat = statSync(join(folder, name), { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) continue;
    const names = seen.get(stat.ino) ?? new Set();
    seen.set(stat.ino, names.add(name));
  }
}

describe.skipIf(!hasGo())('a directory of Pebble (needs Go)', () => {
  let program: string;

  beforeAll(() => {
    program = buildPebbleWriter(temporaryFolder('pebble-writer'));
  }, 600_000);

  test.each<[string, PebbleOptions]>([
    ['Snappy', {}],
    ['zstd', { compression: 'zstd' }],
    ['no compression', { compression: 'none' }],
    ['deletions of another kind and markers (format 4)', { format: 4 }],
    ["Pebble's own tables, version 1 (format 5)", { format: 5 }],
    ["Pebble's own tables, version 2 (format 13)", { format: 13 }],
    ["Pebble's own tables, version 4 (format 16)", { format: 16 }],
  ])('is read whole: %s', (_, options) => {
    const folder = join(temporaryFolder('pebble'), 'db');
    writePebble(program, folder, { rounds: 120, ...options });
    using db = openLevelDb(folder);
    expect(expectRound(db, folder)).toBe('120');
  });

  test.each<[string, PebbleOptions, string]>([
    ['a merge', { odd: 'merge' }, 'a merge'],
    ['a range deletion', { odd: 'range-deletion' }, 'range deletions'],
  ])('is refused by name where it holds %s', (_, options, words) => {
    const folder = join(temporaryFolder('pebble'), 'db');
    writePebble(program, folder, { rounds: 60, ...options });
    using db = openLevelDb(folder);
    expect(() => digestOf(db)).toThrow(
      expect.objectContaining({ code: 'LEVELDB_UNSUPPORTED', message: expect.stringContaining(words) }),
    );
  });

  test.each([
    ['all tables held', 256],
    ['three tables held', 3],
  ])('is at each refresh in a state that it had, %s', async (_, maxPinned) => {
    const folder = join(temporaryFolder('pebble'), 'db');
    writePebble(program, folder, { rounds: 5 });
    const { ended } = startPebbleWriter(program, folder, { rounds: 700, rate: 100 });
    let hasEnded = false;
    void ended.then(() => (hasEnded = true));
    using db = openLiveLevelDb(folder, { maxPinned });
    const rounds: number[] = [];
    const logs = new Map<bigint, Set<string>>();
    for (;;) {
      const isLast = hasEnded;
      noteLogs(folder, logs);
      if (db.refresh()) rounds.push(Number(expectLiveRound(db, folder)));
      if (rounds.length % 20 === 0) {
        // All tables held: then it stays in the state in which it was opened.
        using whole = openLevelDb(folder, { maxHeldTables: 1000 });
        expectRound(whole, folder);
      }
      if (isLast) break;
      await sleep(3);
    }
    expect(await ended).toBe(0);
    expect(rounds.at(-1)).toBe(705);
    expect(rounds).toEqual(rounds.toSorted((left, right) => left - right));
    expect(rounds.length).toBeGreaterThan(20);
    expect(
      [...logs.values()].some((names) => names.size > 1),
      'a log that was used again',
    ).toBe(true);
  });

  test('is followed over a writer that is killed again and again, and goes on', async () => {
    const folder = join(temporaryFolder('pebble'), 'db');
    writePebble(program, folder, { rounds: 5 });
    using db = openLiveLevelDb(folder);
    for (let round = 1; round <= 5; round++) {
      const crashAt = 60 * round;
      const { ended } = startPebbleWriter(program, folder, { rounds: 200, rate: 200, 'crash-at': crashAt });
      let hasEnded = false;
      void ended.then(() => (hasEnded = true));
      while (!hasEnded) {
        if (db.refresh()) expectLiveRound(db, folder);
        await sleep(3);
      }
      db.refresh();
      expect(await ended).toBe('SIGKILL');
      expect(expectLiveRound(db, folder)).toBe(String(crashAt - 1));
      using killed = openLevelDb(folder);
      expect(expectRound(killed, folder)).toBe(String(crashAt - 1));
    }
  });
});
