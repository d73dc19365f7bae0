import type { BaleenError } from '@baleen/chain';
import type { Fail } from '../errors.ts';

/** Meaning of an entry: an even version (see `SortedRun.versions`) for a deletion, an odd one for a value. */
export const DELETION = 0;
export const PUT = 1;
const REFUSED = 255;

/** Kind of a put that may have a prefix, in every format. */
const SET = 1;
/** Bits of a kind; Pebble's tables of version 4 have a mark of old entries in another bit. */
const KIND_BITS = 0x3f;
/** Bits of a value's prefix that are 0 where the value follows; else a handle of a block of values does. */
export const PREFIX_OF_HANDLE = 0xc0;

/** Whether an entry of that kind has a prefix before its value. */
export const isPrefixed = (kinds: Kinds, kind: number): boolean =>
  kinds.hasValuePrefix && (kind & KIND_BITS) === SET;

/** How a kind is read. `sized deletion`: a deletion that names the size of what it deletes. `note`: only in logs, takes no sequence
 * and says nothing about a key. */
export type KindMeaning = 'put' | 'deletion' | 'sized deletion' | 'note';

/** The kinds of entries that a format has: the byte before the sequence at the end of a table's key, and the first byte of a
 * change in a log. */
export interface Kinds {
  /** By kind: `DELETION`, `PUT`, or a larger number for a kind that tables can't hold or that is not read. */
  readonly meanings: Uint8Array;
  /** Whether a byte stands before the value of a put of kind 1 in a table, see `PREFIX_OF_HANDLE`. */
  readonly hasValuePrefix: boolean;
  /** Of a change in a log; undefined: not read. */
  inLog(kind: number): KindMeaning | undefined;
  /** The error of an entry whose kind is not read. */
  refuse(kind: number, fail: Fail): BaleenError;
}

/** Kinds of a format.
 *
 * @param read     what each kind that is read means
 * @param refused  names of kinds that the format has and this reader does not read */
export function defineKinds(
  read: Readonly<Record<number, KindMeaning>>,
  refused: Readonly<Record<number, string>> = {},
): Kinds {
  const meanings = new Uint8Array(256).fill(REFUSED);
  for (const [kind, meaning] of Object.entries(read))
    if (meaning !== 'note') meanings[Number(kind)] = meaning === 'put' ? PUT : DELETION;
  const expected = `a type of ${Object.keys(read).join(', ')}`;
  return {
    meanings,
    hasValuePrefix: false,
    inLog: (kind) => read[kind],
    refuse(kind, fail) {
      const name = refused[kind];
      if (name === undefined) return fail(expected, `type ${kind}`);
      return fail(expected, `type ${kind} (${name})`, 'LEVELDB_UNSUPPORTED');
    },
  };
}

/** Kinds of an index block: its keys only separate blocks, so their kind means nothing. */
export const SEPARATORS: Kinds = {
  meanings: new Uint8Array(256).fill(PUT),
  hasValuePrefix: false,
  inLog: () => undefined,
  refuse: (kind, fail) => fail('a separator', `type ${kind}`),
};
