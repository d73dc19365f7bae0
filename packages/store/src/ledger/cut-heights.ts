import type { BlockRange } from '@baleen/chain';
import { type RawBuilder, sql } from 'kysely';
import { type Queries, storeTable } from '../postgres/connections.ts';

/** Cuts heights out of a table whose rows are ranges (chain_id, from_height, to_height, …). Of a row that reaches beyond them the parts
 * below and above stay. The caller holds the chain's lock.
 *
 * @param rows  which rows; default: all of the chain */
export async function cutHeights(
  db: Queries,
  table: string,
  chainId: string,
  { from, to }: BlockRange,
  rows: RawBuilder<unknown> = sql`true`,
): Promise<void> {
  const name = storeTable(table);
  // Converted to JSON and back, so that the other columns need not be named.
  const rest = (column: string, height: number) => sql`
    select (jsonb_populate_record(null::${name}, to_jsonb(cut) || jsonb_build_object(${column}::text, ${height}::int8))).* from cut`;
  await sql`
    with cut as (
      delete from ${name} where chain_id = ${chainId} and from_height <= ${to} and to_height >= ${from} and ${rows}
      returning *
    )
    insert into ${name} ${rest('to_height', from - 1)} where from_height < ${from}
    union all ${rest('from_height', to + 1)} where to_height > ${to}`.execute(db);
}
