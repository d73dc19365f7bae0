import type { Block, GoTime, Text } from '@baleen/chain';
import { indexedCells, MAX_INDEXED_BYTES } from './indexed-text.ts';
import type { Needs, Storage } from './storage.ts';

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
  /** Bytes of the longest value. Required of a text or bytea that an index or a key holds, as PostgreSQL bounds what they hold. */
  readonly maxBytes?: number;
}

/** A text that an index or a key holds. The chain may give one of any length: `indexedCells` bounds it, and a column
 * `<name>_raw`, which every table adds by itself, keeps the whole. */
export interface IndexedSpec<Nullable extends boolean = boolean> extends ColumnSpec<'text', Nullable> {
  readonly isIndexed: true;
}

type Columns = Record<string, ColumnSpec>;

/** The columns of a table: those that are told, and `<name>_raw` of each indexed text. */
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

/** A row that a table file yields: an indexed text is given as the chain has it. */
export type GivenRow<Specs extends Columns> = {
  readonly [Name in keyof Specs]: Specs[Name] extends IndexedSpec<infer Nullable>
    ? Text | (Nullable extends true ? null | undefined : never)
    : RowOf<Specs>[Name];
};

/** Keys of the content-addressed rows that a batch already has, so that they are made once per batch. */
export type Seen = Set<string>;

/** A table, told once: its columns, how each is proved, which facts of a block become its rows, and how they are kept. */
export interface Table<Row = object, Stored extends Storage = Storage> {
  readonly name: string;
  readonly storage: Stored;
  readonly needs: Needs;
  /** Columns that come from the block's results and are NULL without them, in words; undefined: none, or all of them. */
  readonly ofResults: string | undefined;
  /** Views that show its rows; none: it only serves other tables' views. */
  readonly views: readonly string[];
  /** Raised when other rows are made of the same block, so that heights which an older version wrote can be found. */
  readonly version: number;
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

/** Of a text that an index or a key holds, and that the chain gives. */
export const indexed = <Nullable extends boolean>(
  spec: ColumnSpec<'text', Nullable>,
): IndexedSpec<Nullable> => ({
  ...spec,
  doc: `${spec.doc} Over 1,024 bytes: the form that baleen.key() gives.`,
  isIndexed: true,
  maxBytes: MAX_INDEXED_BYTES,
});

/** Of a text or bytea that an index or a key holds, and that can't be longer than `maxBytes`. */
export const bounded = <Spec extends ColumnSpec>(maxBytes: number, spec: Spec): Spec => ({
  ...spec,
  maxBytes,
});

/** Makes a table of its columns, given as an object so that rows are typed by it. */
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
  const stored = storedRow(columns, false);
  return {
    ofResults: undefined,
    views: [name],
    version: 1,
    ...definition,
    rows: (block, seen) => rows(block, seen).map(stored),
    columns: completeColumns(columns) as unknown as NamedColumn<Complete<Specs>>[],
  };
}

/** A column with its name and types still known, so that rows that are read can be typed too. */
type NamedColumn<Specs extends Columns> = {
  [Name in keyof Specs & string]: Specs[Name] & { readonly name: Name };
}[keyof Specs & string];

const isIndexed = (spec: ColumnSpec): spec is IndexedSpec => 'isIndexed' in spec;

/** The columns that are told, in their order, then the `_raw` ones of indexed texts. */
export function completeColumns(specs: Columns): Column[] {
  const told = Object.entries(specs).map(([name, spec]) => ({ name, ...spec }));
  const raw = told.filter(isIndexed).map(({ name, proof }) => ({
    name: `${name}_raw`,
    ...optional('bytea', proof, `Exact bytes of ${name}, only where ${name} is not the whole or exact text.`),
  }));
  return [...told, ...raw];
}

/** Makes a given row the stored one, in place: this runs for every row.
 *
 * @param isDistinct  see `indexedCells` */
export function storedRow<Specs extends Columns>(
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
