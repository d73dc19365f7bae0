/** Makes a block of its rows: the inverse of what `rows` of each table does. */
import type {
  Block,
  BlockId,
  BlockResults,
  Commit,
  CommitSignature,
  ConsensusParams,
  Event,
  EventPhase,
  Evidence,
  Header,
  RawStoredBlock,
  TxResult,
  ValidatorSet,
  ValidatorUpdate,
} from '@baleen/chain';
import { attributesOf, exactText, otherBlockIdOf, timeOf } from '@baleen/tables';
import type {
  BlockRow,
  BlockRows,
  CommitRow,
  EventRow,
  EvidenceRow,
  HeaderRow,
  TxRow,
} from './block-rows.ts';

const NO_BYTES = new Uint8Array();

/** Facts of a block that stand in tables of other keys than its height. */
export interface SharedFacts {
  readonly validatorSet: ValidatorSet | undefined;
  readonly consensusParams: ConsensusParams | undefined;
}

export type StoredBody = Pick<RawStoredBlock, 'block' | 'txs' | 'resultBytes'>;

/** @throws BaleenError data `WIRE_MALFORMED`; SyntaxError: rows that something else than Baleen has changed */
export function blockOf(
  { chainId, bech32Prefix }: Pick<Block, 'chainId' | 'bech32Prefix'>,
  rows: BlockRows,
  shared: SharedFacts,
): StoredBody {
  const { block: row, events } = rows;
  const results = row.results_hash === null ? undefined : resultsOf(row, row.results_hash, rows);
  return {
    block: {
      chainId,
      bech32Prefix,
      height: Number(row.height),
      id: { hash: row.block_hash, partsTotal: row.parts_total, partsHash: row.parts_hash },
      header: headerOf(chainId, row),
      sizeBytes: row.size,
      evidence: rows.evidence.map(evidenceOf),
      lastCommit: rows.lastCommit && commitOf(rows.lastCommit),
      results,
      ...shared,
    },
    txs: rows.txs.map(({ raw }, index) => ({ raw, result: results?.txs[index] })),
    resultBytes:
      events.reduce((sum, { attributes }) => sum + attributes.length, 0) +
      rows.txs.reduce((sum, { log }) => sum + (log?.length ?? 0), 0),
  };
}

function headerOf(chainId: string, row: HeaderRow): Header {
  return {
    versionBlock: row.version_block,
    versionApp: row.version_app,
    chainId,
    height: Number(row.height),
    time: timeOf(row.time, row.time_ns),
    ...(row.num_txs !== null && { numTxs: BigInt(row.num_txs) }),
    ...(row.total_txs !== null && { totalTxs: BigInt(row.total_txs) }),
    lastBlockId: lastBlockIdOf(row),
    lastCommitHash: row.last_commit_hash,
    dataHash: row.data_hash,
    validatorsHash: row.validators_hash,
    nextValidatorsHash: row.next_validators_hash,
    consensusHash: row.consensus_hash,
    appHash: row.app_hash,
    lastResultsHash: row.last_results_hash,
    evidenceHash: row.evidence_hash,
    proposerAddress: row.proposer_address,
  };
}

const lastBlockIdOf = (row: HeaderRow): BlockId => ({
  hash: row.last_block_hash,
  partsTotal: row.last_parts_total,
  partsHash: row.last_parts_hash,
});

function resultsOf(row: BlockRow, hash: Uint8Array, { txs, events }: BlockRows): BlockResults {
  const ofTx = Map.groupBy(events, ({ tx_index }) => tx_index);
  const ofBlock = (phase: EventPhase): Event[] =>
    (ofTx.get(null) ?? []).filter((event) => event.phase === phase).map(eventOf);
  return {
    beginEvents: ofBlock('begin_block'),
    txs: txs.map((tx) => txResultOf(tx, (ofTx.get(tx.tx_index) ?? []).map(eventOf))),
    endEvents: ofBlock('end_block'),
    finalizeEvents: ofBlock('finalize_block'),
    validatorUpdates: validatorUpdatesOf(row.validator_updates!),
    hash,
  };
}

const txResultOf = (row: TxRow, events: readonly Event[]): TxResult => ({
  code: Number(row.code!),
  data: row.data!,
  log: exactText(row.log!, row.log_raw),
  info: exactText(row.info!, row.info_raw),
  gasWanted: row.gas_wanted!,
  gasUsed: row.gas_used!,
  codespace: exactText(row.codespace!, row.codespace_raw),
  events,
});

const eventOf = (row: EventRow): Event => ({
  type: exactText(row.type, row.type_raw),
  attributes: attributesOf(row),
});

interface UpdateJson {
  readonly key_type: string;
  readonly public_key: string;
  readonly power: string;
}

const validatorUpdatesOf = (json: string): ValidatorUpdate[] =>
  (JSON.parse(json) as UpdateJson[]).map(({ key_type, public_key, power }) => ({
    keyType: key_type,
    publicKey: new Uint8Array(Buffer.from(public_key, 'base64')),
    power: BigInt(power),
  }));

const evidenceOf = (row: EvidenceRow): Evidence => ({
  kind: row.kind as Evidence['kind'],
  index: row.evidence_index,
  evidenceHeight: Number(row.evidence_height),
  consensusAddress: row.address ?? NO_BYTES,
  power: row.power === null ? undefined : BigInt(row.power),
  totalPower: row.total_power === null ? undefined : BigInt(row.total_power),
  time: timeOf(row.evidence_time, row.evidence_time_ns),
  raw: row.raw,
});

function commitOf(row: CommitRow): Commit {
  return {
    height: Number(row.height),
    round: row.round,
    blockId: { hash: row.block_hash, partsTotal: row.parts_total, partsHash: row.parts_hash },
    signatures: row.flags.map((flag, index) => signatureOf(row, flag!, index)),
  };
}

function signatureOf(row: CommitRow, flag: number, index: number): CommitSignature {
  const other = row.other_block_ids?.[index] ?? null;
  return {
    flag,
    ...(other !== null && { blockId: otherBlockIdOf(other) }),
    address: row.addresses[index] ?? NO_BYTES,
    time: timeOf(row.times[index] ?? null, row.times_ns[index] ?? null),
    signature: row.signatures[index] ?? NO_BYTES,
  };
}
