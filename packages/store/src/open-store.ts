import type { BlockRange } from '@baleen/chain';
import { sql } from 'kysely';
import type pg from 'pg';
import type { EncodedBatch } from './batch.ts';
import { loadChain, prepareChain } from './chains.ts';
import { openPool, type Queries, queriesOf, run } from './connections.ts';
import { finishChain } from './finish.ts';
import { storeGenesis } from './genesis.ts';
import { type ChainLeaves, ensureLeaves } from './leaves.ts';
import { missing } from './ledger.ts';
import { migrate } from './migrate.ts';
import { readGaps, readStatus } from './status.ts';
import type { Store } from './store.ts';
import { writeBatch } from './write.ts';

/** Opens a database by its URL; nothing is created until `migrate`.
 *
 * @throws BaleenError `STORE_UNREACHABLE` */
export async function openStore(url: string): Promise<Store> {
  const pool = openPool(url);
  const db = queriesOf(pool);
  try {
    await run(db, 'select 1');
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    migrate: (options) => migrate(pool, options),
    prepareChain: (chain) => prepareChain(pool, chain),
    missing: (chainId, range, kinds) => missing(db, chainId, range, kinds),
    write: writer(pool, db),
    recordFailure: (chainId, range, reason) => recordFailure(db, chainId, range, reason),
    finish: (chainId) => finishChain(pool, chainId),
    status: () => readStatus(db),
    gaps: () => readGaps(db),
    storeGenesis: (chainId, chunks) => storeGenesis(pool, chainId, chunks),
    query: async (text, parameters = []) => (await pool.query(text, [...parameters])).rows,
    close: () => pool.end(),
  };
}

/** Remembers the chains and leaves it has seen: they are never removed while a writer runs. */
function writer(pool: pg.Pool, db: Queries): Store['write'] {
  const chains = new Map<string, ChainLeaves>();
  const leaves = new Set<string>();
  return async (batch: EncodedBatch) => {
    let chain = chains.get(batch.chainId);
    if (chain === undefined) chains.set(batch.chainId, (chain = await loadChain(db, batch.chainId)));
    await ensureLeaves(pool, chain, batch.range, leaves);
    return writeBatch(pool, chain, batch);
  };
}

async function recordFailure(db: Queries, chainId: string, range: BlockRange, told: string): Promise<void> {
  const reason = told.replaceAll('\0', '\ufffd');
  await db
    .insertInto('failed_ranges')
    .values({ chain_id: chainId, from_height: range.from, to_height: range.to, reason })
    .onConflict((conflict) =>
      conflict.columns(['chain_id', 'from_height', 'to_height']).doUpdateSet(({ eb }) => ({
        reason,
        attempts: eb('failed_ranges.attempts', '+', 1),
        last_failed: sql<Date>`now()`,
      })),
    )
    .execute();
}
