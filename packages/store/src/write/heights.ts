import type { BlockRange } from '@baleen/chain';
import { heightTables, tables } from '@baleen/tables';
import { sql } from 'kysely';
import { cutHeights } from '../ledger/cut-heights.ts';
import { subtractUndecoded } from '../ledger/undecoded.ts';
import type { Queries } from '../postgres/connections.ts';

/** Removes the rows of blocks from every table whose rows stand at a height, and these tables' entries from the ledger. Rows of content
 * tables stay. The caller holds the chain's lock, and either writes the blocks anew or removes `blocks` and `results` from the ledger. */
export async function removeHeights(db: Queries, chainId: string, range: BlockRange): Promise<void> {
  await subtractUndecoded(db, chainId, range);
  for (const table of heightTables) {
    const { heightsBelow } = tables[table].storage;
    await db
      .deleteFrom(table)
      .where('chain_id', '=', chainId)
      .where('height', '>=', range.from - heightsBelow)
      .where('height', '<=', range.to - heightsBelow)
      .execute();
  }
  const kinds = heightTables.map((table) => `table:${table}`);
  await cutHeights(db, 'ranges', chainId, range, sql`kind = any(${kinds}::text[])`);
}
