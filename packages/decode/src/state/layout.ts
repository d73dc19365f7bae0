import type { StateRecord } from '@baleen/chain';
import type { StateValue } from './json-fields.ts';
import type { AddressStyle, KeyReader } from './key-reader.ts';

/** Reads a leaf's value. `prefix` is that of account addresses. Throws BaleenError 'data' on bytes that don't fit. */
export type ReadValue = (bytes: Uint8Array, prefix: string) => StateValue;

export interface Leaf {
  readonly key: KeyReader;
  readonly value: StateValue;
  /** The value's own bytes. */
  readonly bytes: Uint8Array;
  /** Prefix of account addresses. */
  readonly prefix: string;
}

/** Makes the records of a leaf. Reads its key to the end; throws BaleenError 'data' when key and value don't agree. */
export type MakeRecords = (leaf: Leaf) => StateRecord[];

/** Leaves of a store whose keys begin alike. */
export interface Layout {
  /** Bytes that the key begins with; none: every key that no other layout takes. */
  readonly prefix: readonly number[];
  /** Kind of record that the leaves become; `index`: none, they only repeat other leaves. */
  readonly becomes: string;
  readonly read: ReadValue;
  readonly make: MakeRecords;
}

/** Stores and their layouts; what becomes of each prefix of each store of an era is told here and nowhere else. */
export interface StateEra {
  readonly addressStyle: AddressStyle;
  readonly stores: Readonly<Record<string, readonly Layout[]>>;
  /** Stores that are kept raw, and why. */
  readonly rawStores: Readonly<Record<string, string>>;
}

export const layout = (
  prefix: number | string,
  becomes: string,
  read: ReadValue,
  make: MakeRecords,
): Layout => ({
  prefix: typeof prefix === 'number' ? [prefix] : [...Buffer.from(prefix)],
  becomes,
  read,
  make,
});
