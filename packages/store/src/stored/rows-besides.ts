/** Finds rows that no stored block makes. */
import { createHash } from 'node:crypto';
import { type BlockRange, merged, without } from '@baleen/chain';
import {
  type Content,
  contentTables,
  GenesisOperators,
  heightTables,
  operatorRows,
  tables,
} from '@baleen/tables';
import { sql } from 'kysely';
import type pg from 'pg';
import { ledgerRanges } from '../ledger/ledger.ts';
import { type Queries, storeTable, transaction } from '../postgres/connections.ts';
import { explained } from '../postgres/postgres-faults.ts';
import type { RowFault } from './compare-rows.ts';

/** Rows of a table that are named; more of them only lengthen the list. */
const MOST_NAMED = 20;
const EVERYWHERE = { from: -1, to: Number.MAX_SAFE_INTEGER };

/** @throws BaleenError those of `explained` */
export async function rowsBesides(pool: pg.Pool, chainId: string): Promise<RowFault[]> {
  try {
    return await transaction(pool, async (db, client) => {
      await client.query('set transaction isolation level repeatable read, read only');
      const genesis = await readGenesis(db, chainId);
      return [
        ...(await strangeHeights(db, chainId, genesis.height)),
        ...(await strangeRuns(db, chainId)),
        ...(await compareGenesis(db, chainId, genesis)),
      ];
    });
  } catch (error) {
    throw explained(`verify ${chainId}`, error, 'nothing written');
  }
}

/** Rows at heights whose block is not stored. */
async function strangeHeights(db: Queries, chainId: string, genesisHeight: number): Promise<RowFault[]> {
  const blocks = merged(await ledgerRanges(db, chainId, 'blocks'));
  const faults: RowFault[] = [];
  for (const table of heightTables) {
    const { heightsBelow } = tables[table].storage;
    const own = blocks.map(({ from, to }) => ({ from: from - heightsBelow, to: to - heightsBelow }));
    const besideGenesis = { from: genesisHeight, to: genesisHeight };
    const there = table === 'validator_operators' ? merged([...own, besideGenesis]) : own;
    for (const gap of without(EVERYWHERE, there))
      faults.push(...(await heightsIn(db, chainId, table, gap)).map((height) => strange(table, height)));
  }
  return faults;
}

/** Ranges of validator sets and params over heights whose block is not stored. */
async function strangeRuns(db: Queries, chainId: string): Promise<RowFault[]> {
  const gaps = without(EVERYWHERE, merged(await ledgerRanges(db, chainId, 'blocks')));
  const faults: RowFault[] = [];
  for (const content of contentTables) {
    const { runs } = tables[content].storage as Content;
    if (runs === undefined) continue;
    for (const { from, to } of gaps) {
      const { rows } = await sql<{ height: number }>`
        select greatest(from_height, ${from}::int8) as height from ${storeTable(runs.table)}
        where chain_id = ${chainId} and from_height <= ${to} and to_height >= ${from} limit ${MOST_NAMED}`.execute(
        db,
      );
      faults.push(...rows.map(({ height }) => strange(runs.table, height)));
    }
  }
  return faults;
}

async function heightsIn(
  db: Queries,
  chainId: string,
  table: string,
  { from, to }: BlockRange,
): Promise<number[]> {
  const { rows } = await sql<{ height: number }>`
    select distinct height from (
      select height from ${storeTable(table)} where chain_id = ${chainId} and height between ${from} and ${to} limit ${MOST_NAMED}
    ) t order by height`.execute(db);
  return rows.map(({ height }) => height);
}

const strange = (table: RowFault['table'], height: number): RowFault => ({
  table,
  height,
  isShared: false,
  column: undefined,
  key: '',
  expected: 'no row: the ledger has no such block',
  found: 'a row',
});

interface StoredGenesis {
  readonly hash: string | null;
  /** Height at which its facts stand. */
  readonly height: number;
}

async function readGenesis(db: Queries, chainId: string): Promise<StoredGenesis> {
  const { genesis_hash, initial_height } = await db
    .selectFrom('chains')
    .select(['genesis_hash', 'initial_height'])
    .where('chain_id', '=', chainId)
    .executeTakeFirstOrThrow();
  return { hash: genesis_hash && Buffer.from(genesis_hash).toString('hex'), height: initial_height - 1 };
}

/** Compares the stored document with its hash, and the operators of its validators with their rows. */
async function compareGenesis(
  db: Queries,
  chainId: string,
  { hash, height }: StoredGenesis,
): Promise<RowFault[]> {
  const digest = createHash('sha256');
  const operators = new GenesisOperators();
  let index = 0;
  for (
    let chunk = await chunkAt(db, chainId, 0);
    chunk !== undefined;
    chunk = await chunkAt(db, chainId, index)
  ) {
    digest.update(chunk);
    operators.push(chunk);
    index++;
  }
  if (index === 0) return [];
  const found = digest.digest('hex');
  const row = { table: 'validator_operators', height, isShared: false, column: undefined } as const;
  const ofDocument =
    hash === found
      ? []
      : [{ ...row, table: 'genesis_chunks', key: 'the document', expected: hash ?? 'none', found }];
  const made = operatorRows(chainId, height, operators.keys).map(shownOperator);
  const stored = await db
    .selectFrom('validator_operators')
    .select(['address', 'operator_address'])
    .where('chain_id', '=', chainId)
    .where('height', '=', height)
    .execute();
  const there = stored.map(shownOperator);
  return [
    ...ofDocument,
    ...made
      .filter((each) => !there.includes(each))
      .map((key) => ({ ...row, key, expected: 'a row', found: 'none' })),
    ...there
      .filter((each) => !made.includes(each))
      .map((key) => ({ ...row, key, expected: 'no such row', found: 'one' })),
  ];
}

const shownOperator = (row: { readonly address: Uint8Array; readonly operator_address: string }): string =>
  `address ${Buffer.from(row.address).toString('hex').toUpperCase()}, operator_address ${row.operator_address}`;

async function chunkAt(db: Queries, chainId: string, index: number): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom('genesis_chunks')
    .select('bytes')
    .where('chain_id', '=', chainId)
    .where('chunk_index', '=', index)
    .executeTakeFirst();
  return row?.bytes;
}
