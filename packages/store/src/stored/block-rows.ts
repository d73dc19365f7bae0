/** Reads the rows of blocks from each table that has a part of a block. */
import type { BlockRange } from '@baleen/chain';
import type { RowOfTable } from '@baleen/tables';
import pg from 'pg';
import { readRows } from './read-rows.ts';

const HEADER = [
  ...(['height', 'time', 'time_ns', 'version_block', 'version_app', 'num_txs', 'total_txs'] as const),
  ...(['last_block_hash', 'last_parts_total', 'last_parts_hash', 'last_commit_hash', 'data_hash'] as const),
  ...([
    'validators_hash',
    'next_validators_hash',
    'consensus_hash',
    'app_hash',
    'last_results_hash',
  ] as const),
  ...(['evidence_hash', 'proposer_address', 'proposer_consensus_address'] as const),
] as const;
const BLOCK = [
  ...HEADER,
  ...(['block_hash', 'parts_total', 'parts_hash', 'size', 'results_hash', 'validator_updates'] as const),
] as const;
const TX = [
  ...(['height', 'tx_index', 'raw', 'code', 'codespace', 'codespace_raw', 'gas_wanted', 'gas_used'] as const),
  ...(['data', 'log', 'log_raw', 'info', 'info_raw'] as const),
] as const;
const EVENT = ['height', 'phase', 'tx_index', 'type', 'type_raw', 'attributes', 'attributes_raw'] as const;
const EVIDENCE = [
  ...(['height', 'evidence_index', 'kind', 'evidence_height', 'address', 'power', 'total_power'] as const),
  ...(['evidence_time', 'evidence_time_ns', 'raw'] as const),
] as const;
const COMMIT = [
  ...(['height', 'round', 'block_hash', 'parts_total', 'parts_hash', 'flags', 'addresses'] as const),
  ...(['times', 'times_ns', 'signatures', 'other_block_ids'] as const),
] as const;

export type HeaderRow = Pick<RowOfTable<'blocks'>, (typeof HEADER)[number]>;
export type BlockRow = Pick<RowOfTable<'blocks'>, (typeof BLOCK)[number]>;
export type TxRow = Pick<RowOfTable<'txs'>, (typeof TX)[number]>;
export type EventRow = Pick<RowOfTable<'events'>, (typeof EVENT)[number]>;
export type EvidenceRow = Pick<RowOfTable<'evidence'>, (typeof EVIDENCE)[number]>;
export type CommitRow = Pick<RowOfTable<'commits'>, (typeof COMMIT)[number]>;

/** All rows of one block: its txs, events and pieces of evidence are in their order in the block. */
export interface BlockRows {
  readonly block: BlockRow;
  readonly txs: readonly TxRow[];
  readonly events: readonly EventRow[];
  readonly evidence: readonly EvidenceRow[];
  /** The commit of the block below, which is stored in this block; undefined in the first block of a chain. */
  readonly lastCommit: CommitRow | undefined;
}

/** Reads the rows of the table `blocks` in a range, in order of height. */
export const readBlockRows = (
  client: pg.ClientBase,
  chainId: string,
  range: BlockRange,
): Promise<BlockRow[]> =>
  readRows(client, 'blocks', { columns: BLOCK, where: within(chainId, range), orderBy: 'height' });

/** Reads the other rows of blocks that follow each other: txs, events, evidence and commits, with one query per table. */
export async function readRowsOfBlocks(
  client: pg.ClientBase,
  chainId: string,
  blocks: readonly BlockRow[],
): Promise<BlockRows[]> {
  const heights = { from: Number(blocks[0]!.height), to: Number(blocks.at(-1)!.height) };
  const where = within(chainId, heights);
  const below = within(chainId, { from: heights.from - 1, to: heights.to - 1 });
  const txs = byHeight(await readRows(client, 'txs', { columns: TX, where, orderBy: 'height, tx_index' }));
  const events = byHeight(
    await readRows(client, 'events', { columns: EVENT, where, orderBy: 'height, event_index' }),
  );
  const evidence = byHeight(
    await readRows(client, 'evidence', {
      columns: EVIDENCE,
      where,
      orderBy: 'height, evidence_index, validator_index',
    }),
  );
  const commits = byHeight(
    await readRows(client, 'commits', { columns: COMMIT, where: below, orderBy: 'height' }),
  );
  return blocks.map((block) => {
    const height = Number(block.height);
    return {
      block,
      txs: txs.get(height) ?? [],
      events: events.get(height) ?? [],
      evidence: evidence.get(height) ?? [],
      lastCommit: commits.get(height - 1)?.[0],
    };
  });
}

const within = (chainId: string, { from, to }: BlockRange): string =>
  `chain_id = ${pg.escapeLiteral(chainId)} and height between ${from} and ${to}`;

const byHeight = <Row extends { readonly height: number | bigint }>(
  rows: readonly Row[],
): Map<number, Row[]> => Map.groupBy(rows, ({ height }) => Number(height));
