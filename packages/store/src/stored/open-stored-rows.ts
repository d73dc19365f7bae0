/** Compares blocks with all rows that the database has of them. */
import { BaleenError, type Block, type BlockRange, merged, shownRange } from '@baleen/chain';
import {
  type Content,
  type ContentTable,
  contentTables,
  hasNeeded,
  type Runs,
  type TableName,
  tableNames,
  tables,
} from '@baleen/tables';
import { sql } from 'kysely';
import type pg from 'pg';
import { openPool, type Queries, queriesOf, storeTable, transaction } from '../postgres/connections.ts';
import { explained } from '../postgres/postgres-faults.ts';
import { misnamedVotes } from '../write/missed-votes.ts';
import { compareRows, type RowFault } from './compare-rows.ts';
import { rowsBesides } from './rows-besides.ts';

export type { RowFault } from './compare-rows.ts';

/** Heights whose rows of a table can't be compared: the ledger lacks them, or another version of the table made them. */
export interface Uncompared {
  readonly table: TableName;
  readonly ranges: readonly BlockRange[];
}

export interface RowsCompared {
  readonly faults: readonly RowFault[];
  readonly uncompared: readonly Uncompared[];
}

export interface StoredRows {
  /** Compares the rows of neighbouring blocks, as the database has them, in one snapshot.
   * @throws BaleenError those of `explained` */
  compare(blocks: readonly Block[]): Promise<RowsCompared>;
  /** Finds what belongs to no stored block: rows at heights that the ledger does not have, and what the genesis document does not
   * make. */
  besides(): Promise<RowFault[]>;
  close(): Promise<void>;
}

/** @throws BaleenError those of `explained` */
export async function openStoredRows(databaseUrl: string, chainId: string): Promise<StoredRows> {
  const pool = openPool(databaseUrl);
  try {
    const ledger = await readLedger(queriesOf(pool), chainId);
    return {
      compare: (blocks) => compareInSnapshot(pool, ledger, chainId, blocks),
      besides: () => rowsBesides(pool, chainId),
      close: () => pool.end(),
    };
  } catch (error) {
    await pool.end();
    throw error instanceof BaleenError ? error : explained(`verify ${chainId}`, error);
  }
}

/** For each table the heights that its present version wrote. */
type TableLedger = ReadonlyMap<TableName, readonly BlockRange[]>;

async function readLedger(db: Queries, chainId: string): Promise<TableLedger> {
  const rows = await db
    .selectFrom('ranges')
    .select(['kind', 'version', 'from_height as from', 'to_height as to'])
    .where('chain_id', '=', chainId)
    .execute();
  return new Map(
    tableNames.map((name) => {
      const own = rows.filter(
        ({ kind, version }) => kind === `table:${name}` && version === tables[name].version,
      );
      return [name, merged(own.map(({ from, to }) => ({ from, to })))];
    }),
  );
}

async function compareInSnapshot(
  pool: pg.Pool,
  ledger: TableLedger,
  chainId: string,
  blocks: readonly Block[],
): Promise<RowsCompared> {
  const range = { from: blocks[0]!.height, to: blocks.at(-1)!.height };
  try {
    return await transaction(pool, async (db, client) => {
      await client.query('set transaction isolation level repeatable read, read only');
      const compared = (table: TableName): readonly Block[] =>
        blocks.filter(({ height }) => isThere(ledger.get(table)!, height));
      const faults = [
        ...lackingOf(ledger, blocks),
        ...(await compareRows(client, compared)),
        ...(await compareRuns(db, compared)),
        ...(await compareNames(db, chainId, compared('missed_votes'))),
      ];
      return { faults, uncompared: uncomparedOf(ledger, blocks) };
    });
  } catch (error) {
    throw explained(`verify blocks ${shownRange(range)} of ${chainId}`, error, 'nothing written');
  }
}

const isThere = (ranges: readonly BlockRange[], height: number): boolean =>
  ranges.some(({ from, to }) => from <= height && height <= to);

/** Parts of blocks that the ledger has and the rows don't make: no range says which validator set was in force. */
const lackingOf = (ledger: TableLedger, blocks: readonly Block[]): RowFault[] =>
  tableNames.flatMap((table) =>
    blocks
      .filter((block) => isThere(ledger.get(table)!, block.height) && !hasNeeded(block, tables[table].needs))
      .map(({ height }) => ({
        ...{ table, height, isShared: false, column: undefined, key: '' },
        expected: `${WORDS[tables[table].needs]} of the block, as the ledger has them`,
        found: 'none',
      })),
  );

const WORDS = {
  blocks: 'rows',
  results: 'results',
  validators: 'validators',
  params: 'consensus params',
} as const;

const uncomparedOf = (ledger: TableLedger, blocks: readonly Block[]): Uncompared[] =>
  tableNames.flatMap((table) => {
    const lacking = blocks.filter(
      (block) => hasNeeded(block, tables[table].needs) && !isThere(ledger.get(table)!, block.height),
    );
    if (lacking.length === 0) return [];
    return [{ table, ranges: merged(lacking.map(({ height }) => ({ from: height, to: height }))) }];
  });

type Compared = (table: TableName) => readonly Block[];

/** Compares which content was in force at each height. */
async function compareRuns(db: Queries, compared: Compared): Promise<RowFault[]> {
  const faults: RowFault[] = [];
  for (const table of contentTables) {
    const { runs } = tables[table].storage as Content;
    const blocks = compared(table);
    if (runs !== undefined && blocks.length > 0)
      faults.push(...(await compareRunsOf(db, table, runs, blocks)));
  }
  return faults;
}

async function compareRunsOf(
  db: Queries,
  table: ContentTable,
  { table: name, column, hashOf }: Runs,
  blocks: readonly Block[],
): Promise<RowFault[]> {
  const [first, last] = [blocks[0]!, blocks.at(-1)!];
  const { rows } = await sql<{ from_height: number; to_height: number; hash: string }>`
    select from_height, to_height, upper(encode(${sql.ref(column)}, 'hex')) as hash from ${storeTable(name)}
    where chain_id = ${first.chainId} and from_height <= ${last.height} and to_height >= ${first.height}`.execute(
    db,
  );
  return blocks.flatMap((block): RowFault[] => {
    const hash = hashOf(block);
    const expected = hash === undefined ? 'none' : Buffer.from(hash).toString('hex').toUpperCase();
    const there = rows.filter(
      ({ from_height, to_height }) => from_height <= block.height && block.height <= to_height,
    );
    const found = there.map((run) => run.hash).join(', ') || 'none';
    if (found === expected) return [];
    return [{ table, height: block.height, isShared: false, column, key: `in ${name}`, expected, found }];
  });
}

/** Compares who the rows of missed votes say was absent, and who operated the key: sets and operators tell it. */
async function compareNames(db: Queries, chainId: string, blocks: readonly Block[]): Promise<RowFault[]> {
  if (blocks.length === 0) return [];
  const range = { from: blocks[0]!.height - 1, to: blocks.at(-1)!.height - 1 };
  const wrong = await misnamedVotes(db, chainId, range);
  return wrong.map(({ height, vote_index, column, expected, found }) => ({
    table: 'missed_votes',
    isShared: false,
    height,
    column,
    key: `vote_index ${vote_index}`,
    expected: expected ?? 'NULL',
    found: found ?? 'NULL',
  }));
}
