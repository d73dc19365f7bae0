import { type BlockRange, intersection, merged, without } from '@baleen/chain';
import { type TableName, tableNames, tables } from '@baleen/tables';
import type { Queries } from '../postgres/connections.ts';
import { ledgerRanges } from './ledger.ts';

/** Heights whose blocks are stored while a table's rows of them are missing or were made by an older version of the table. */
export interface OutdatedTable {
  readonly table: TableName;
  readonly ranges: readonly BlockRange[];
  /** Whether `markOutdated` has asked for some of them, and who redecodes has not reached them. */
  readonly isAskedFor: boolean;
}

/** Heights that a version of a table wrote. */
interface Written extends BlockRange {
  readonly version: number;
}

/** Finds tables that were added to Baleen, or whose rows changed, after the blocks were written. Of tables that need a validator set or
 * consensus params only what an older version wrote counts, since not every source has these for each block. */
export async function outdatedTables(db: Queries, chainId: string): Promise<OutdatedTable[]> {
  const needed = {
    blocks: await ledgerRanges(db, chainId, 'blocks'),
    results: await ledgerRanges(db, chainId, 'results'),
  };
  const written = await writtenRanges(db, chainId);
  return tableNames.flatMap((table) => {
    const { needs, version } = tables[table];
    const ofTable = written.get(table) ?? [];
    const current = ofTable.filter((range) => range.version === version);
    const others = ofTable.filter((range) => range.version !== version);
    const ranges =
      needs === 'blocks' || needs === 'results'
        ? needed[needs].flatMap((range) => without(range, current))
        : merged(others);
    return ranges.length === 0 ? [] : [{ table, ranges, isAskedFor: others.some(isAskedFor) }];
  });
}

/** Tables from whose rows blocks are read, and that have none of stored heights: these heights can't be decoded anew.
 *
 * @param heights  disjoint, ascending */
export async function unreadableTables(
  db: Queries,
  chainId: string,
  heights: readonly BlockRange[],
): Promise<Pick<OutdatedTable, 'table' | 'ranges'>[]> {
  const results = await ledgerRanges(db, chainId, 'results');
  const withResults = heights.flatMap((range) => results.flatMap((each) => intersection(range, each) ?? []));
  const written = await writtenRanges(db, chainId);
  return READ.flatMap((table) => {
    const there = merged(written.get(table) ?? []);
    const asked = tables[table].needs === 'results' ? withResults : heights;
    const ranges = asked.flatMap((range) => without(range, there));
    return ranges.length === 0 ? [] : [{ table, ranges }];
  });
}

/** Tables of which `stored/` makes blocks; those of sets and params may lack heights. */
const READ = ['blocks', 'txs', 'events', 'evidence', 'commits'] as const;

/** Versions of `markOutdated`, which no table has. */
export const isAskedFor = ({ version }: { readonly version: number }): boolean => version < 0;

/** For each table the heights that it has, in order, and which version wrote them. */
export async function writtenRanges(db: Queries, chainId: string): Promise<Map<TableName, Written[]>> {
  const tableOf = new Map<string, TableName>(tableNames.map((table) => [`table:${table}`, table]));
  const rows = await db
    .selectFrom('ranges')
    .select(['kind', 'version', 'from_height as from', 'to_height as to'])
    .where('chain_id', '=', chainId)
    .where('version', 'is not', null)
    .orderBy('from_height')
    .execute();
  const written = new Map<TableName, Written[]>();
  for (const { kind, version, from, to } of rows) {
    const table = tableOf.get(kind);
    if (table === undefined || version === null) continue;
    const ofTable = written.get(table) ?? [];
    ofTable.push({ from, to, version });
    written.set(table, ofTable);
  }
  return written;
}
