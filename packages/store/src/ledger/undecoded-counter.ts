/** Where rows tell that a thing is kept raw, counted while they are encoded: to look for them later would read every row. */
import { type Cell, type Table, type TableName, tables } from '@baleen/tables';

/** A kind of thing kept raw, and how many of it a batch holds. */
export interface Undecoded {
  readonly kind: 'message' | 'tx' | 'text';
  /** Type of the message; '' of a tx; `table.column` of a text. */
  readonly name: string;
  readonly things: number;
  readonly firstHeight: number;
  readonly lastHeight: number;
}

/** A type is as long as its tx allows, and a btree refuses entries over 2,700 bytes. */
export const MAX_NAME_CHARACTERS = 200;

/** Where a row tells that a thing is kept raw: the column is not NULL. */
export interface Place {
  readonly table: TableName;
  readonly column: string;
  readonly kind: Undecoded['kind'];
  /** Column of the name; a name that is always the same otherwise. */
  readonly name: { readonly column: string } | { readonly text: string };
}

/** The exact bytes of a text stand in `<column>_raw`, only where the column can't hold them. Those of an indexed text are not
 * counted: most often it is only too long for an index. */
const textPlaces: readonly Place[] = Object.values(tables as Readonly<Record<string, Table>>).flatMap(
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

export const places: readonly Place[] = [
  { table: 'messages', column: 'fields', kind: 'message', name: { column: 'type' } },
  { table: 'txs', column: 'decode_error', kind: 'tx', name: { text: '' } },
  ...textPlaces,
];

const placesOf = Map.groupBy(places, ({ table }) => table);

/** Counts while rows are encoded. Part of the hot path. */
export class UndecodedCounter {
  private readonly found = new Map<string, Undecoded>();

  append(table: TableName, rows: readonly object[]): void {
    const columns = placesOf.get(table);
    if (columns === undefined) return;
    for (const row of rows as readonly Readonly<Record<string, Cell>>[])
      for (const place of columns) if (row[place.column] !== null) this.count(place, row);
  }

  private count({ kind, name }: Place, row: Readonly<Record<string, Cell>>): void {
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

/** As `left(name, n)` cuts: by characters. */
const cut = (name: string): string =>
  name.length <= MAX_NAME_CHARACTERS ? name : [...name].slice(0, MAX_NAME_CHARACTERS).join('');
