import { type Content, contentTables, tables } from '@baleen/tables';
import { sql } from 'kysely';
import { type Queries, storeTable } from '../postgres/connections.ts';

/** Removes content rows that no height refers to. The caller holds the chain's lock. */
export async function removeUnreferenced(db: Queries, chainId: string): Promise<void> {
  for (const table of contentTables) {
    const { runs } = tables[table].storage as Content;
    if (runs === undefined) continue;
    await sql`
      delete from ${storeTable(table)} c
      where c.chain_id = ${chainId} and not exists (
        select from ${storeTable(runs.table)} r
        where r.chain_id = c.chain_id and r.${sql.ref(runs.column)} = c.${sql.ref(runs.column)}
      )`.execute(db);
  }
}
