import { type BlockRange, without } from '@baleen/chain';
import { type TableName, tableNames, tables } from '@baleen/tables';
import type { Queries } from '../postgres/connections.ts';
import { ledgerRanges } from './ledger.ts';

/** Heights of blocks that are there, but whose rows of a table are not, or were made by an older version of the table. */
export interface OutdatedTable {
  readonly table: TableName;
  readonly ranges: readonly BlockRange[];
}

/** Tables that a later version of Baleen than the one that wrote the blocks has, or makes in another way. Content tables are left out:
 * which blocks come with a validator set is the source's. */
export async function outdatedTables(db: Queries, chainId: string): Promise<OutdatedTable[]> {
  const needed = {
    blocks: await ledgerRanges(db, chainId, 'blocks'),
    results: await ledgerRanges(db, chainId, 'results'),
  };
  const current = await currentRanges(db, chainId);
  return tableNames.flatMap((table) => {
    const { needs } = tables[table];
    if (needs !== 'blocks' && needs !== 'results') return [];
    const ranges = needed[needs].flatMap((range) => without(range, current.get(table) ?? []));
    return ranges.length === 0 ? [] : [{ table, ranges }];
  });
}

/** Of each table the heights that its present version wrote. */
async function currentRanges(db: Queries, chainId: string): Promise<Map<TableName, BlockRange[]>> {
  const tableOf = new Map<string, TableName>(tableNames.map((table) => [`table:${table}`, table]));
  const rows = await db
    .selectFrom('ranges')
    .select(['kind', 'version', 'from_height as from', 'to_height as to'])
    .where('chain_id', '=', chainId)
    .where('version', 'is not', null)
    .orderBy('from_height')
    .execute();
  const current = new Map<TableName, BlockRange[]>();
  for (const { kind, version, from, to } of rows) {
    const table = tableOf.get(kind);
    if (table === undefined || tables[table].version !== version) continue;
    current.set(table, [...(current.get(table) ?? []), { from, to }]);
  }
  return current;
}
