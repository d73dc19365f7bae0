import type { Queryable } from './database.ts';

/** First key of our advisory locks: 'bale' in ASCII. The second one is the chain's number, or 0 for the schema. */
const SPACE = 0x62_61_6c_65;
/** Making partitions has a lock of its own: it must not wait for a writer's commit. */
const LEAF_SPACE = SPACE + 1;

/** A genesis streams for minutes, and nobody else must wait for it. */
const GENESIS_SPACE = SPACE + 2;

export const lockGenesis = (client: Queryable, chainNumber: number): Promise<unknown> =>
  client.query('select pg_advisory_xact_lock($1, $2)', [GENESIS_SPACE, chainNumber]);

/** Held until the transaction ends. Taken last in a write, so that checks of neighbours see all that is committed. */
export const lockChain = (client: Queryable, chainNumber: number): Promise<unknown> =>
  client.query('select pg_advisory_xact_lock($1, $2)', [SPACE, chainNumber]);

export const lockLeaves = (client: Queryable): Promise<unknown> =>
  client.query('select pg_advisory_xact_lock($1, 0)', [LEAF_SPACE]);

export const lockSchema = (client: Queryable): Promise<unknown> =>
  client.query('select pg_advisory_xact_lock($1, 0)', [SPACE]);

const FINISH_SPACE = SPACE + 3;

/** Held by the session until `unlockFinish`, over many statements that can't stand in a transaction. */
export async function tryLockFinish(client: Queryable, chainId: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock($1, hashtext($2)) as locked',
    [FINISH_SPACE, chainId],
  );
  return rows[0]!.locked;
}

export const unlockFinish = (client: Queryable, chainId: string): Promise<unknown> =>
  client.query('select pg_advisory_unlock($1, hashtext($2))', [FINISH_SPACE, chainId]);
