/** Compares the rows of blocks with those that the database has, cell by cell. */
import type { Block, BlockRange } from '@baleen/chain';
import {
  type Column,
  type Content,
  contentTables,
  heightTables,
  type Table,
  type TableName,
  tableNames,
  tables,
} from '@baleen/tables';
import pg from 'pg';
import { RowEncoder } from '../write/encode-rows.ts';
import { copyOut } from './copy-out.ts';
import { type CellFault, differences, type LocatedFault } from './differences.ts';
import { jsonbText } from './jsonb-text.ts';

/** A stored cell or row that is not what the block makes of it. */
export interface RowFault extends CellFault {
  /** Of schema baleen_store. */
  readonly table: string;
  /** Of a row of a content table: the first of the compared heights that needs it. */
  readonly height: number;
  /** True of a row of a content table, which many heights share. */
  readonly isShared: boolean;
}

/** The blocks whose rows of a table are compared: those that the ledger says the table has in the form that is made today. */
export type Compared = (table: TableName) => readonly Block[];

type AnyRow = Record<string, unknown>;
type AnyTable = Table<AnyRow>;

/** Compares all tables of facts at the heights of some blocks: every row that they make is there, and no other one.
 *
 * @param client  of a connection that nobody else uses meanwhile
 * @param compared  neighbours, as the database has them, txs decoded anew */
export async function compareRows(client: pg.ClientBase, compared: Compared): Promise<RowFault[]> {
  const faults: RowFault[] = [];
  for (const table of heightTables) faults.push(...(await compareHeights(client, table, compared(table))));
  for (const table of contentTables) faults.push(...(await compareContents(client, table, compared(table))));
  return faults;
}

async function compareHeights(
  client: pg.ClientBase,
  name: (typeof heightTables)[number],
  blocks: readonly Block[],
): Promise<RowFault[]> {
  const [first] = blocks;
  if (first === undefined) return [];
  const { heightsBelow, key } = tables[name].storage;
  const heights = rangesOf(blocks.map(({ height }) => height - heightsBelow));
  const within = heights.map(({ from, to }) => `height between ${from} and ${to}`).join(' or ');
  const ordered = ['height', ...key];
  const where = `chain_id = ${pg.escapeLiteral(first.chainId)} and (${within})`;
  // The store fills in names that the commit does not tell; `compareNames` has them.
  const isPartial = name === 'missed_votes';
  const faults = await compareTable(client, name, { blocks, key: ordered, where, isPartial });
  return faults.map((fault) => ({ ...fault, table: name, height: fault.height!, isShared: false }));
}

async function compareContents(
  client: pg.ClientBase,
  name: (typeof contentTables)[number],
  blocks: readonly Block[],
): Promise<RowFault[]> {
  const [first] = blocks;
  if (first === undefined) return [];
  const { key, filledBy } = tables[name].storage as Content;
  const [column] = key.filter((each) => each !== 'chain_id');
  const seen = new Set<string>();
  const neededAt = new Map(
    blocks.flatMap((block) =>
      (tables[name] as unknown as AnyTable)
        .rows(block, seen)
        .map((row): [string, number] => [hexOf(row[column!] as Uint8Array), block.height]),
    ),
  );
  if (neededAt.size === 0) return [];
  const values = [...neededAt.keys()].map((hex) => `'\\x${hex}'`).join(', ');
  const where = `chain_id = ${pg.escapeLiteral(first.chainId)} and ${column} in (${values})`;
  const isPartial = filledBy !== undefined;
  const faults = await compareTable(client, name, { blocks, key: [column!], where, isPartial });
  return faults.map((fault) => ({
    ...fault,
    table: name,
    height: neededAt.get(fault.key.slice(column!.length + 1)) ?? first.height,
    isShared: true,
  }));
}

/** As `shownCell` writes bytes. */
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

interface Comparison {
  readonly blocks: readonly Block[];
  readonly key: readonly string[];
  /** SQL condition that selects the stored rows to compare. */
  readonly where: string;
  /** Whether a stored row may have more than a made one, or less: a cell that is NULL in one of them is not compared. */
  readonly isPartial: boolean;
}

async function compareTable(
  client: pg.ClientBase,
  name: TableName,
  { blocks, key, where, isPartial }: Comparison,
): Promise<LocatedFault[]> {
  const table = tables[name] as unknown as AnyTable;
  const encoder = encoders.get(name)!;
  encoder.reset();
  encoder.append(sorted(rowsOf(name, blocks), key));
  const expected = encoder.take();
  const columns = table.columns.map((column) => pg.escapeIdentifier(column.name)).join(', ');
  const order = key.map((column) => orderOf(table, column)).join(', ');
  const query = `select ${columns} from baleen_store.${name} where ${where} order by ${order}`;
  const found = bodyOf(await copyOut(client, query));
  if (Buffer.compare(expected, found) === 0) return [];
  return differences(table.columns, key, { expected, found, isPartial });
}

const HEADER_BYTES = 19;
const TRAILER_BYTES = 2;

/** What a COPY answers, without header and trailer, as `RowEncoder` makes it. */
const bodyOf = (copied: Buffer): Buffer => copied.subarray(HEADER_BYTES, copied.length - TRAILER_BYTES);

/** An encoder per table, kept with its buffer from batch to batch. */
const encoders = new Map(
  tableNames.map((name) => [name, new RowEncoder(tables[name] as unknown as AnyTable)]),
);

/** The rows that the blocks make, with JSON as Postgres prints it. */
function rowsOf(name: TableName, blocks: readonly Block[]): AnyRow[] {
  const table = tables[name] as unknown as AnyTable;
  const json = table.columns.filter(({ type }) => type === 'jsonb').map((column) => column.name);
  const seen = new Set<string>();
  const rows = blocks.flatMap((block) => table.rows(block, seen));
  if (json.length > 0)
    for (const row of rows)
      for (const column of json) if (row[column] != null) row[column] = jsonbText(row[column] as string);
  return rows;
}

const orderOf = (table: AnyTable, column: string): string =>
  `${column}${columnOf(table, column).type === 'text' ? ' collate "C"' : ''}`;

const columnOf = (table: AnyTable, name: string): Column =>
  table.columns.find((column) => column.name === name)!;

/** In the order of the key, as Postgres has it. Rows mostly are already. */
function sorted(rows: AnyRow[], key: readonly string[]): AnyRow[] {
  const compare = (one: AnyRow, other: AnyRow): number => {
    for (const column of key) {
      const order = compareValues(one[column], other[column]);
      if (order !== 0) return order;
    }
    return 0;
  };
  return rows.every((row, index) => index === 0 || compare(rows[index - 1]!, row) <= 0)
    ? rows
    : rows.sort(compare);
}

function compareValues(one: unknown, other: unknown): number {
  if (typeof one === 'number') return one - (other as number);
  if (one instanceof Uint8Array) return Buffer.compare(one, other as Uint8Array);
  return Buffer.compare(Buffer.from(one as string), Buffer.from(other as string));
}

/** Joins ascending heights to ranges. */
function rangesOf(heights: readonly number[]): BlockRange[] {
  const ranges: { from: number; to: number }[] = [];
  for (const height of heights) {
    const last = ranges.at(-1);
    if (last?.to === height - 1) last.to = height;
    else ranges.push({ from: height, to: height });
  }
  return ranges;
}
