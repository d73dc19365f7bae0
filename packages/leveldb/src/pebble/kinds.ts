import { defineKinds, type Kinds } from '../blocks/kinds.ts';

/** Kinds of cockroachdb/pebble (internal/base/internal.go), which has RocksDB's numbers and some of its own.
 *
 * A deletion of any sort hides what is older; a put of any sort is the value. Range deletions, merges and range keys are written
 * by no node: `cosmos-db` and `cometbft-db` set and delete single keys. */
export const PEBBLE_KINDS = defineKinds(
  { 0: 'deletion', 1: 'put', 3: 'note', 7: 'deletion', 18: 'put', 23: 'sized deletion' },
  {
    2: 'a merge',
    4: 'a column family',
    5: 'a column family',
    6: 'a column family',
    15: 'a range deletion',
    19: 'a range key deletion',
    20: 'a range key unset',
    21: 'a range key',
    22: 'an ingested table',
    24: 'an excise',
  },
);

/** The bit of a kind that marks an entry which a newer one in the same table hides. */
const OBSOLETE_BIT = 0x40;

/** Kinds of entries in Pebble's own tables, by the tables' version: from 3 on a put's value has a prefix, and from 4 on kinds have a
 * mark of old entries (sstable/value_block.go and sstable/block.go of pebble 1.1). */
export function kindsOfVersion(version: number): Kinds {
  if (version < 3) return PEBBLE_KINDS;
  const meanings = PEBBLE_KINDS.meanings.slice();
  if (version >= 4) meanings.copyWithin(OBSOLETE_BIT, 0, OBSOLETE_BIT);
  return { ...PEBBLE_KINDS, meanings, hasValuePrefix: true };
}
