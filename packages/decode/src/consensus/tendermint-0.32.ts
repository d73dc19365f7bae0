/** Tendermint 0.31 and 0.32, amino: columbus-1, columbus-2, columbus-3, cosmoshub-1 to cosmoshub-3. Formats: tendermint types/*.go and
 * state/*.go at v0.31.12 and v0.32.14, which store and hash blocks alike. */
import { decodeAminoBlock } from '../tendermint/block.ts';
import { decodeOldConsensusParams } from '../tendermint/consensus-params.ts';
import type { BlockWriting } from '../tendermint/encode-block.ts';
import { decodeAminoEvidence } from '../tendermint/evidence.ts';
import { OLD_AMINO_HASHES } from '../tendermint/hashes.ts';
import { decodeOldHeader, decodeOldMeta, hasBlockSize } from '../tendermint/header.ts';
import { encodeOldHeader } from '../tendermint/old-header.ts';
import { decodePrecommits, encodePrecommits } from '../tendermint/precommits.ts';
import { decodeAminoPublicKey } from '../tendermint/public-key.ts';
import { aminoSignBytes } from '../tendermint/sign-bytes.ts';
import { decodeTaggedResults } from '../tendermint/tags.ts';
import { decodeValidatorsInfo } from '../tendermint/validators.ts';
import type { ConsensusEra } from './era.ts';

const writing: BlockWriting = { style: 'amino', header: encodeOldHeader, commit: encodePrecommits };

export const tendermint032: ConsensusEra = {
  name: 'tendermint-0.32',
  versions: 'Tendermint 0.31 or 0.32',
  wrote: ({ blockStore, meta }) => blockStore === 'amino' && !hasBlockSize(meta),
  notesOf: () => [],
  answers: ({ isAmino, hasTxCounts }) => isAmino && hasTxCounts,
  serves: ([major, minor]) => major === 0 && (minor === 31 || minor === 32),
  attributesOf: () => 'base64',
  resultsHashCoversGas: false,
  decodeMeta: decodeOldMeta,
  decodeBlock: (raw) =>
    decodeAminoBlock(raw, {
      header: decodeOldHeader,
      commit: decodePrecommits,
      evidence: decodeAminoEvidence,
    }),
  decodeResults: (raw) => decodeTaggedResults(raw, OLD_AMINO_HASHES.results),
  decodeValidators: (raw) => decodeValidatorsInfo(raw, decodeAminoPublicKey),
  decodeConsensusParams: decodeOldConsensusParams,
  decodeEvidence: decodeAminoEvidence,
  writing,
  hashes: OLD_AMINO_HASHES,
  signBytes: aminoSignBytes,
};
