/** Tendermint 0.33, amino: columbus-4. Formats: tendermint types/*.go and state/*.go at v0.33.9. */
import { decodeAminoBlock } from '../tendermint/block.ts';
import { decodeCommit } from '../tendermint/commit.ts';
import { decodeAminoConsensusParams } from '../tendermint/consensus-params.ts';
import { aminoWriting } from '../tendermint/encode-block.ts';
import { decodeAminoEvidence } from '../tendermint/evidence.ts';
import { AMINO_HASHES } from '../tendermint/hashes.ts';
import { decodeHeader, decodeMeta, hasBlockSize } from '../tendermint/header.ts';
import { decodeAminoPublicKey, decodeNamedPublicKey } from '../tendermint/public-key.ts';
import { decodeResults } from '../tendermint/results.ts';
import { aminoSignBytes } from '../tendermint/sign-bytes.ts';
import { decodeValidatorsInfo } from '../tendermint/validators.ts';
import type { ConsensusEra } from './era.ts';

export const tendermint033: ConsensusEra = {
  name: 'tendermint-0.33',
  versions: 'Tendermint 0.33',
  wrote: ({ blockStore, meta }) => blockStore === 'amino' && hasBlockSize(meta),
  notesOf: () => [],
  answers: ({ isAmino, hasTxCounts }) => isAmino && !hasTxCounts,
  serves: ([major, minor]) => major === 0 && minor === 33,
  attributesOf: () => 'base64',
  decodeMeta,
  decodeBlock: (raw) =>
    decodeAminoBlock(raw, { header: decodeHeader, commit: decodeCommit, evidence: decodeAminoEvidence }),
  decodeResults: (raw) => decodeResults(raw, decodeNamedPublicKey, AMINO_HASHES.results),
  decodeValidators: (raw) => decodeValidatorsInfo(raw, decodeAminoPublicKey),
  decodeConsensusParams: decodeAminoConsensusParams,
  decodeEvidence: decodeAminoEvidence,
  writing: aminoWriting,
  hashes: AMINO_HASHES,
  signBytes: aminoSignBytes,
  resultsHashCoversGas: false,
};
