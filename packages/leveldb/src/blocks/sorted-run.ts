import { compareSlices } from './bytes.ts';

/** Fields of one entry in `SortedRun.slots`: where its key starts and ends in `keys`, and two for the run's own use. */
export const SLOT_FIELDS = 4;

/** Entries in order of their keys (and, for one key, newest first), laid out in few arrays: a table's block or the logs. */
export interface SortedRun {
  readonly count: number;
  readonly keys: Uint8Array;
  readonly slots: Uint32Array;
  /** Twice the sequence, plus one for a put (a deletion has an even version): larger is newer. */
  readonly versions: Float64Array;
  /** Value of a put. */
  value(index: number): Uint8Array;
}

/** Sequences below this keep a version exact. LevelDB's own limit is 2^56; a node writing a million changes a second
 * gets here after 142 years. */
export const MAX_SEQUENCE = 2 ** 52;

export const isDeletion = (run: SortedRun, index: number): boolean => run.versions[index]! % 2 === 0;

/** A view, not a copy. */
export const keyAt = (run: SortedRun, index: number): Uint8Array =>
  run.keys.subarray(run.slots[index * SLOT_FIELDS]!, run.slots[index * SLOT_FIELDS + 1]!);

/** Order of an entry's key and `key`. */
export function compareKeyAt(run: SortedRun, index: number, key: Uint8Array): number {
  const slot = index * SLOT_FIELDS;
  return compareSlices(run.keys, run.slots[slot]!, run.slots[slot + 1]!, key, 0, key.length);
}

/** Order of the keys of two entries, which may be of different runs. */
export function compareKeysAt(
  left: SortedRun,
  leftIndex: number,
  right: SortedRun,
  rightIndex: number,
): number {
  const leftSlot = leftIndex * SLOT_FIELDS;
  const rightSlot = rightIndex * SLOT_FIELDS;
  return compareSlices(
    left.keys,
    left.slots[leftSlot]!,
    left.slots[leftSlot + 1]!,
    right.keys,
    right.slots[rightSlot]!,
    right.slots[rightSlot + 1]!,
  );
}

/** Index of the first entry at or after `key` (`afterEqual`: after it), `count` when there is none. */
export function searchRun(run: SortedRun, key: Uint8Array, afterEqual: boolean): number {
  let low = 0;
  let high = run.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareKeyAt(run, middle, key);
    if (order < 0 || (afterEqual && order === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}
