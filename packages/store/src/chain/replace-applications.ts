import type { ApplicationChoice } from '@baleen/chain';
import type pg from 'pg';
import { transaction } from '../postgres/connections.ts';
import { lockChain } from '../postgres/locks.ts';
import { loadChain } from './chains.ts';
import { writeApplications } from './learn-applications.ts';

/** Puts these choices in place of the stored ones.
 * @param choices  in order of heights */
export const replaceApplications = (
  pool: pg.Pool,
  chainId: string,
  choices: readonly ApplicationChoice[],
): Promise<void> =>
  transaction(pool, async (db) => {
    await lockChain(db, (await loadChain(db, chainId)).number);
    await writeApplications(db, chainId, choices);
  });
