import type { WireReader } from '@baleen/codec';
import { TRAILER_BYTES } from './blocks/block.ts';
import { compareSlices } from './blocks/bytes.ts';
import type { Fail } from './errors.ts';

/** A table as the manifest names it. Its first and last key stay in the bytes of the version edit: a directory may have hundreds of
 * thousands of tables. */
export class Table {
  readonly number: number;
  readonly sizeBytes: number;
  /** Sum of the sizes of the tables read before: tells blocks of all tables apart together with their offset. */
  readonly base: number;
  private readonly edit: Uint8Array;
  private readonly smallestAt: number;
  private readonly smallestEnd: number;
  private readonly largestAt: number;
  private readonly largestEnd: number;

  /** Reads `uvarint number · uvarint size · smallest key · largest key` of a version edit, the keys with their trailers. */
  constructor(edit: WireReader, base: number, fail: Fail) {
    this.number = edit.uint();
    this.sizeBytes = edit.uint();
    this.base = base;
    this.edit = edit.buffer;
    const smallest = userKeyBytes(edit.bytes(), fail);
    this.smallestEnd = edit.pos - TRAILER_BYTES;
    this.smallestAt = this.smallestEnd - smallest;
    const largest = userKeyBytes(edit.bytes(), fail);
    this.largestEnd = edit.pos - TRAILER_BYTES;
    this.largestAt = this.largestEnd - largest;
  }

  /** Order of its first user key and `key`. */
  compareSmallest(key: Uint8Array): number {
    return compareSlices(this.edit, this.smallestAt, this.smallestEnd, key, 0, key.length);
  }

  /** Order of its last user key and `key`. */
  compareLargest(key: Uint8Array): number {
    return compareSlices(this.edit, this.largestAt, this.largestEnd, key, 0, key.length);
  }

  /** Order of the first user keys of two tables. */
  static inOrder(left: Table, right: Table): number {
    const { edit, smallestAt, smallestEnd } = right;
    return compareSlices(left.edit, left.smallestAt, left.smallestEnd, edit, smallestAt, smallestEnd);
  }
}

/** A table that a version edit adds to a level. */
export interface NewTable {
  readonly level: number;
  readonly table: Table;
}

/** goleveldb sets no limit, Pebble has seven levels; level 20 would hold 10^21 MiB. */
const MAX_LEVEL = 20;

export function readLevel(edit: WireReader, fail: Fail): number {
  const level = edit.uint();
  if (level > MAX_LEVEL) throw fail(`a level of at most ${MAX_LEVEL}`, `${level}`);
  return level;
}

function userKeyBytes(key: Uint8Array, fail: Fail): number {
  if (key.length < TRAILER_BYTES)
    throw fail(`a table's key of ${TRAILER_BYTES} bytes or more`, `${key.length}`);
  return key.length - TRAILER_BYTES;
}
