import { HEADER_HASHES } from '../../../apps/indexer/src/lcd/routes/blocks.ts';
import { at, type Json, list, text, textOr } from '../json.ts';
import type { Kind, Recorded, Scope, Shown } from '../kind.ts';
import { addressHex, bytesOfBase64, sha256Hex, timeOf, timeSql } from '../normal.ts';
import { answers } from '../recording.ts';

const blockId = (json: Json | undefined): Json => ({
  hash: textOr(at(json, 'hash'), ''),
  parts_total: textOr(at(json, 'parts', 'total'), '0'),
  parts_hash: textOr(at(json, 'parts', 'hash'), ''),
});

function headerOf(header: Json | undefined): { [key: string]: Json } {
  return {
    version_block: textOr(at(header, 'version', 'block'), '0'),
    version_app: textOr(at(header, 'version', 'app'), '0'),
    chain_id: text(at(header, 'chain_id')),
    height: text(at(header, 'height')),
    time: timeOf(at(header, 'time')),
    num_txs: text(at(header, 'num_txs')),
    total_txs: text(at(header, 'total_txs')),
    last_block_id: blockId(at(header, 'last_block_id')),
    proposer: textOr(at(header, 'proposer_address'), ''),
    proposer_bech32: textOr(at(header, 'proposer_address'), ''),
    ...Object.fromEntries(HEADER_HASHES.map((name) => [name, textOr(at(header, name), '')])),
  };
}

function recorded(recording: { rpc: Parameters<typeof answers>[0] }): Map<string, Recorded> {
  const blocks = new Map<string, Recorded>();
  for (const { body } of answers(recording.rpc, '/block')) {
    const header = at(body, 'block', 'header');
    const height = text(at(header, 'height'));
    if (height === null) continue;
    const hashes = list(at(body, 'block', 'data', 'txs')).map((tx) => sha256Hex(bytesOfBase64(tx)));
    const value = {
      ...headerOf(header),
      block_id: blockId(at(body, 'block_id') ?? at(body, 'block_meta', 'block_id')),
      tx_count: String(hashes.length),
      txs: hashes,
    };
    blocks.set(height, { height: Number(height), value });
  }
  return blocks;
}

const hashColumns = HEADER_HASHES.map((name) => `coalesce(${name}, '') as ${name}`).join(', ');

async function shown({ database, chainId }: Scope): Promise<Shown[]> {
  const { rows } = await database.query<Record<string, string | null>>(
    `select chain_id, height::text, version_block::text, version_app::text, num_txs::text, total_txs::text, ${timeSql('time', 'time_ns')} as time,
       coalesce(block_hash, '') as hash, coalesce(parts_total, 0)::text as parts_total, coalesce(parts_hash, '') as parts_hash,
       coalesce(last_block_hash, '') as last_hash, coalesce(last_parts_total, 0)::text as last_parts_total,
       coalesce(last_parts_hash, '') as last_parts_hash, ${hashColumns}, proposer_address_hex as proposer_hex, proposer_consensus_address as proposer, tx_count::text
     from baleen.blocks where chain_id = $1 order by blocks.height`,
    [chainId],
  );
  const txs = await hashesByHeight(database, chainId);
  return rows.map((row) => {
    const {
      hash,
      parts_total,
      parts_hash,
      last_hash,
      last_parts_total,
      last_parts_hash,
      proposer,
      proposer_hex,
      ...rest
    } = row;
    const value: Json = {
      ...(rest as { [key: string]: Json }),
      proposer: proposer_hex!,
      proposer_bech32: addressHex(proposer ?? null),
      block_id: { hash: hash!, parts_total: parts_total!, parts_hash: parts_hash! },
      last_block_id: { hash: last_hash!, parts_total: last_parts_total!, parts_hash: last_parts_hash! },
      txs: txs.get(row.height!) ?? [],
    };
    return { key: row.height!, recordedAs: row.height!, value };
  });
}

async function hashesByHeight(database: Scope['database'], chainId: string): Promise<Map<string, string[]>> {
  const { rows } = await database.query<{ height: string; hashes: string[] }>(
    `select height::text, array_agg(tx_hash order by tx_index) as hashes
     from baleen.txs where chain_id = $1 group by height`,
    [chainId],
  );
  return new Map(rows.map(({ height, hashes }) => [height, hashes]));
}

/** Every header field, the block's id and parts, and the hashes of its txs in order. */
export const blocks: Kind = { name: 'blocks', recorded, shown };
