import { existsSync } from 'node:fs';
import { BaleenError } from '@baleen/chain';
import { detectBackend } from './backend.ts';
import { asMissingDirectory, missingDirectory, retryVanished } from './directory.ts';
import type { Format } from './format.ts';
import { goleveldb } from './goleveldb/format.ts';
import { pebble } from './pebble/format.ts';

/** The format of a directory, told by its files.
 *
 * @throws BaleenError  `LEVELDB_MISSING`: no such directory; `LEVELDB_UNSUPPORTED`: another backend's */
export function formatOf(path: string): Format {
  const backend = retryVanished(path, () => {
    try {
      return detectBackend(path);
    } catch (error) {
      throw existsSync(path) ? error : asMissingDirectory(path, error);
    }
  });
  if (backend === 'goleveldb') return goleveldb;
  if (backend === 'pebbledb') return pebble;
  if (backend === undefined) throw missingDirectory(path, 'a file');
  throw new BaleenError(
    'data',
    'LEVELDB_UNSUPPORTED',
    `open leveldb ${path}: expected a directory of goleveldb or pebbledb, found ${backend}; index the node's RPC, or a copy with one of these`,
  );
}
