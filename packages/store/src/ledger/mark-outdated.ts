import { createHash } from 'node:crypto';
import { type BlockRange, intersection } from '@baleen/chain';
import { decodedTables, type TableName } from '@baleen/tables';
import { sql } from 'kysely';
import type pg from 'pg';
import { loadChain } from '../chain/chains.ts';
import { type Queries, transaction } from '../postgres/connections.ts';
import { lockChain } from '../postgres/locks.ts';
import { cutHeights } from './cut-heights.ts';
import { addRanges } from './ledger.ts';
import { writtenRanges } from './outdated.ts';

/** Rows that are to be written anew although the present version of their tables wrote them. */
export interface AskedAnew {
  /** undefined: those whose rows follow from how txs and addresses are decoded. */
  readonly tables: readonly TableName[] | undefined;
  readonly range: BlockRange;
  /** What is asked for, in any form. As long as some of it is not done, asking for the same again goes on where it was. */
  readonly what: string;
}

/** Marks rows as outdated, unless the same was asked for before and is not finished. The ledger has them with a version that no table
 * has: who redecodes finds them, also after an interruption. */
export const markOutdated = (pool: pg.Pool, chainId: string, asked: AskedAnew): Promise<void> =>
  transaction(pool, async (db) => {
    await lockChain(db, (await loadChain(db, chainId)).number);
    await mark(db, chainId, asked);
  });

/** The same in a transaction of the caller, who holds the chain's lock. */
export async function mark(
  db: Queries,
  chainId: string,
  { tables = decodedTables, range, what }: AskedAnew,
): Promise<void> {
  const version = versionOf(what);
  const written = await writtenRanges(db, chainId);
  if (tables.some((table) => written.get(table)?.some((each) => each.version === version))) return;
  const entries = tables.map((table) => ({
    kind: `table:${table}` as const,
    version,
    ranges: (written.get(table) ?? []).flatMap((each) => intersection(each, range) ?? []),
  }));
  const kinds = entries.map(({ kind }) => kind);
  await cutHeights(db, 'ranges', chainId, range, sql`kind = any(${kinds}::text[])`);
  await addRanges(db, chainId, entries);
}

/** A negative number. */
const versionOf = (what: string): number =>
  -1 - (createHash('sha256').update(what).digest().readUInt32BE(0) >>> 1);
