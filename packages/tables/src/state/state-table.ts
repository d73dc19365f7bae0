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
  storedRow,
} from '../table.ts';

type Columns = Record<string, ColumnSpec>;
/** Records that may be of the kind; some of them are of several. */
type RecordOf<Kind extends StateKind, One = StateRecord> = One extends StateRecord
  ? One['kind'] & Kind extends never
    ? never
    : One
  : never;

/** A table of state, told once: its columns and which records become its rows. */
export interface StateTable<Row = object> {
  readonly name: string;
  /** What one row is, its key, and what is not in it. */
  readonly doc: string;
  /** Columns in the order of COPY. */
  readonly columns: readonly Column[];
  /** Kinds of records that it has rows of. */
  readonly kinds: readonly StateKind[];
  /** Pure; none for records of other kinds. */
  rows(record: StateRecord, place: StatePlace): Row[];
}

const CHAIN = { chain_id: bounded(MAX_CHAIN_ID_BYTES, required('text', 'hash', "The chain's id.")) } as const;
const VALIDITY = {
  from_height: required('int8', 'hash', 'Height of the block that wrote it: the version of the leaf.'),
  to_height: optional('int8', 'none', 'Last height at which it was so. NULL: it is still so.'),
} as const;

type All<Specs extends Columns> = typeof CHAIN & Specs & typeof VALIDITY;
type Whole<Specs extends Columns> = RowOf<Complete<All<Specs>>>;

/** Makes a table; `chain_id` before and `from_height`, `to_height` behind the own columns are the same in all of them. */
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
  const stored = storedRow(all, true);
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
