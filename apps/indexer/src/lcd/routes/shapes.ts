/** Shapes that several routes print: coins, times, lists, public keys. */
import { NOT_FOUND, PANIC, type Row, type Texts } from '../route.ts';

export const texts = (rows: readonly Row[]): readonly Texts[] => rows as readonly Texts[];

/** Prints the time of a pair of columns `<name>` and `<name>_ns` with nine digits; NULL is Go's zero time. */
export function goTime(row: Row, name: string): string {
  const text = row[name] as string | null;
  if (text === null) return '0001-01-01T00:00:00Z';
  const nanoseconds = String(row[`${name}_ns`]).padStart(9, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${nanoseconds}Z`;
}

export const coins = (rows: readonly Row[]): unknown[] =>
  rows.map(({ denom, amount }) => ({ denom, amount }));

/** Groups rows by columns, in the order in which the groups first appear. */
export function grouped(rows: readonly Row[], ...columns: string[]): Texts[][] {
  const groups = new Map<string, Texts[]>();
  for (const row of texts(rows)) {
    const key = columns.map((column) => row[column]).join(' ');
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

/** Prints a whole list as the gateway does: the list, no next page, and the total. */
export const listed = (name: string, list: readonly unknown[]): unknown => ({
  [name]: list,
  pagination: { next_key: null, total: String(list.length) },
});

/** Prints the first row; without a row the server says that there is nothing. */
export const one =
  (print: (row: Row) => unknown) =>
  (rows: readonly Row[]): unknown =>
    rows.length === 0 ? NOT_FOUND : print(rows[0]!);

/** Go's JSON has `null` for a nil slice and `[]` for an empty one. A list is nil when the server's code only appends to a `var`, or
 * when it has read an empty list from amino's JSON. */
export const nilWhenEmpty = (list: readonly unknown[]): unknown => (list.length === 0 ? null : list);

/** Prints the rows, or PANIC if one of them has no denom: the views leave it NULL where the chain's own arithmetic panics. */
export const orPanic =
  (print: (rows: readonly Row[], parts: Texts) => unknown) =>
  (rows: readonly Row[], parts: Texts): unknown =>
    rows.some(({ denom, known }) => denom === null && known !== true) ? PANIC : print(rows, parts);

/** Leaves out fields that are zero, empty or false, as the legacy routes of SDK 0.44 do. Zero decimals of 18 places stay, and so do amounts
 * in base units. */
export function withoutEmpty(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isEmpty = (value: unknown): boolean =>
    value === '' ||
    value === false ||
    value === 0 ||
    value === null ||
    (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

interface ProtoKey {
  readonly '@type': string;
  readonly key?: string;
  readonly threshold?: number;
  readonly public_keys?: readonly ProtoKey[];
}

const AMINO_KEYS: Readonly<Record<string, string>> = {
  '/cosmos.crypto.ed25519.PubKey': 'tendermint/PubKeyEd25519',
  '/cosmos.crypto.secp256k1.PubKey': 'tendermint/PubKeySecp256k1',
  '/cosmos.crypto.multisig.LegacyAminoPubKey': 'tendermint/PubKeyMultisigThreshold',
};

/** Turns the JSON of a public key from the gateway's form (`@type`, `key`) into amino's form (`type`, `value`). */
export function aminoKey(key: unknown): unknown {
  const { '@type': type, threshold, public_keys, key: bytes } = key as ProtoKey;
  const value =
    public_keys === undefined ? bytes : { threshold: String(threshold), pubkeys: public_keys.map(aminoKey) };
  return { type: AMINO_KEYS[type], value };
}
