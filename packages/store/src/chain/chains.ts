import {
  type ApplicationChoice,
  BaleenError,
  type BlockRange,
  intersection,
  merged,
  shownRange,
} from '@baleen/chain';
import { MAX_CHAIN_ID_BYTES } from '@baleen/tables';

import { type Selectable, sql } from 'kysely';
import type pg from 'pg';
import { equalBytes, shortHash } from '../hashes.ts';
import { ledgerRanges } from '../ledger/ledger.ts';
import { type Queries, transaction } from '../postgres/connections.ts';
import { lockChain, lockLeaves } from '../postgres/locks.ts';
import type { Schema } from '../postgres/schema.ts';
import type { ChainDescription } from './chain-description.ts';
import { learnApplications } from './learn-applications.ts';
import { type ChainLeaves, createChainPartitions, leafHeights } from './leaves.ts';

type StoredChain = Pick<Selectable<Schema['chains']>, 'number' | 'leaf_heights' | 'genesis_hash'>;

/** Creates the chain. When the database has it, checks that the source is the same chain, and stores facts that earlier sources lacked.
 * @returns the applications that read the chain's txs */
export async function prepareChain(pool: pg.Pool, chain: ChainDescription): Promise<ApplicationChoice[]> {
  if (Buffer.byteLength(chain.chainId) > MAX_CHAIN_ID_BYTES) throw longChainId(chain.chainId);
  return transaction(pool, async (db) => {
    await lockLeaves(db);
    const stored = await findChain(db, chain.chainId);
    if (stored === undefined) await createChain(db, chain);
    else {
      await checkSame(db, chain, stored);
      // Locked before the chain's row is updated: a writer takes the two in this order.
      await lockChain(db, stored.number);
      await learn(db, chain);
      // For tables that were added to Baleen after the chain was created.
      await createChainPartitions(db, leavesOf(chain.chainId, stored));
    }
    if (chain.wanted !== undefined) await want(db, chain.chainId, chain.wanted);
    return learnApplications(db, chain.chainId, chain.applications);
  });
}

/** Creates the chain's partitions of tables that were added to Baleen after the chain was created. */
export const addPartitions = (pool: pg.Pool, chainId: string): Promise<void> =>
  transaction(pool, async (db) => {
    await lockLeaves(db);
    await createChainPartitions(db, await loadChain(db, chainId));
  });

export async function loadChain(db: Queries, chainId: string): Promise<ChainLeaves> {
  const stored = await findChain(db, chainId);
  if (stored === undefined)
    throw new BaleenError(
      'operator',
      'STORE_UNKNOWN_CHAIN',
      `look for chain ${chainId}: the database has no such chain; baleen status lists those it has, baleen index adds one`,
    );
  return leavesOf(chainId, stored);
}

const leavesOf = (chainId: string, { number, leaf_heights }: StoredChain): ChainLeaves => ({
  chainId,
  number,
  leafHeights: leaf_heights,
});

const findChain = (db: Queries, chainId: string): Promise<StoredChain | undefined> =>
  db
    .selectFrom('chains')
    .select(['number', 'leaf_heights', 'genesis_hash'])
    .where('chain_id', '=', chainId)
    .executeTakeFirst();

async function createChain(db: Queries, chain: ChainDescription): Promise<void> {
  const heights = chain.source.to - chain.source.from + 1;
  const { number, leaf_heights } = await db
    .insertInto('chains')
    .values({
      chain_id: chain.chainId,
      lineage: lineageOf(chain.chainId),
      initial_height: chain.initialHeight,
      genesis_hash: chain.genesisHash ?? null,
      genesis_file_sha256: chain.genesisFileSha256 ?? null,
      bech32_prefix: chain.bech32Prefix ?? null,
      leaf_heights: leafHeights(chain.eventsPerBlock, heights),
    })
    .returning(['number', 'leaf_heights'])
    .executeTakeFirstOrThrow();
  await createChainPartitions(db, { chainId: chain.chainId, number, leafHeights: leaf_heights });
}

/** Stores facts that earlier sources lacked, and the lineage, which the user may have set meanwhile. Without a genesis the first height was
 * taken to be 1. */
const learn = (db: Queries, chain: ChainDescription): Promise<unknown> =>
  db
    .updateTable('chains')
    .set(({ fn, val, ref }) => ({
      initial_height:
        chain.genesisHash === undefined
          ? ref('initial_height')
          : sql<number>`case when genesis_hash is null then ${chain.initialHeight} else initial_height end`,
      genesis_hash: fn.coalesce('genesis_hash', val(chain.genesisHash ?? null)),
      genesis_file_sha256: fn.coalesce('genesis_file_sha256', val(chain.genesisFileSha256 ?? null)),
      bech32_prefix: fn.coalesce('bech32_prefix', val(chain.bech32Prefix ?? null)),
      lineage: lineageOf(chain.chainId),
    }))
    .where('chain_id', '=', chain.chainId)
    .execute();

