import { BaleenError, type BlockRange } from '@baleen/chain';
import type pg from 'pg';
import { equalBytes, shortHash } from './bytes.ts';
import { type Queryable, transaction } from './database.ts';
import { type ChainLeaves, createChainPartitions, leafHeights } from './leaves.ts';
import { ledgerRanges } from './ledger.ts';
import { lockChain, lockLeaves } from './locks.ts';
import { merged, shownRange } from './ranges.ts';
import type { ChainDescription } from './store.ts';

interface StoredChain {
  number: number;
  leaf_heights: string;
  genesis_hash: Buffer | null;
}

/** Creates the chain, or checks that the source is the same chain and learns what the database didn't know. */
export async function prepareChain(pool: pg.Pool, chain: ChainDescription): Promise<void> {
  await transaction(pool, async (client) => {
    await lockLeaves(client);
    const stored = await findChain(client, chain.chainId);
    if (stored === undefined) await createChain(client, chain);
    else {
      await checkSame(client, chain, stored);
      // Before the chain's row is touched: a writer holds this lock when it touches the row.
      await lockChain(client, stored.number);
      await learn(client, chain);
    }
    await want(client, chain.chainId, chain.wanted);
  });
}

export async function loadChain(client: Queryable, chainId: string): Promise<ChainLeaves> {
  const stored = await findChain(client, chainId);
  if (stored === undefined)
    throw new BaleenError(
      'operator',
      'STORE_UNKNOWN_CHAIN',
      `look for chain ${chainId}: the database has no such chain; prepare it first`,
    );
  return { chainId, number: stored.number, leafHeights: Number(stored.leaf_heights) };
}

async function findChain(client: Queryable, chainId: string): Promise<StoredChain | undefined> {
  const { rows } = await client.query<StoredChain>(
    'select number, leaf_heights, genesis_hash from baleen_store.chains where chain_id = $1',
    [chainId],
  );
  return rows[0];
}

async function createChain(client: Queryable, chain: ChainDescription): Promise<void> {
  const { rows } = await client.query<StoredChain>(
    `insert into baleen_store.chains
       (chain_id, lineage, initial_height, genesis_hash, genesis_file_sha256, bech32_prefix, leaf_heights)
     values ($1, coalesce((select lineage from baleen_store.lineages where chain_id = $1), $1), $2, $3, $4, $5, $6)
     returning number, leaf_heights, genesis_hash`,
    [
      chain.chainId,
      chain.initialHeight,
      chain.genesisHash ?? null,
      chain.genesisFileSha256 ?? null,
      chain.bech32Prefix ?? null,
      leafHeights(chain.eventsPerBlock, chain.source.to - chain.source.from + 1),
    ],
  );
  const { number, leaf_heights } = rows[0]!;
  await createChainPartitions(client, { chainId: chain.chainId, number, leafHeights: Number(leaf_heights) });
}

/** What an earlier source didn't have; and the lineage, which the user may have told since. */
const learn = (client: Queryable, chain: ChainDescription): Promise<unknown> =>
  client.query(
    `update baleen_store.chains set
       genesis_hash = coalesce(genesis_hash, $2),
       genesis_file_sha256 = coalesce(genesis_file_sha256, $3),
       bech32_prefix = coalesce(bech32_prefix, $4),
       lineage = coalesce((select lineage from baleen_store.lineages where chain_id = $1), $1)
     where chain_id = $1`,
    [chain.chainId, chain.genesisHash ?? null, chain.genesisFileSha256 ?? null, chain.bech32Prefix ?? null],
  );

async function want(client: Queryable, chainId: string, wanted: BlockRange): Promise<void> {
  const { rows } = await client.query<{ from: string; to: string }>(
    'delete from baleen_store.wanted_ranges where chain_id = $1 returning from_height as from, to_height as to',
    [chainId],
  );
  const ranges = merged([wanted, ...rows.map(({ from, to }) => ({ from: Number(from), to: Number(to) }))]);
  await client.query(
    `insert into baleen_store.wanted_ranges (chain_id, from_height, to_height)
     select $1, * from unnest($2::int8[], $3::int8[])`,
    [chainId, ranges.map(({ from }) => from), ranges.map(({ to }) => to)],
  );
}

/** Same chain id is not enough: a common block, else the genesis, else a link between headers must agree. */
async function checkSame(client: Queryable, chain: ChainDescription, stored: StoredChain): Promise<void> {
  const there = await ledgerRanges(client, chain.chainId, 'blocks');
  const heights = commonHeights(there, chain.source);
  for (const height of heights) await checkBlock(client, chain, height);
  if (heights.length > 0) return;
  if (stored.genesis_hash !== null && chain.genesisHash !== undefined) {
    if (!equalBytes(stored.genesis_hash, chain.genesisHash))
      throw otherChain(chain, 'genesis hash', chain.genesisHash, stored.genesis_hash);
    return;
  }
  if (there.length === 0 || chain.trust || (await isLinked(client, chain, there))) return;
  throw new BaleenError(
    'data',
    'STORE_CHAIN_UNPROVED',
    `compare ${chain.chainId} of the source (${shownRange(chain.source)}) with the database: no common height, no genesis on ` +
      'both sides, no adjoining header, so nothing proves that they are one chain; nothing written; give a source that overlaps, or --trust',
  );
}

/** The ends of what both have; parent hashes tie everything between. */
function commonHeights(there: readonly BlockRange[], source: BlockRange): number[] {
  const common = there
    .map(({ from, to }) => ({ from: Math.max(from, source.from), to: Math.min(to, source.to) }))
    .filter(({ from, to }) => from <= to);
  return [...new Set(common.flatMap(({ from, to }) => [from, to]))];
}

async function checkBlock(client: Queryable, chain: ChainDescription, height: number): Promise<void> {
  const header = await chain.headerAt(height);
  const stored = await blockHash(client, chain.chainId, height);
  if (header !== undefined && stored !== undefined && !equalBytes(header.blockHash, stored))
    throw otherChain(chain, `block ${height}`, header.blockHash, stored);
}

async function blockHash(client: Queryable, chainId: string, height: number): Promise<Buffer | undefined> {
  const { rows } = await client.query<{ block_hash: Buffer }>(
    'select block_hash from baleen_store.blocks where chain_id = $1 and height = $2',
    [chainId, height],
  );
  return rows[0]?.block_hash;
}

/** Whether a range of the database ends where the source begins, or begins where it ends, by parent hash. */
async function isLinked(
  client: Queryable,
  chain: ChainDescription,
  there: readonly BlockRange[],
): Promise<boolean> {
  const { from, to } = chain.source;
  if (there.some((range) => range.to === from - 1)) {
    const [first, below] = [await chain.headerAt(from), await blockHash(client, chain.chainId, from - 1)];
    if (first !== undefined && below !== undefined && equalBytes(first.lastBlockHash, below)) return true;
  }
  if (!there.some((range) => range.from === to + 1)) return false;
  const last = await chain.headerAt(to);
  const { rows } = await client.query<{ last_block_hash: Buffer }>(
    'select last_block_hash from baleen_store.blocks where chain_id = $1 and height = $2',
    [chain.chainId, to + 1],
  );
  return last !== undefined && rows[0] !== undefined && equalBytes(last.blockHash, rows[0].last_block_hash);
}

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
