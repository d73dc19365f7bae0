import type { BlockRange } from '@baleen/chain';
import type pg from 'pg';
import type { EncodedBatch } from './batch.ts';
import { loadChain, prepareChain } from './chains.ts';
import { connect, openPool } from './database.ts';
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
  try {
    (await connect(pool)).release();
  } catch (error) {
    await pool.end();
    throw error;
  }
  const write = writer(pool);
  return {
    migrate: (options) => migrate(pool, options),
    prepareChain: (chain) => prepareChain(pool, chain),
    missing: (chainId, range, kinds) => missing(pool, chainId, range, kinds),
    write,
    recordFailure: (chainId, range, reason) => recordFailure(pool, chainId, range, reason),
    finish: (chainId) => finishChain(pool, chainId),
    status: () => readStatus(pool),
    gaps: () => readGaps(pool),
    storeGenesis: (chainId, chunks) => storeGenesis(pool, chainId, chunks),
    query: async (sql, parameters = []) => (await pool.query(sql, [...parameters])).rows,
    close: () => pool.end(),
  };
}

/** Remembers the chains and leaves it has seen: they are never removed while a writer runs. */
function writer(pool: pg.Pool): Store['write'] {
  const chains = new Map<string, ChainLeaves>();
  const leaves = new Set<string>();
  return async (batch: EncodedBatch) => {
    let chain = chains.get(batch.chainId);
    if (chain === undefined) chains.set(batch.chainId, (chain = await loadChain(pool, batch.chainId)));
    await ensureLeaves(pool, chain, batch.range, leaves);
    return writeBatch(pool, chain, batch);
  };
}

const recordFailure = async (
  pool: pg.Pool,
  chainId: string,
  range: BlockRange,
  reason: string,
): Promise<void> => {
  await pool.query(
    `insert into baleen_store.failed_ranges (chain_id, from_height, to_height, reason) values ($1, $2, $3, $4)
     on conflict (chain_id, from_height, to_height)
     do update set reason = excluded.reason, attempts = failed_ranges.attempts + 1, last_failed = now()`,
    [chainId, range.from, range.to, reason.replaceAll('\0', '\ufffd')],
  );
};
