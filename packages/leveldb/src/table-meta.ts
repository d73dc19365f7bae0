import type { WireReader } from '@baleen/codec';
import { TRAILER_BYTES } from './blocks/block.ts';
import type { Fail } from './errors.ts';

/** A table as the manifest names it; `smallest` and `largest` are user keys, both in the table. */
export interface TableMeta {
  readonly number: number;
  readonly sizeBytes: number;
  readonly smallest: Uint8Array;
  readonly largest: Uint8Array;
}

/** A table that a version edit adds to a level. */
export interface NewTable {
  readonly level: number;
  readonly table: TableMeta;
}

/** goleveldb sets no limit, Pebble has seven levels; level 20 would hold 10^21 MiB. */
const MAX_LEVEL = 20;

export function readLevel(edit: WireReader, fail: Fail): number {
  const level = edit.uint();
  if (level > MAX_LEVEL) throw fail(`a level of at most ${MAX_LEVEL}`, `${level}`);
  return level;
}

/** `uvarint number · uvarint size · smallest key · largest key`, the keys with their trailers. */
export function readTable(edit: WireReader, fail: Fail): TableMeta {
  const number = edit.uint();
  const sizeBytes = edit.uint();
  const smallest = userKey(edit.bytes(), fail);
  return { number, sizeBytes, smallest, largest: userKey(edit.bytes(), fail) };
}

function userKey(key: Uint8Array, fail: Fail): Uint8Array {
  if (key.length < TRAILER_BYTES)
    throw fail(`a table's key of ${TRAILER_BYTES} bytes or more`, `${key.length}`);
  return key.subarray(0, key.length - TRAILER_BYTES);
}
