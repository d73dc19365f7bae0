import { readFileSync, truncateSync } from 'node:fs';
import { ClassicLevel } from 'classic-level';

/** Number of entries per batch. It is limited because LevelDB keeps a whole batch in memory. */
const BATCH_ENTRIES = 10_000;

export type LevelDbEntry = readonly [key: Uint8Array | string, value: Uint8Array | string];

export interface LevelDbWriter {
  put(entries: Iterable<LevelDbEntry>): Promise<void>;
  close(): Promise<void>;
}

/** Opens a directory with Google's LevelDB for writing. It must be a new directory or a test's own copy, never the directory of a node. */
export async function openLevelDbWriter(path: string): Promise<LevelDbWriter> {
  const db = new ClassicLevel<Uint8Array, Uint8Array>(path, { keyEncoding: 'view', valueEncoding: 'view' });
  await db.open();
  return {
    async put(entries) {
      const puts = Array.from(entries, ([key, value]) => ({
        type: 'put' as const,
        key: asBytes(key),
        value: asBytes(value),
      }));
      for (let at = 0; at < puts.length; at += BATCH_ENTRIES)
        await db.batch(puts.slice(at, at + BATCH_ENTRIES));
    },
    close: () => db.close(),
  };
}

/** Writes entries into a directory with Google's LevelDB. It must be a new directory or a test's own copy, never the directory of a
 * node. */
export async function writeLevelDb(path: string, entries: Iterable<LevelDbEntry>): Promise<void> {
  const writer = await openLevelDbWriter(path);
  await writer.put(entries);
  await writer.close();
}

/** Removes the last record of a LevelDB log, as if the machine had crashed before the write reached the disk. */
export function cutLastLogRecord(path: string): void {
  truncateSync(path, lastRecordStart(readFileSync(path)));
}

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;
const FULL = 1;
const FIRST = 2;

function lastRecordStart(log: Buffer): number {
  let start = 0;
  for (let at = 0; at + HEADER_BYTES <= log.length; ) {
    const left = BLOCK_BYTES - (at % BLOCK_BYTES);
    if (left < HEADER_BYTES) {
      at += left;
      continue;
    }
    const type = log[at + 6];
    if (type === FULL || type === FIRST) start = at;
    at += HEADER_BYTES + log.readUInt16LE(at + 4);
  }
  return start;
}

const asBytes = (value: Uint8Array | string): Uint8Array =>
  typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
