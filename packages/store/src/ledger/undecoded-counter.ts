/** Counts, while rows are encoded, what could not be decoded and is kept as bytes. Counting later would mean to read every row. */
import { type Cell, type Table, type TableName, tables } from '@baleen/tables';

/** One kind of undecoded thing, and how many of it a batch holds. */
export interface Undecoded {
  readonly kind: 'message' | 'tx' | 'text';
  /** Type of the message; '' of a tx; `table.column` of a text. */
  readonly name: string;
  readonly things: number;
  readonly firstHeight: number;
  readonly lastHeight: number;
}

/** Characters of a name that are kept. A message type may be as long as its tx, and a btree refuses entries over 2,704 bytes. */
export const MAX_NAME_CHARACTERS = 200;

/** A column that is not NULL only in rows of something undecoded. */
export interface RawColumn {
  readonly table: TableName;
  readonly column: string;
  readonly kind: Undecoded['kind'];
  /** The column that holds the thing's name, or a name that is always the same. */
  readonly name: { readonly column: string } | { readonly text: string };
}

/** Columns `<column>_raw`: not NULL only where `<column>` can't hold the exact text. Those of indexed texts are left out, as most often
 * the text is only too long for an index. */
const textColumns: readonly RawColumn[] = Object.values(tables as Readonly<Record<string, Table>>).flatMap(
  ({ name: table, columns }) =>
    columns
      .filter(({ name, type }) => type === 'bytea' && name.endsWith('_raw'))
      .filter(({ name }) => !columns.some((text) => 'isIndexed' in text && name === `${text.name}_raw`))
      .map(({ name: column }) => ({
        table: table as TableName,
        column,
        kind: 'text' as const,
        name: { text: `${table}.${column.slice(0, -'_raw'.length)}` },
      })),
);

export const rawColumns: readonly RawColumn[] = [
  { table: 'messages', column: 'fields', kind: 'message', name: { column: 'type' } },
  { table: 'txs', column: 'decode_error', kind: 'tx', name: { text: '' } },
  ...textColumns,
];

const rawColumnsOf = Map.groupBy(rawColumns, ({ table }) => table);

/** Counts undecoded things in rows, batch by batch. Runs for every row. */
export class UndecodedCounter {
  private readonly found = new Map<string, Undecoded>();

  append(table: TableName, rows: readonly object[]): void {
    const columns = rawColumnsOf.get(table);
    if (columns === undefined) return;
    for (const row of rows as readonly Readonly<Record<string, Cell>>[])
      for (const place of columns) if (row[place.column] !== null) this.count(place, row);
  }

  private count({ kind, name }: RawColumn, row: Readonly<Record<string, Cell>>): void {
    const named = 'text' in name ? name.text : cut(row[name.column] as string);
    const height = row.height as number;
    const key = `${kind} ${named}`;
    const before = this.found.get(key);
    this.found.set(key, {
      kind,
      name: named,
      things: (before?.things ?? 0) + 1,
      firstHeight: Math.min(before?.firstHeight ?? height, height),
      lastHeight: Math.max(before?.lastHeight ?? height, height),
    });
  }

  take(): Undecoded[] {
    return [...this.found.values()];
  }
}

/** Cuts a name by characters, as SQL's `left` does. */
const cut = (name: string): string =>
  name.length <= MAX_NAME_CHARACTERS ? name : [...name].slice(0, MAX_NAME_CHARACTERS).join('');
