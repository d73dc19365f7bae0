import type { StateKind, StatePlace, StateRecord } from '@baleen/chain';
import { MAX_CHAIN_ID_BYTES } from '../place.ts';
import {
  bounded,
  type Column,
  type ColumnSpec,
  type Complete,
  completeColumns,
  type GivenRow,
  optional,
  type RowOf,
  required,
  rowCompleter,
} from '../table.ts';

type Columns = Record<string, ColumnSpec>;
/** Types of records that have the kind. Some types stand for several kinds. */
type RecordOf<Kind extends StateKind, One = StateRecord> = One extends StateRecord
  ? One['kind'] & Kind extends never
    ? never
    : One
  : never;

/** A table of application state. Defines, in one place, its columns and its rows of each record. */
export interface StateTable<Row = object> {
  readonly name: string;
  /** What one row is, its key, and what is not in it. */
  readonly doc: string;
  /** Columns in the order of COPY. */
  readonly columns: readonly Column[];
  /** Kinds of records that have rows in it. */
  readonly kinds: readonly StateKind[];
  /** Makes the table's rows of a record. Pure; none for records of other kinds. */
  rows(record: StateRecord, place: StatePlace): Row[];
}

const CHAIN = { chain_id: bounded(MAX_CHAIN_ID_BYTES, required('text', 'hash', "The chain's id.")) } as const;
const VALIDITY = {
  from_height: required('int8', 'hash', 'Height of the block that wrote it: the version of the leaf.'),
  to_height: optional('int8', 'none', 'Last height at which it was so. NULL: it is still so.'),
} as const;

type All<Specs extends Columns> = typeof CHAIN & Specs & typeof VALIDITY;
type Whole<Specs extends Columns> = RowOf<Complete<All<Specs>>>;

/** Defines a table of state. Adds the columns that all of them have: `chain_id` first, `from_height` and `to_height` last. */
export function defineStateTable<const Specs extends Columns, const Kind extends StateKind>(definition: {
  readonly name: string;
  readonly doc: string;
  readonly kinds: readonly Kind[];
  readonly columns: Specs;
  rows(record: RecordOf<Kind>): GivenRow<Specs>[];
}): StateTable<Whole<Specs>> {
  const { name, doc, columns, rows } = definition;
  const kinds: ReadonlySet<StateKind> = new Set(definition.kinds);
  const all = { ...CHAIN, ...columns, ...VALIDITY } as All<Specs>;
  const stored = rowCompleter(all, true);
  return {
    name,
    doc,
    columns: completeColumns(all),
    kinds: definition.kinds,
    rows: (record, { chainId, fromHeight }) =>
      kinds.has(record.kind)
        ? rows(record as RecordOf<Kind>).map((row) =>
            stored({
              chain_id: chainId,
              ...row,
              from_height: fromHeight,
              to_height: null,
            } as unknown as GivenRow<All<Specs>>),
          )
        : [],
  };
}
