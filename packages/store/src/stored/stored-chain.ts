import { type ApplicationChoice, BaleenError, type EraName } from '@baleen/chain';
import type pg from 'pg';

/** What the rows tell of a chain, as it was when it was opened. Plain data: it may cross threads. */
export interface StoredChain {
  readonly chainId: string;
  /** Newest consensus era among the blocks. */
  readonly era: EraName;
  readonly initialHeight: number;
  readonly bech32Prefix: string | undefined;
  /** Lowest and highest stored height. */
  readonly base: number;
  readonly head: number;
  /** Names of the stores whose state is there; undefined: no state is. */
  readonly stores: readonly string[] | undefined;
  /** The applications that read its txs, in order of heights; none: a database of before they were stored. */
  readonly applications: readonly ApplicationChoice[];
}

/** Block protocol of Tendermint 0.33 and older; later ones have a higher one. */
const OLD_BLOCK_PROTOCOL = 10;

/** @throws BaleenError operator `STORE_UNKNOWN_CHAIN`: the database has no block of that chain */
export async function readStoredChain(client: pg.ClientBase, chainId: string): Promise<StoredChain> {
  const { rows } = await client.query<{
    initial_height: string;
    bech32_prefix: string | null;
    base: string | null;
    head: string | null;
    stores: string[] | null;
  }>(
    `select initial_height, bech32_prefix,
       (select min(from_height) from baleen_store.ranges r where r.chain_id = c.chain_id and kind = 'blocks') as base,
       (select max(to_height) from baleen_store.ranges r where r.chain_id = c.chain_id and kind = 'blocks') as head,
       (select array_agg(distinct substr(kind, 7) order by substr(kind, 7)) from baleen_store.ranges r
        where r.chain_id = c.chain_id and kind like 'state:%') as stores
     from baleen_store.chains c where chain_id = $1`,
    [chainId],
  );
  const [row] = rows;
  if (row === undefined || row.base === null || row.head === null) throw unknownChain(chainId);
  const [base, head] = [Number(row.base), Number(row.head)];
  return {
    chainId,
    era: await eraOf(client, chainId, head),
    initialHeight: Number(row.initial_height),
    bech32Prefix: row.bech32_prefix ?? undefined,
    base,
    head,
    stores: row.stores ?? undefined,
    applications: await readApplications(client, chainId),
  };
}

async function readApplications(client: pg.ClientBase, chainId: string): Promise<ApplicationChoice[]> {
  const { rows } = await client.query<{ name: string; from: string; reason: string }>(
    `select application as name, from_height as from, reason from baleen_store.applications where chain_id = $1 order by from_height`,
    [chainId],
  );
  return rows.map(({ name, from, reason }) => ({ name, from: Number(from), reason }));
}

/** Tells the era of the highest block by what only one era writes. Between 0.34 and later ones only results and params tell: an era
 * whose forms did not occur reads the same blocks. */
async function eraOf(client: pg.ClientBase, chainId: string, head: number): Promise<EraName> {
  const { rows } = await client.query<{
    is_counted: boolean;
    version_block: string;
    is_finalized: boolean;
    has_later_params: boolean;
  }>(
    `select num_txs is not null as is_counted, version_block,
       exists (select from baleen_store.events e where e.chain_id = b.chain_id and e.height between b.height - 9 and b.height
               and phase = 'finalize_block') as is_finalized,
       exists (select from baleen_store.consensus_params_ranges r join baleen_store.consensus_params p using (chain_id, params_hash)
               where r.chain_id = b.chain_id and r.to_height >= b.height - 9 and synchrony_precision_ns is not null) as has_later_params
     from baleen_store.blocks b where chain_id = $1 and height = $2`,
    [chainId, head],
  );
  const signs = rows[0];
  if (signs === undefined) throw unknownChain(chainId);
  if (signs.is_counted) return 'tendermint-0.32';
  if (Number(signs.version_block) <= OLD_BLOCK_PROTOCOL) return 'tendermint-0.33';
  if (signs.has_later_params) return 'cometbft-1';
  return signs.is_finalized ? 'cometbft-0.38' : 'tendermint-0.34';
}

const unknownChain = (chainId: string): BaleenError =>
  new BaleenError(
    'operator',
    'STORE_UNKNOWN_CHAIN',
    `read the stored blocks of ${chainId}: the database has none; baleen status lists the chains it has`,
  );
