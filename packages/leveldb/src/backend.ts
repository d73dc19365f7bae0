import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Backends of `db_backend` and `app-db-backend` in a node's configuration, and application stores beside them. */
export type Backend = 'goleveldb' | 'pebbledb' | 'rocksdb' | 'badgerdb' | 'boltdb' | 'memiavl';

/** Recognises which backend wrote a database, by files that only that backend writes. Google's LevelDB counts as goleveldb, and so does a
 * directory without such files. Returns undefined if the path is a file, which is no database.
 *
 * Throws Node's own error for a path that does not exist. */
export function detectBackend(path: string): Backend | undefined {
  if (!statSync(path).isDirectory()) return isBolt(path) ? 'boltdb' : undefined;
  const names = readdirSync(path);
  if (names.some((name) => name.startsWith('marker.'))) return 'pebbledb';
  const options = newestOptions(names);
  if (options !== undefined) return isPebbleOptions(join(path, options)) ? 'pebbledb' : 'rocksdb';
  if (names.includes('IDENTITY')) return 'rocksdb';
  if (names.some((name) => name.endsWith('.vlog') || name === 'KEYREGISTRY')) return 'badgerdb';
  if (names.includes('current') && names.some((name) => name.startsWith('snapshot-'))) return 'memiavl';
  return 'goleveldb';
}

const newestOptions = (names: readonly string[]): string | undefined =>
  names
    .filter((name) => /^OPTIONS-\d+$/.test(name))
    .sort()
    .at(-1);

/** Both write `OPTIONS-N` as sections of `name=value`; a Pebble one begins with its version. */
const isPebbleOptions = (path: string): boolean => readFileSync(path, 'latin1').includes('pebble_version=');

/** Bolt's first page: magic 0xED0CDAED, little endian, behind the page's header of 16 bytes (bbolt db.go). */
function isBolt(path: string): boolean {
  const page = new Uint8Array(20);
  const fd = openSync(path, 'r');
  try {
    readSync(fd, page, 0, 20, 0);
  } finally {
    closeSync(fd);
  }
  return new DataView(page.buffer).getUint32(16, true) === 0xed0cdaed;
}
