import type { BlockRange } from '@baleen/chain';
import { sql } from 'kysely';
import type { Queries } from './connections.ts';

/** Notifies channel `baleen` of the heights that the transaction changes, at its commit, and stores the time of the write.
 *
 * @param stateHeight  height of the application state, where the transaction replaces it */
export async function notify(
  db: Queries,
  chainId: string,
  { from, to }: BlockRange,
  stateHeight?: number,
): Promise<void> {
  await db
    .updateTable('chains')
    .set({ last_write: sql<Date>`clock_timestamp()` })
    .where('chain_id', '=', chainId)
    .execute();
  const state = stateHeight === undefined ? sql`` : sql`, 'state_height', ${stateHeight}::int8`;
  await sql`
    select pg_notify('baleen', json_build_object(
      'chain_id', ${chainId}::text, 'from_height', ${from}::int8, 'to_height', ${to}::int8,
      'complete_to', (select to_height from baleen_store.ranges where chain_id = ${chainId} and kind = 'blocks'
                      order by from_height limit 1)${state}
    )::text)`.execute(db);
}
