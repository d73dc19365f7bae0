/** Things that are kept raw, counted while they are written: to look for them later would read every row. */
import type { BlockRange } from '@baleen/chain';
import { type Cell, type Table, type TableName, tables } from '@baleen/tables';
import { sql } from 'kysely';
import { literal, type Queries } from './connections.ts';

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
const MAX_NAME_CHARACTERS = 200;

/** Where a row tells that a thing is kept raw: the column is not NULL. */
interface Place {
  readonly table: TableName;
  readonly column: string;
  readonly kind: Undecoded['kind'];
  /** Column of the name; a name that is always the same otherwise. */
  readonly name: { readonly column: string } | { readonly text: string };
}

/** The exact bytes of a text stand in `<column>_raw`, only where the column can't hold them. */
const textPlaces: readonly Place[] = Object.values(tables as Readonly<Record<string, Table>>).flatMap(
  ({ name: table, columns }) =>
    columns
      .filter(({ name, type }) => type === 'bytea' && name.endsWith('_raw'))
      .map(({ name: column }) => ({
        table: table as TableName,
        column,
        kind: 'text' as const,
        name: { text: `${table}.${column.slice(0, -'_raw'.length)}` },
      })),
);

const places: readonly Place[] = [
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

/** Under the chain's lock, with the rows that are counted. */
export async function addUndecoded(db: Queries, chainId: string, found: readonly Undecoded[]): Promise<void> {
  if (found.length === 0) return;
  await sql`
    insert into baleen_store.undecoded as u (chain_id, kind, name, things, first_height, last_height)
    select ${chainId}, * from unnest(
      ${found.map(({ kind }) => kind)}::text[], ${found.map(({ name }) => name)}::text[],
      ${found.map(({ things }) => things)}::int8[],
      ${found.map(({ firstHeight }) => firstHeight)}::int8[], ${found.map(({ lastHeight }) => lastHeight)}::int8[]
    )
    on conflict (chain_id, kind, name) do update set
      things = u.things + excluded.things,
      first_height = least(u.first_height, excluded.first_height),
      last_height = greatest(u.last_height, excluded.last_height)`.execute(db);
}

/** Before rows of these heights are removed, under the chain's lock. Reads the rows, where there are things to look for. */
export async function subtractUndecoded(db: Queries, chainId: string, range: BlockRange): Promise<void> {
  const stored = await db
    .selectFrom('undecoded')
    .select(['kind', 'name'])
    .where('chain_id', '=', chainId)
    .execute();
  const wanted = places.filter((place) => stored.some((kind) => isOf(kind, place)));
  if (wanted.length === 0) return;
  const gone = `select kind, name, count(*) as things from (${rowsKeptRaw(chainId, range, wanted)}) r group by kind, name`;
  await sql`
    update baleen_store.undecoded u set things = u.things - gone.things from (${sql.raw(gone)}) gone
    where u.chain_id = ${chainId} and u.kind = gone.kind and u.name = gone.name`.execute(db);
  await db.deleteFrom('undecoded').where('chain_id', '=', chainId).where('things', '<=', 0).execute();
}

const isOf = (stored: { readonly kind: string; readonly name: string }, { kind, name }: Place): boolean =>
  stored.kind === kind && ('column' in name || name.text === stored.name);

/** What is counted, read from the rows: kind, name and height of each thing. */
export const rowsKeptRaw = (
  chainId: string,
  { from, to }: BlockRange,
  wanted: readonly Place[] = places,
): string =>
  wanted
    .map(
      ({ table, column, kind, name }) =>
        `select '${kind}'::text as kind, ${'text' in name ? `${literal(name.text)}::text` : `left(${name.column}, ${MAX_NAME_CHARACTERS})`} as name, height
         from baleen_store.${table}
         where chain_id = ${literal(chainId)} and height between ${from} and ${to} and ${column} is not null`,
    )
    .join(' union all ');