const lineageOf = (chainId: string) =>
  sql<string>`coalesce((select lineage from baleen_store.lineages where chain_id = ${chainId}), ${chainId})`;

async function want(db: Queries, chainId: string, wanted: BlockRange): Promise<void> {
  const before = await db
    .deleteFrom('wanted_ranges')
    .where('chain_id', '=', chainId)
    .returning(['from_height as from', 'to_height as to'])
    .execute();
  const ranges = merged([wanted, ...before]);
  await db
    .insertInto('wanted_ranges')
    .values(ranges.map(({ from, to }) => ({ chain_id: chainId, from_height: from, to_height: to })))
    .execute();
}

/** Checks that source and database hold the same chain. An equal chain id is not enough: a common block must be equal, else the genesis,
 * else two adjoining headers must link. */
async function checkSame(db: Queries, chain: ChainDescription, stored: StoredChain): Promise<void> {
  const there = await ledgerRanges(db, chain.chainId, 'blocks');
  const heights = commonHeights(there, chain.source);
  for (const height of heights) await checkBlock(db, chain, height);
  if (heights.length > 0) return;
  if (stored.genesis_hash !== null && chain.genesisHash !== undefined) {
    if (!equalBytes(stored.genesis_hash, chain.genesisHash))
      throw otherChain(chain, 'genesis hash', chain.genesisHash, stored.genesis_hash);
    return;
  }
  if (there.length === 0 || chain.trust || (await isLinked(db, chain, there))) return;
  throw new BaleenError(
    'data',
    'STORE_CHAIN_UNPROVED',
    `compare ${chain.chainId} of the source (${shownRange(chain.source)}) with the database: no common height, no genesis on ` +
      'both sides, no adjoining header, so nothing proves that they are one chain; nothing written; give a source that overlaps, or --trust',
  );
}

/** Ends of the ranges that both have. Comparing these is enough: parent hashes cover everything between. */
function commonHeights(there: readonly BlockRange[], source: BlockRange): number[] {
  const common = there.flatMap((range) => intersection(range, source) ?? []);
  return [...new Set(common.flatMap(({ from, to }) => [from, to]))];
}

async function checkBlock(db: Queries, chain: ChainDescription, height: number): Promise<void> {
  const header = await chain.headerAt(height);
  const stored = await blockAt(db, chain.chainId, height);
  if (header !== undefined && stored !== undefined && !equalBytes(header.blockHash, stored.block_hash))
    throw otherChain(chain, `block ${height}`, header.blockHash, stored.block_hash);
}

const blockAt = (db: Queries, chainId: string, height: number) =>
  db
    .selectFrom('blocks')
    .select(['block_hash', 'last_block_hash'])
    .where('chain_id', '=', chainId)
    .where('height', '=', height)
    .executeTakeFirst();

/** Whether a stored range and the source adjoin and link by parent hash, at either end. */
async function isLinked(
  db: Queries,
  chain: ChainDescription,
  there: readonly BlockRange[],
): Promise<boolean> {
  const { from, to } = chain.source;
  if (there.some((range) => range.to === from - 1)) {
    const [first, below] = [await chain.headerAt(from), await blockAt(db, chain.chainId, from - 1)];
    if (first !== undefined && below !== undefined && equalBytes(first.lastBlockHash, below.block_hash))
      return true;
  }
  if (!there.some((range) => range.from === to + 1)) return false;
  const [last, above] = [await chain.headerAt(to), await blockAt(db, chain.chainId, to + 1)];
  return last !== undefined && above !== undefined && equalBytes(last.blockHash, above.last_block_hash);
}

const longChainId = (chainId: string): BaleenError =>
  new BaleenError(
    'data',
    'STORE_LONG_CHAIN_ID',
    `prepare chain ${chainId.slice(0, MAX_CHAIN_ID_BYTES)}…: expected a chain id of at most ${MAX_CHAIN_ID_BYTES} bytes, as Tendermint ` +
      `allows, found ${Buffer.byteLength(chainId)}; nothing written; the source does not hold a chain's blocks`,
  );

const otherChain = (
  chain: ChainDescription,
  what: string,
  source: Uint8Array,
  stored: Uint8Array,
): BaleenError =>
  new BaleenError(
    'data',
    'STORE_OTHER_CHAIN',
    `compare ${chain.chainId} of the source with the database: ${what} is ${shortHash(source)} in the source, ${shortHash(stored)} ` +
      'in the database; another chain with the same id; nothing written; use another database, or baleen forget the old one',
  );
