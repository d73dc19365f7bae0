/** What is put in order once blocks were written anew. */
import type { TableName } from '@baleen/tables';
import type pg from 'pg';
import { boundUndecoded } from '../ledger/undecoded.ts';
import { queriesOf, transaction } from '../postgres/connections.ts';
import { lockChain } from '../postgres/locks.ts';
import { loadChain } from './chains.ts';
import { removeUnreferenced } from './unreferenced.ts';

/** Removes content rows that no height refers to any more, and tells anew between which heights undecoded things stand.
 *
 * @param names  tables that were written anew */
export async function afterRedecode(
  pool: pg.Pool,
  chainId: string,
  names: readonly TableName[],
): Promise<void> {
  await transaction(pool, async (db) => {
    await lockChain(db, (await loadChain(db, chainId)).number);
    await removeUnreferenced(db, chainId);
  });
  await boundUndecoded(queriesOf(pool), chainId, names);
}
