import type { Block, GoTime, Text } from '@baleen/chain';
import { indexedCells, MAX_INDEXED_BYTES } from './indexed-text.ts';
import type { Needs, Storage } from './storage.ts';

/** Postgres types of columns. The COPY encoder supports just these. */
export type CopyType =
  | 'text'
  | 'bytea'
  | 'int2'
  | 'int4'
  | 'int8'
  | 'numeric'
  /** numeric with 18 places after the point. */
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
  /** Bytes of the longest value. Required of a text or bytea that an index or a key holds, as PostgreSQL bounds what they hold. */
  readonly maxBytes?: number;
}

/** A text that an index or a key holds. The chain may give one of any length: `indexedCells` bounds it, and a column
 * `<name>_raw`, which every table adds by itself, keeps the whole. */
export interface IndexedSpec<Nullable extends boolean = boolean> extends ColumnSpec<'text', Nullable> {
  readonly isIndexed: true;
}

type Columns = Record<string, ColumnSpec>;

/** All columns of a table: the declared ones, and `<name>_raw` of each indexed text. */
export type Complete<Specs extends Columns> = Specs & {
  readonly [Name in keyof Specs & string as Specs[Name] extends IndexedSpec
    ? `${Name}_raw`
    : never]: ColumnSpec<'bytea', true>;
};

export interface Column extends ColumnSpec {
  readonly name: string;
}

/** A row as it is stored: one property per column. */
export type RowOf<Specs extends Columns> = {
  readonly [Name in keyof Specs]: Specs[Name] extends ColumnSpec<infer Type, infer Nullable>
    ? CellTypes[Type] | (Nullable extends true ? null : never)
    : never;
};

/** A row as the table's `rows` yields it. An indexed text is whole and exact in it. */
export type GivenRow<Specs extends Columns> = {
  readonly [Name in keyof Specs]: Specs[Name] extends IndexedSpec<infer Nullable>
    ? Text | (Nullable extends true ? null | undefined : never)
    : RowOf<Specs>[Name];
};

/** Keys of the content rows that a batch already has. `rows` skips these and adds new ones. */
export type Seen = Set<string>;

/** A table of facts. Defines, in one place, its columns, how each is proved, its rows of a block, and its storage. */
export interface Table<Row = object, Stored extends Storage = Storage> {
  readonly name: string;
  readonly storage: Stored;
  readonly needs: Needs;
  /** Columns that come from the block's results and are NULL without them, in words; undefined: none, or all of them. */
  readonly ofResults: string | undefined;
  /** Views that show its rows. Empty: it is only joined to other tables' views. */
  readonly views: readonly string[];
  /** Raise it when `rows` gives other rows for the same block. The ledger keeps it, so that heights of an older version are found. */
  readonly version: number;
  /** What one row is, its key, and what is not in it. */
  readonly doc: string;
  /** Columns in the order of COPY. */
  readonly columns: readonly Column[];
  /** Makes the table's rows of a block. Pure; does not fail on a valid block.
   *
   * @param seen  content rows that the batch already has */
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

/** Marks a text column that an index or a key holds and whose values the chain gives. */
export const indexed = <Nullable extends boolean>(
  spec: ColumnSpec<'text', Nullable>,
): IndexedSpec<Nullable> => ({
  ...spec,
  doc: `${spec.doc} Over 1,024 bytes: the form that baleen.key() gives.`,
  isIndexed: true,
  maxBytes: MAX_INDEXED_BYTES,
});

/** Marks a text or bytea column that an index or a key holds and whose values are never longer than `maxBytes`. */
export const bounded = <Spec extends ColumnSpec>(maxBytes: number, spec: Spec): Spec => ({
  ...spec,
  maxBytes,
});

/** Defines a table. The object `columns` gives the types of its rows. */
export function defineTable<const Specs extends Columns, const Stored extends Storage>(definition: {
  readonly name: string;
  readonly doc: string;
  readonly storage: Stored;
  readonly needs: Needs;
  readonly ofResults?: string;
  /** Default: a view of the table's name. */
  readonly views?: readonly string[];
  /** Default: 1. */
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

/** A column whose name and types are literal, so that rows read from the table are typed too. */
type NamedColumn<Specs extends Columns> = {
  [Name in keyof Specs & string]: Specs[Name] & { readonly name: Name };
}[keyof Specs & string];

const isIndexed = (spec: ColumnSpec): spec is IndexedSpec => 'isIndexed' in spec;

/** The declared columns in their order, then the `_raw` columns of indexed texts. */
export function completeColumns(specs: Columns): Column[] {
  const told = Object.entries(specs).map(([name, spec]) => ({ name, ...spec }));
  const raw = told.filter(isIndexed).map(({ name, proof }) => ({
    name: `${name}_raw`,
    ...optional('bytea', proof, `Exact bytes of ${name}, only where ${name} is not the whole or exact text.`),
  }));
  return [...told, ...raw];
}

/** Returns a function that turns a given row into the stored one, in place, as it runs for every row.
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
