import type { ApplicationChoice } from '@baleen/chain';
import type pg from 'pg';
import { type AskedAnew, mark } from '../ledger/mark-outdated.ts';
import { transaction } from '../postgres/connections.ts';
import { lockChain } from '../postgres/locks.ts';
import { loadChain } from './chains.ts';
import { writeApplications } from './learn-applications.ts';
import { checkUnused } from './unused.ts';

/** Puts these choices in place of the stored ones.
 * @param choices  in order of heights
 * @param anew     rows that are to be made anew by them, marked in the same transaction
 * @throws BaleenError operator `STORE_UNKNOWN_CHAIN`, `STORE_CHAIN_IN_USE` */
export const replaceApplications = (
  pool: pg.Pool,
  chainId: string,
  choices: readonly ApplicationChoice[],
  anew?: AskedAnew,
): Promise<void> =>
  transaction(pool, async (db) => {
    await lockChain(db, (await loadChain(db, chainId)).number);
    // One that writes now goes on to read txs as it began to.
    await checkUnused(db, chainId, `read ${chainId} by other applications`, 'nothing written', 'redecode');
    await writeApplications(db, chainId, choices);
    if (anew !== undefined) await mark(db, chainId, anew);
  });
