import type { BlockRange } from '@baleen/chain';
import { heightTables, type TableName, tables } from '@baleen/tables';
import { sql } from 'kysely';
import { cutHeights } from '../ledger/cut-heights.ts';
import { subtractUndecoded } from '../ledger/undecoded.ts';
import type { Queries } from '../postgres/connections.ts';

/** Removes the rows of a range of heights from the tables that have a column `height`, and removes these heights of the tables from the
 * ledger. Rows of content tables stay. The caller holds the chain's lock, and then either writes the rows again or removes `blocks` and
 * `results` from the ledger.
 *
 * @param of  names of the tables; default: all */
export async function removeHeights(
  db: Queries,
  chainId: string,
  range: BlockRange,
  of: readonly TableName[] = heightTables,
): Promise<void> {
  await subtractUndecoded(db, chainId, range, of);
  for (const table of heightTables.filter((each) => of.includes(each))) {
    const { heightsBelow } = tables[table].storage;
    await db
      .deleteFrom(table)
      .where('chain_id', '=', chainId)
      .where('height', '>=', range.from - heightsBelow)
      .where('height', '<=', range.to - heightsBelow)
      .execute();
  }
  const kinds = of.map((table) => `table:${table}`);
  await cutHeights(db, 'ranges', chainId, range, sql`kind = any(${kinds}::text[])`);
}
