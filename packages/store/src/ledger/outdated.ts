import { type BlockRange, without } from '@baleen/chain';
import { type TableName, tableNames, tables } from '@baleen/tables';
import type { Queries } from '../postgres/connections.ts';
import { ledgerRanges } from './ledger.ts';

/** Heights whose blocks are stored while a table's rows of them are missing or were made by an older version of the table. */
export interface OutdatedTable {
  readonly table: TableName;
  readonly ranges: readonly BlockRange[];
}

/** Finds tables that were added to Baleen, or whose rows changed, after the blocks were written. Tables that need a validator set or
 * consensus params are left out, since not every source has these for each block. */
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

/** For each table the heights that its present version wrote. */
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
