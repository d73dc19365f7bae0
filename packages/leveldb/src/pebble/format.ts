import { SNAPPY, UNCOMPRESSED, ZSTD } from '../blocks/compression.ts';
import type { Format } from '../format.ts';
import { readHead } from './head.ts';
import { PEBBLE_KINDS } from './kinds.ts';
import { manifestName } from './marker.ts';
import { readField } from './version-edit.ts';

/** Directories of cockroachdb/pebble, the database backend `pebbledb`. */
export const pebble: Format = {
  backend: 'pebbledb',
  manifestName,
  tableEndings: ['sst'],
  reusesLogs: true,
  kinds: PEBBLE_KINDS,
  compressions: { 0: UNCOMPRESSED, 1: SNAPPY, 7: ZSTD },
  readHead,
  readField,
};
