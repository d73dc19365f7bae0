/** A `/block` answer to what the parts of the block hold. */
import type { BlockId, Evidence } from '@baleen/chain';
import type { ConsensusEra } from '../consensus/era.ts';
import type { BlockBody } from '../tendermint/block.ts';
import { type EncodedBlock, encodeBlock } from '../tendermint/encode-block.ts';
import { encodeEvidence } from './evidence.ts';
import { decodeBlockId, decodeCommit, decodeHeader, decodePrecommits } from './header.ts';
import { fromBase64, parseAnswer } from './scalars.ts';
import { blockSchema, type RpcBlock } from './schemas.ts';

export interface DecodedBlock {
  readonly id: BlockId;
  readonly body: BlockBody;
  /** The block encoded again: its parts and their size, to compare with the hash of the part set. */
  readonly encoded: EncodedBlock;
}

export function decodeBlockAnswer(json: unknown, era: ConsensusEra): DecodedBlock {
  const answer = parseAnswer(blockSchema, '/block', json);
  const { block } = answer;
  const header = decodeHeader(block.header);
  const txs = (block.data.txs ?? []).map((tx) => fromBase64(tx));
  const pieces = decodePieces(block, header.evidenceHash, era);
  const lastCommit = commitOf(block);
  const encoded = encodeBlock({ header, txs, evidence: pieces, lastCommit }, era.writing);
  const evidence: Evidence[] = pieces.flatMap((raw, index) => era.decodeEvidence(raw, index));
  return {
    id: decodeBlockId('block_meta' in answer ? answer.block_meta.block_id : answer.block_id),
    body: {
      header,
      txs,
      evidence,
      lastCommit: lastCommit ?? undefined,
      sizeBytes: encoded.sizeBytes,
    },
    encoded,
  };
}

/** Decodes the last commit. Returns null if the answer has none, and undefined for the empty commit of a chain's first block. */
function commitOf({ last_commit }: RpcBlock): ReturnType<typeof decodeCommit> | undefined | null {
  if (last_commit === null) return null;
  if ('precommits' in last_commit) return decodePrecommits(last_commit);
  const commit = decodeCommit(last_commit);
  return commit.height === 0 && commit.signatures.length === 0 ? undefined : commit;
}

/** Evidence of the block, encoded. A piece may have several encodings that JSON does not tell apart: those whose hash is the header's
 * evidence hash are taken, else the first. */
function decodePieces(block: RpcBlock, evidenceHash: Uint8Array, era: ConsensusEra): Uint8Array[] {
  const ways = (block.evidence.evidence ?? []).map((each) => encodeEvidence(each, era.writing.style));
  const most = Math.max(1, ...ways.map((each) => each.length));
  const tries = Array.from({ length: most }, (_, way) => ways.map((each) => each[way] ?? each[0]!));
  const proved = tries.find((pieces) => Buffer.compare(era.hashes.evidence(pieces), evidenceHash) === 0);
  return proved ?? tries[0]!;
}
