import type { Block, GoTime } from '@baleen/chain';

/** Postgres types that COPY's binary format is written for. */
export type CopyType =
  | 'text'
  | 'bytea'
  | 'int2'
  | 'int4'
  | 'int8'
  | 'numeric'
  /** A numeric with 18 places. */
  | 'decimal'
  | 'bool'
  | 'jsonb'
  | 'timestamptz'
  | 'text[]'
  | 'bytea[]'
  | 'int2[]'
  | 'int4[]'
  | 'int8[]'
  | 'decimal[]'
  | 'timestamptz[]';

/** How `verify` can prove a column from the rows alone.
 *
 * hash: a hash in a header covers it. digest: our own digest at ingest covers it. redecode: it follows from a column that
 * is proved. none: nothing covers it. */
export type Proof = 'hash' | 'digest' | 'redecode' | 'none';

/** What a cell of each type is in TypeScript. NULL is `null`, in nullable columns and inside arrays. */
export interface CellTypes {
  text: string;
  bytea: Uint8Array;
  int2: number;
  int4: number;
  int8: number | bigint;
  numeric: bigint;
  /** In units of 1e-18. */
  decimal: bigint;
  bool: boolean;
  /** JSON text. */
  jsonb: string;
  /** Microseconds are cut, never rounded. */
  timestamptz: GoTime;
  'text[]': readonly (string | null)[];
  'bytea[]': readonly (Uint8Array | null)[];
  'int2[]': readonly (number | null)[];
  'int4[]': readonly (number | null)[];
  'int8[]': readonly (number | bigint | null)[];
  'decimal[]': readonly (bigint | null)[];
  'timestamptz[]': readonly (GoTime | null)[];
}

export type Cell = CellTypes[CopyType] | null;

export interface ColumnSpec<Type extends CopyType = CopyType, Nullable extends boolean = boolean> {
  readonly type: Type;
  readonly nullable: Nullable;
  readonly proof: Proof;
  /** What the value is, its unit, and what NULL means. */
  readonly doc: string;
}

export interface Column extends ColumnSpec {
  readonly name: string;
}

/** A row that a table file yields: one property per column. */
export type RowOf<Columns extends Record<string, ColumnSpec>> = {
  readonly [Name in keyof Columns]: Columns[Name] extends ColumnSpec<infer Type, infer Nullable>
    ? CellTypes[Type] | (Nullable extends true ? null : never)
    : never;
};

/** Keys of the content-addressed rows that a batch already has, so that they are made once per batch. */
export type Seen = Set<string>;

/** A table, told once: its columns, how each is proved, and which facts of a block become its rows. */
export interface Table<Row = object> {
  readonly name: string;
  /** What one row is, its key, and what is not in it. */
  readonly doc: string;
  /** Columns in the order of COPY. */
  readonly columns: readonly Column[];
  /** Pure; cannot fail on a valid block. Tables of content-addressed rows leave out what `seen` has. */
  rows(block: Block, seen: Seen): Row[];
}

/** Not null. */
export const required = <Type extends CopyType>(
  type: Type,
  proof: Proof,
  doc: string,
): ColumnSpec<Type, false> => ({
  type,
  nullable: false,
  proof,
  doc,
});

/** NULL has the meaning that `doc` tells. */
export const optional = <Type extends CopyType>(
  type: Type,
  proof: Proof,
  doc: string,
): ColumnSpec<Type, true> => ({
  type,
  nullable: true,
  proof,
  doc,
});

/** Makes a table of its columns, given as an object so that rows are typed by it. */
export function defineTable<const Columns extends Record<string, ColumnSpec>>(definition: {
  readonly name: string;
  readonly doc: string;
  readonly columns: Columns;
  rows(block: Block, seen: Seen): RowOf<Columns>[];
}): Table<RowOf<Columns>> & { readonly columns: readonly NamedColumn<Columns>[] } {
  const { name, doc, columns, rows } = definition;
  return {
    name,
    doc,
    rows,
    columns: Object.entries(columns).map(([column, spec]) => ({
      name: column,
      ...spec,
    })) as unknown as NamedColumn<Columns>[],
  };
}

/** A column with its name and types still known, so that rows that are read can be typed too. */
type NamedColumn<Columns extends Record<string, ColumnSpec>> = {
  [Name in keyof Columns & string]: Columns[Name] & { readonly name: Name };
}[keyof Columns & string];
