import type { Block, GoTime, Text } from '@baleen/chain';
import { indexedCells, MAX_INDEXED_BYTES } from './indexed-text.ts';
import type { Needs, Storage } from './storage.ts';

/** The types of columns. The COPY encoder supports exactly these. */
export type CopyType =
  | 'text'
  | 'bytea'
  | 'int2'
  | 'int4'
  | 'int8'
  | 'numeric'
  /** PostgreSQL's numeric, with 18 places after the point. */
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
 * `hash`: a hash in a header covers it. `digest`: the digest that Baleen computed when it indexed the block covers it. `redecode`: it
 * follows from a column that is proved. `none`: nothing covers it. */
export type Proof = 'hash' | 'digest' | 'redecode' | 'none';

/** The TypeScript type of a cell of each Postgres type. NULL is `null`, in nullable columns and inside arrays. */
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
  /** A time in nanoseconds. PostgreSQL stores microseconds: the rest is cut off, never rounded. */
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
  /** Longest value in bytes. It is required for a text or bytea in an index or a key, since PostgreSQL limits their length. */
  readonly maxBytes?: number;
}

/** A column of texts that is part of an index or a key. The chain's texts may have any length. `indexedCells` limits the stored length, and
 * a column `<name>_raw`, which is added to the table automatically, has the whole text. */
export interface IndexedSpec<Nullable extends boolean = boolean> extends ColumnSpec<'text', Nullable> {
  readonly isIndexed: true;
}

type Columns = Record<string, ColumnSpec>;

/** All columns of a table: the declared ones, and a column `<name>_raw` for each indexed text. */
export type Complete<Specs extends Columns> = Specs & {
  readonly [Name in keyof Specs & string as Specs[Name] extends IndexedSpec
    ? `${Name}_raw`
    : never]: ColumnSpec<'bytea', true>;
};

export interface Column extends ColumnSpec {
  readonly name: string;
}

/** A row as it is stored, with one property per column. */
export type RowOf<Specs extends Columns> = {
  readonly [Name in keyof Specs]: Specs[Name] extends ColumnSpec<infer Type, infer Nullable>
    ? CellTypes[Type] | (Nullable extends true ? null : never)
    : never;
};

/** A row as the table's function `rows` returns it. Its indexed texts are whole and exact. */
export type GivenRow<Specs extends Columns> = {
  readonly [Name in keyof Specs]: Specs[Name] extends IndexedSpec<infer Nullable>
    ? Text | (Nullable extends true ? null | undefined : never)
    : RowOf<Specs>[Name];
};

/** The keys of the content rows that a batch already has. `rows` skips rows with these keys, and adds the keys of new rows. */
export type Seen = Set<string>;

/** A table of facts. It defines in one place the columns, how each is proved, how a block becomes rows, and the storage. */
export interface Table<Row = object, Stored extends Storage = Storage> {
  readonly name: string;
  readonly storage: Stored;
  readonly needs: Needs;
  /** In words, the columns that come from the block's results and are NULL without them. undefined if no column does, or all do. */
  readonly ofResults: string | undefined;
  /** Names of the views that show the table's rows. Empty if the table is only joined into other tables' views. */
  readonly views: readonly string[];
  /** Version of `rows`. Raise it if `rows` returns other rows for the same block than before. The ledger records it, so that heights with
   * rows of an older version can be found. */
  readonly version: number;
  /** Says what one row is, what its key is, and what the table leaves out. */
  readonly doc: string;
  /** The columns in the order of COPY. */
  readonly columns: readonly Column[];
  /** Makes the table's rows of a block. It has no side effects but on `seen`, and does not fail on a valid block.
   *
   * @param seen  keys of the content rows that the batch already has */
  rows(block: Block, seen: Seen): Row[];
}

/** A column that is never NULL. */
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

/** A column that may be NULL; `doc` says what NULL means. */
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

/** Marks a text column that is part of an index or a key and whose values come from the chain, so that they may have any length. */
export const indexed = <Nullable extends boolean>(
  spec: ColumnSpec<'text', Nullable>,
): IndexedSpec<Nullable> => ({
  ...spec,
  doc: `${spec.doc} Over 1,024 bytes: the form that baleen.key() gives.`,
  isIndexed: true,
  maxBytes: MAX_INDEXED_BYTES,
});

/** Marks a text or bytea column that is part of an index or a key and whose values are never longer than `maxBytes`. */
export const bounded = <Spec extends ColumnSpec>(maxBytes: number, spec: Spec): Spec => ({
  ...spec,
  maxBytes,
});

/** Defines a table. The types of its rows follow from the object `columns`. */
export function defineTable<const Specs extends Columns, const Stored extends Storage>(definition: {
  readonly name: string;
  readonly doc: string;
  readonly storage: Stored;
  readonly needs: Needs;
  readonly ofResults?: string;
  /** Names of the views that show the table's rows. Default: one view with the table's name. */
  readonly views?: readonly string[];
  /** See `Table.version`. Default: 1. */
  readonly version?: number;
  readonly columns: Specs;
  rows(block: Block, seen: Seen): GivenRow<Specs>[];
}): Table<RowOf<Complete<Specs>>, Stored> & {
  readonly columns: readonly NamedColumn<Complete<Specs>>[];
} {
  const { name, columns, rows } = definition;
  const stored = rowCompleter(columns, false);
  return {
    ofResults: undefined,
    views: [name],
    version: 1,
    ...definition,
    rows: (block, seen) => rows(block, seen).map(stored),
    columns: completeColumns(columns) as unknown as NamedColumn<Complete<Specs>>[],
  };
}

/** A column whose name and type are literal types, so that rows that are read from the table have types too. */
type NamedColumn<Specs extends Columns> = {
  [Name in keyof Specs & string]: Specs[Name] & { readonly name: Name };
}[keyof Specs & string];

const isIndexed = (spec: ColumnSpec): spec is IndexedSpec => 'isIndexed' in spec;

/** Returns the declared columns in their order, then the `_raw` columns of indexed texts. */
export function completeColumns(specs: Columns): Column[] {
  const told = Object.entries(specs).map(([name, spec]) => ({ name, ...spec }));
  const raw = told.filter(isIndexed).map(({ name, proof }) => ({
    name: `${name}_raw`,
    ...optional('bytea', proof, `Exact bytes of ${name}, only where ${name} is not the whole or exact text.`),
  }));
  return [...told, ...raw];
}

/** Returns a function that turns a row of `rows` into the row that is stored. It changes the row in place, since it runs for every row.
 *
 * @param isDistinct  see `indexedCells` */
export function rowCompleter<Specs extends Columns>(
  specs: Specs,
  isDistinct: boolean,
): (given: GivenRow<Specs>) => RowOf<Complete<Specs>> {
  const names = Object.keys(specs).filter((name) => isIndexed(specs[name]!));
  return (given) => {
    const row = given as Record<string, unknown>;
    for (const name of names) {
      const text = row[name] as Text | null | undefined;
      const { held, raw } = text == null ? NO_TEXT : indexedCells(text, isDistinct);
      row[name] = held;
      row[`${name}_raw`] = raw;
    }
    return row as RowOf<Complete<Specs>>;
  };
}

const NO_TEXT = { held: null, raw: null };
