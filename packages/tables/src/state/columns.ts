import type { GoTime } from '@baleen/chain';
import { isGoZeroTime } from '@baleen/chain';
import { indexed, optional, required } from '../table.ts';

/* Columns that several tables of state share. */

export const address = (doc: string) => indexed(required('text', 'hash', doc));
export const operatorAddress = address("The validator's operator address.");
export const consensusAddress = address("The validator's consensus address.");
export const denom = indexed(required('text', 'hash', 'Denom.'));
export const baseUnits = (doc: string) => required('numeric', 'hash', `${doc} In base units.`);

/** A jsonb column and `<name>_raw`, which has the exact text where jsonb can't hold it equally. */
export const json = <const Name extends string>(name: Name, doc: string) =>
  ({
    [name]: optional('jsonb', 'hash', `${doc} NULL: jsonb can't hold it, see ${name}_raw.`),
    [`${name}_raw`]: optional(
      'bytea',
      'hash',
      `${name}'s exact text in UTF-8, only when ${name} differs from it.`,
    ),
  }) as JsonColumns<Name>;

type JsonColumns<Name extends string> = {
  readonly [Column in Name | `${Name}_raw`]: Column extends Name
    ? ReturnType<typeof optional<'jsonb'>>
    : ReturnType<typeof optional<'bytea'>>;
};

const NS = 'Nanoseconds within the second of';

/** The two columns of a time: `<name>` in microseconds, `<name>_ns` with its nanoseconds. */
export const time = <const Name extends string>(name: Name, doc: string) =>
  ({
    [name]: optional('timestamptz', 'hash', `${doc} Cut to microseconds. NULL: Go's zero time.`),
    [`${name}_ns`]: optional('int4', 'hash', `${NS} ${name}. NULL: Go's zero time.`),
  }) as {
    readonly [Column in Name | `${Name}_ns`]: Column extends Name
      ? ReturnType<typeof optional<'timestamptz'>>
      : ReturnType<typeof optional<'int4'>>;
  };

export const timeCells = <const Name extends string>(name: Name, value: GoTime) =>
  ({
    [name]: isGoZeroTime(value) ? null : value,
    [`${name}_ns`]: isGoZeroTime(value) ? null : value.nanos,
  }) as { readonly [Column in Name | `${Name}_ns`]: Column extends Name ? GoTime | null : number | null };
