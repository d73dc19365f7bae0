/** Reads whole LevelDB databases, and measures what of them is raw blocks and results. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openLevelDb } from '@baleen/leveldb';

export interface Scan {
  readonly entries: number;
  /** Bytes of keys and values. */
  readonly bytes: number;
  readonly fileBytes: number;
  readonly seconds: number;
  /** Bytes of block parts and of results. */
  readonly rawBytes: number;
}

const RAW_PREFIXES = ['P:', 'abciResponsesKey:'];

export function scanDatabases(folder: string): Scan {
  let entries = 0;
  let bytes = 0;
  let rawBytes = 0;
  let fileBytes = 0;
  const start = performance.now();
  for (const name of ['blockstore.db', 'state.db']) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    for (const file of readdirSync(path)) fileBytes += statSync(join(path, file)).size;
    using database = openLevelDb(path);
    for (const [key, value] of database.entries()) {
      entries += 1;
      bytes += key.length + value.length;
      if (RAW_PREFIXES.some((prefix) => startsWith(key, prefix))) rawBytes += value.length;
    }
  }
  return { entries, bytes, fileBytes, rawBytes, seconds: (performance.now() - start) / 1000 };
}

function startsWith(key: Uint8Array, prefix: string): boolean {
  for (let index = 0; index < prefix.length; index++)
    if (key[index] !== prefix.charCodeAt(index)) return false;
  return true;
}
