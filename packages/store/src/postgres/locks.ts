import { sql } from 'kysely';
import type { Queries } from './connections.ts';

/** First key of our advisory locks: 'bale' in ASCII. The second one is the chain's number, or 0 for the schema. */
const SPACE = 0x62_61_6c_65;
/** Making partitions has a lock of its own: it must not wait for a writer's commit. */
const LEAF_SPACE = SPACE + 1;
/** A genesis streams for minutes, and nobody else must wait for it. */
const GENESIS_SPACE = SPACE + 2;
const FINISH_SPACE = SPACE + 3;
/** A state streams for minutes, too. */
const STATE_SPACE = SPACE + 4;

/** Held until the transaction ends. */
const lock = (db: Queries, space: number, key: number): Promise<unknown> =>
  sql`select pg_advisory_xact_lock(${space}, ${key})`.execute(db);

export const lockGenesis = (db: Queries, chainNumber: number): Promise<unknown> =>
  lock(db, GENESIS_SPACE, chainNumber);

export const lockState = (db: Queries, chainNumber: number): Promise<unknown> =>
  lock(db, STATE_SPACE, chainNumber);

/** Taken last in a write, so that checks of neighbours see all that is committed. */
export const lockChain = (db: Queries, chainNumber: number): Promise<unknown> => lock(db, SPACE, chainNumber);

export const lockLeaves = (db: Queries): Promise<unknown> => lock(db, LEAF_SPACE, 0);

export const lockSchema = (db: Queries): Promise<unknown> => lock(db, SPACE, 0);

/** Held by the session until `unlockFinish`, over many statements that can't stand in a transaction. */
export async function tryLockFinish(db: Queries, chainId: string): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_lock(${FINISH_SPACE}, hashtext(${chainId})) as locked`.execute(db);
  return rows[0]!.locked;
}

export const unlockFinish = (db: Queries, chainId: string): Promise<unknown> =>
  sql`select pg_advisory_unlock(${FINISH_SPACE}, hashtext(${chainId}))`.execute(db);
