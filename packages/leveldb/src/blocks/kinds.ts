import type { BaleenError } from '@baleen/chain';
import type { Fail } from '../errors.ts';

/** Lowest bit of an entry's version (see `SortedRun.versions`): even for a deletion, odd for a value. */
export const DELETION = 0;
export const PUT = 1;
const REFUSED = 255;

/** The kind of a put whose value may have a prefix, the same in every format. */
const SET = 1;
/** The bits of a kind's byte that name the kind. Another bit marks old entries in Pebble's tables of version 4. */
const KIND_BITS = 0x3f;
/** Bits of a value's prefix byte. If they are 0, the value follows; otherwise a handle to a block of values follows (Pebble). */
export const PREFIX_OF_HANDLE = 0xc0;

/** Returns true if an entry of this kind has a prefix byte before its value. */
export const isPrefixed = (kinds: Kinds, kind: number): boolean =>
  kinds.hasValuePrefix && (kind & KIND_BITS) === SET;

/** How an entry of a kind is read. `sized deletion`: a deletion with the size of the deleted value. `note`: an entry of a log that has no
 * sequence number of its own and no key. */
export type KindMeaning = 'put' | 'deletion' | 'sized deletion' | 'note';

/** The kinds of entries in a format. A kind is the byte before the sequence number at the end of a table's key, and the first byte of a
 * change in a log. */
export interface Kinds {
  /** The meaning of each kind in a table: `DELETION`, `PUT`, or a larger number for a kind that tables can't contain or that is refused. */
  readonly meanings: Uint8Array;
  /** True if the value of a put of kind 1 has a prefix byte in tables, see `PREFIX_OF_HANDLE`. */
  readonly hasValuePrefix: boolean;
  /** Returns the meaning of a kind in a log; undefined if changes of this kind are refused. */
  inLog(kind: number): KindMeaning | undefined;
  /** Makes the error for an entry of a kind that is refused. */
  refuse(kind: number, fail: Fail): BaleenError;
}

/** Makes the kinds of a format.
 *
 * @param read     the meaning of each kind that this reader accepts
 * @param refused  names of the kinds that the format has and this reader refuses */
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

/** The kinds in an index block. Its keys only separate other blocks, so their kind means nothing. */
export const SEPARATORS: Kinds = {
  meanings: new Uint8Array(256).fill(PUT),
  hasValuePrefix: false,
  inLog: () => undefined,
  refuse: (kind, fail) => fail('a separator', `type ${kind}`),
};
