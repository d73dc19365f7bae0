/** Keeps the counts of the view `undecoded` in step with the rows. */
import type { BlockRange } from '@baleen/chain';
import { type RawBuilder, sql } from 'kysely';
import { type Queries, storeTable } from '../postgres/connections.ts';
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

/** Takes the rows of these heights out of the counts, before they are removed. Reads only tables that have undecoded things. The caller
 * holds the chain's lock. */
export async function subtractUndecoded(db: Queries, chainId: string, range: BlockRange): Promise<void> {
  const stored = await db
    .selectFrom('undecoded')
    .select(['kind', 'name'])
    .where('chain_id', '=', chainId)
    .execute();
  const wanted = rawColumns.filter((place) => stored.some((kind) => isOf(kind, place)));
  if (wanted.length === 0) return;
  await sql`
    update baleen_store.undecoded u set things = u.things - gone.things from (
      select kind, name, count(*) as things from (${rowsKeptRaw(chainId, range, wanted)}) r group by kind, name
    ) gone
    where u.chain_id = ${chainId} and u.kind = gone.kind and u.name = gone.name`.execute(db);
  await db.deleteFrom('undecoded').where('chain_id', '=', chainId).where('things', '<=', 0).execute();
}

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
