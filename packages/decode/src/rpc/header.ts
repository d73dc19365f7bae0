/** Block ids, headers and commits of RPC's JSON. */
import type { BlockId, Commit, Header } from '@baleen/chain';
import { parseGoTime } from '../parse-go-time.ts';
import { commitOf, type Precommit } from '../tendermint/precommits.ts';
import { fromBase64, fromHex, malformed, toBigInt, toInteger } from './scalars.ts';
import type { RpcBlockId, RpcCommit, RpcHeader, RpcPrecommits, RpcVote } from './schemas.ts';

export function decodeBlockId(id: RpcBlockId): BlockId {
  const parts = 'parts' in id ? id.parts : id.part_set_header;
  return { hash: fromHex(id.hash), partsTotal: toInteger(parts.total), partsHash: fromHex(parts.hash) };
}

export function decodeHeader(header: RpcHeader): Header {
  return {
    versionBlock: toBigInt(header.version.block),
    versionApp: toBigInt(header.version.app),
    chainId: header.chain_id,
    height: toInteger(header.height),
    time: parseGoTime(header.time),
    ...(header.num_txs !== undefined && {
      numTxs: toBigInt(header.num_txs),
      totalTxs: toBigInt(header.total_txs),
    }),
    lastBlockId: decodeBlockId(header.last_block_id),
    lastCommitHash: fromHex(header.last_commit_hash),
    dataHash: fromHex(header.data_hash),
    validatorsHash: fromHex(header.validators_hash),
    nextValidatorsHash: fromHex(header.next_validators_hash),
    consensusHash: fromHex(header.consensus_hash),
    appHash: fromHex(header.app_hash),
    lastResultsHash: fromHex(header.last_results_hash),
    evidenceHash: fromHex(header.evidence_hash),
    proposerAddress: fromHex(header.proposer_address),
  };
}

export function decodeCommit(commit: RpcCommit): Commit {
  return {
    height: toInteger(commit.height),
    round: toInteger(commit.round),
    blockId: decodeBlockId(commit.block_id),
    signatures: (commit.signatures ?? []).map((each) => ({
      flag: each.block_id_flag,
      address: fromHex(each.validator_address),
      time: parseGoTime(each.timestamp),
      signature: fromBase64(each.signature),
    })),
  };
}

/** A commit of 0.31 or 0.32; undefined for the empty one of a chain's first block. */
export const decodePrecommits = ({ block_id, precommits }: RpcPrecommits): Commit | undefined =>
  commitOf(
    decodeBlockId(block_id),
    (precommits ?? []).map((vote) => (vote === null ? undefined : decodePrecommit(vote))),
    (expected, found) => malformed(`/block: last_commit: expected ${expected}, found ${found}`),
  );

const decodePrecommit = (vote: RpcVote): Precommit => ({
  type: vote.type,
  height: toInteger(vote.height),
  round: toInteger(vote.round),
  blockId: decodeBlockId(vote.block_id),
  time: parseGoTime(vote.timestamp),
  address: fromHex(vote.validator_address),
  index: toInteger(vote.validator_index),
  signature: fromBase64(vote.signature),
});
