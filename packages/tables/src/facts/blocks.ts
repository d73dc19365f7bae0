import type { Block, ValidatorUpdate } from '@baleen/chain';
import { base64, consensusAddress, MAX_BECH32_BYTES, place, placeOf } from '../place.ts';
import { leaves } from '../storage.ts';
import { bounded, defineTable, optional, required } from '../table.ts';

const hash = (doc: string) => required('bytea', 'hash', `${doc} 32 bytes; empty where the chain wrote none.`);

export const blocks = defineTable({
  name: 'blocks',
  doc: 'One row is a block. Key: chain_id, height.',
  storage: leaves({ key: [], factor: 8 }),
  needs: 'blocks',
  columns: {
    ...place,
    block_hash: hash('Hash of the header.'),
    parts_total: required('int4', 'hash', 'Parts that the block travelled in.'),
    parts_hash: hash('Merkle root of the parts.'),
    version_block: required('numeric', 'hash', 'Version of the block protocol.'),
    version_app: required('numeric', 'hash', 'Version that the application says it has.'),
    num_txs: optional(
      'int8',
      'hash',
      'Txs in the block, as the header says. NULL: the era has no such field.',
    ),
    total_txs: optional('int8', 'hash', 'Txs in the chain up to here. NULL: the era has no such field.'),
    last_block_hash: hash('Hash of the block before.'),
    last_parts_total: required('int4', 'hash', 'Parts of the block before; 0 in the first block.'),
    last_parts_hash: hash('Merkle root of the parts of the block before.'),
    last_commit_hash: hash('Hash of the commit of the block before.'),
    data_hash: hash('Merkle root of the txs.'),
    validators_hash: hash('Hash of the validators that vote on this block.'),
    next_validators_hash: hash('Hash of the validators that vote on the next block.'),
    consensus_hash: hash('Hash of the consensus parameters.'),
    app_hash: required('bytea', 'hash', "The application's state after the block before. Usually 32 bytes."),
    last_results_hash: hash('Hash of the results of the block before.'),
    evidence_hash: hash('Hash of the evidence in the block.'),
    proposer_address: required('bytea', 'hash', "The proposer's consensus address, 20 bytes."),
    proposer_consensus_address: bounded(
      MAX_BECH32_BYTES,
      optional(
        'text',
        'redecode',
        "The proposer's consensus address in bech32. NULL: nothing tells the chain's prefix.",
      ),
    ),
    size: required('int4', 'hash', 'Bytes of the block, as the node counts them.'),
    tx_count: required('int4', 'hash', 'Txs in the block.'),
    results_hash: optional(
      'bytea',
      'hash',
      'What the next header must carry as last_results_hash. NULL: the source has no results of this block.',
    ),
    validator_updates: optional(
      'jsonb',
      'digest',
      'Changes of the validator set that the block answered, [{"key_type","public_key","power"},...]. NULL: no results.',
    ),
  },
  rows: (block) => [{ ...placeOf(block), ...identity(block), ...header(block), ...results(block) }],
});

const identity = ({ id, sizeBytes, txs }: Block) => ({
  block_hash: id.hash,
  parts_total: id.partsTotal,
  parts_hash: id.partsHash,
  size: sizeBytes,
  tx_count: txs.length,
});

function header(block: Block) {
  const { header } = block;
  return {
    version_block: header.versionBlock,
    version_app: header.versionApp,
    num_txs: header.numTxs ?? null,
    total_txs: header.totalTxs ?? null,
    last_block_hash: header.lastBlockId.hash,
    last_parts_total: header.lastBlockId.partsTotal,
    last_parts_hash: header.lastBlockId.partsHash,
    last_commit_hash: header.lastCommitHash,
    data_hash: header.dataHash,
    validators_hash: header.validatorsHash,
    next_validators_hash: header.nextValidatorsHash,
    consensus_hash: header.consensusHash,
    app_hash: header.appHash,
    last_results_hash: header.lastResultsHash,
    evidence_hash: header.evidenceHash,
    proposer_address: header.proposerAddress,
    proposer_consensus_address: consensusAddress(block, header.proposerAddress),
  };
}

const results = ({ results }: Block) => ({
  results_hash: results?.hash ?? null,
  validator_updates: results === undefined ? null : JSON.stringify(results.validatorUpdates.map(update)),
});

const update = ({ keyType, publicKey, power }: ValidatorUpdate) => ({
  key_type: keyType,
  public_key: base64(publicKey),
  power: String(power),
});
