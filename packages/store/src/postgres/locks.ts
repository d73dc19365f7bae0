import { sql } from 'kysely';
import type { Queries } from './connections.ts';

/** First key of Baleen's advisory locks: 'bale' in ASCII. The second key is the chain's number, or 0 for the schema. */
const SPACE = 0x62_61_6c_65;
/** First key of the lock for creating partitions. They must not wait for a writer's commit, so they don't share its lock. */
const LEAF_SPACE = SPACE + 1;
/** First key of the lock for storing a genesis. That takes minutes, and other work must not wait for it. */
const GENESIS_SPACE = SPACE + 2;
const FINISH_SPACE = SPACE + 3;
/** First key of the lock for writing a state, which takes minutes as well. */
const STATE_SPACE = SPACE + 4;

/** Takes a lock that is held until the transaction ends. */
const lock = (db: Queries, space: number, key: number): Promise<unknown> =>
  sql`select pg_advisory_xact_lock(${space}, ${key})`.execute(db);

export const lockGenesis = (db: Queries, chainNumber: number): Promise<unknown> =>
  lock(db, GENESIS_SPACE, chainNumber);

export const lockState = (db: Queries, chainNumber: number): Promise<unknown> =>
  lock(db, STATE_SPACE, chainNumber);

/** Makes the last steps of writes to a chain wait for each other, so that the check of neighbouring blocks sees all committed ones. */
export const lockChain = (db: Queries, chainNumber: number): Promise<unknown> => lock(db, SPACE, chainNumber);

export const lockLeaves = (db: Queries): Promise<unknown> => lock(db, LEAF_SPACE, 0);

export const lockSchema = (db: Queries): Promise<unknown> => lock(db, SPACE, 0);

/** Tries to take the lock of `finishChain`; returns false if another process has it. The session holds it until `unlockFinish`, not only
 * until a transaction ends, since the statements of `finishChain` can't run in a transaction. */
export async function tryLockFinish(db: Queries, chainId: string): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_lock(${FINISH_SPACE}, hashtext(${chainId})) as locked`.execute(db);
  return rows[0]!.locked;
}

export const unlockFinish = (db: Queries, chainId: string): Promise<unknown> =>
  sql`select pg_advisory_unlock(${FINISH_SPACE}, hashtext(${chainId}))`.execute(db);
