import type { DecodeState } from '@baleen/chain';

type Entries = (
  store: string,
  range: { readonly gte: Uint8Array },
) => Iterable<readonly [key: Uint8Array, value: Uint8Array]>;

/** Leaves tried of each first byte of a store's keys. */
const TRIED = 8;

export interface DoubtfulStore {
  readonly store: string;
  /** What does not fit, in words. */
  readonly why: string;
}

/** Stores whose leaves do not have the layout that they should have: some of each first byte are tried. Nothing of such a store is
 * to be believed. */
export function doubtfulStores(
  stores: readonly string[],
  entries: Entries,
  decode: DecodeState,
): DoubtfulStore[] {
  return stores.flatMap((store) => {
    const why = findMisfit(store, entries, decode);
    return why === undefined ? [] : [{ store, why }];
  });
}

function findMisfit(store: string, entries: Entries, decode: DecodeState): string | undefined {
  for (let first = 0; first <= 0xff; ) {
    let next = 0x100;
    let tried = 0;
    for (const [key, value] of entries(store, { gte: Uint8Array.of(first) })) {
      const byte = key[0] ?? 0;
      if (tried === 0) first = byte;
      if (byte !== first || tried === TRIED) {
        next = byte === first ? first + 1 : byte;
        break;
      }
      tried++;
      for (const record of decode(store, key, value))
        if (record.kind === 'unknown' && record.isMisfit)
          return `key ${Buffer.from(key.subarray(0, 40)).toString('hex')}: ${record.reason}`;
    }
    first = next;
  }
  return undefined;
}
