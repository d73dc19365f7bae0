/** Keeps the counts of the view `undecoded` in step with the rows. */
import type { BlockRange } from '@baleen/chain';
import type { TableName } from '@baleen/tables';
import { type RawBuilder, type Selectable, sql } from 'kysely';
import { type Queries, storeTable } from '../postgres/connections.ts';
import type { Schema } from '../postgres/schema.ts';
import { MAX_NAME_CHARACTERS, type RawColumn, rawColumns, type Undecoded } from './undecoded-counter.ts';

/** Adds counts, in the transaction that writes the counted rows. The caller holds the chain's lock. */
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

/** Takes the rows of these heights in some tables out of the counts, before they are removed. Reads only tables that have undecoded
 * things. The caller holds the chain's lock. */
export async function subtractUndecoded(
  db: Queries,
  chainId: string,
  range: BlockRange,
  of: readonly TableName[],
): Promise<void> {
  const stored = await db
    .selectFrom('undecoded')
    .select(['kind', 'name'])
    .where('chain_id', '=', chainId)
    .execute();
  const wanted = rawColumns.filter(
    (place) => of.includes(place.table) && stored.some((kind) => isOf(kind, place)),
  );
  if (wanted.length === 0) return;
  await sql`
    update baleen_store.undecoded u set things = u.things - gone.things from (
      select kind, name, count(*) as things from (${rowsKeptRaw(chainId, range, wanted)}) r group by kind, name
    ) gone
    where u.chain_id = ${chainId} and u.kind = gone.kind and u.name = gone.name`.execute(db);
  await db.deleteFrom('undecoded').where('chain_id', '=', chainId).where('things', '<=', 0).execute();
}

/** Tells anew between which heights the things stand that are left, from the rows of some tables. Heights that another process counts
 * meanwhile stay. */
export async function boundUndecoded(db: Queries, chainId: string, of: readonly TableName[]): Promise<void> {
  const stored = await db.selectFrom('undecoded').selectAll().where('chain_id', '=', chainId).execute();
  const wanted = rawColumns.filter(
    (place) => of.includes(place.table) && stored.some((kind) => isOf(kind, place)),
  );
  if (wanted.length === 0) return;
  const range = {
    from: Math.min(...stored.map(({ first_height }) => first_height)),
    to: Math.max(...stored.map(({ last_height }) => last_height)),
  };
  const { rows } = await sql<UndecodedRow>`
    select kind, name, min(height) as first_height, max(height) as last_height
    from (${rowsKeptRaw(chainId, range, wanted)}) r group by kind, name`.execute(db);
  for (const { kind, name, first_height, last_height } of rows) {
    const before = stored.find((each) => each.kind === kind && each.name === name);
    if (before === undefined) continue;
    await sql`
      update baleen_store.undecoded set
        first_height = case when first_height = ${before.first_height} then ${first_height} else first_height end,
        last_height = case when last_height = ${before.last_height} then ${last_height} else last_height end
      where chain_id = ${chainId} and kind = ${kind} and name = ${name}`.execute(db);
  }
}

type UndecodedRow = Pick<Selectable<Schema['undecoded']>, 'kind' | 'name' | 'first_height' | 'last_height'>;

const isOf = (stored: { readonly kind: string; readonly name: string }, { kind, name }: RawColumn): boolean =>
  stored.kind === kind && ('column' in name || name.text === stored.name);

/** SQL that reads the undecoded things of a range from the rows: kind, name and height of each. */
export const rowsKeptRaw = (
  chainId: string,
  { from, to }: BlockRange,
  wanted: readonly RawColumn[] = rawColumns,
): RawBuilder<unknown> =>
  sql.join(
    wanted.map(({ table, column, kind, name }) => {
      const named =
        'text' in name ? sql`${name.text}::text` : sql`left(${sql.ref(name.column)}, ${MAX_NAME_CHARACTERS})`;
      return sql`
        select ${kind}::text as kind, ${named} as name, height from ${storeTable(table)}
        where chain_id = ${chainId} and height between ${from} and ${to} and ${sql.ref(column)} is not null`;
    }),
    sql` union all `,
  );
