/** CometBFT 0.38 and 0.39, protobuf: chains on SDK 0.50 to 0.53. Formats: cometbft proto/tendermint/** and state/store.go at v0.38.25.
 *
 * The block store is that of 0.34, with extended commits (`EC:<height>`) beside it, which no hash covers and which are not read. Results
 * are those of FinalizeBlock; those that an earlier version of the node left stand under the same keys and are read as well. */
import { decodeProtoBlock } from '../tendermint/block.ts';
import { decodeProtoConsensusParams } from '../tendermint/consensus-params.ts';
import { protoWriting } from '../tendermint/encode-block.ts';
import { decodeProtoEvidence } from '../tendermint/evidence.ts';
import { PROTO_HASHES } from '../tendermint/hashes.ts';
import { decodeMeta } from '../tendermint/header.ts';
import { decodeProtoPublicKey } from '../tendermint/public-key.ts';
import { decodeFinalizeBlock } from '../tendermint/results.ts';
import { protoSignBytes } from '../tendermint/sign-bytes.ts';
import { decodeValidatorsInfo } from '../tendermint/validators.ts';
import { hasFeatures, isFinalizing } from './answered-signs.ts';
import { isComet038 } from './comet-signs.ts';
import type { ConsensusEra } from './era.ts';

export const cometbft038: ConsensusEra = {
  name: 'cometbft-0.38',
  versions: 'CometBFT 0.38',
  wrote: (signs) => signs.blockStore === 'proto' && isComet038(signs),
  notesOf: () => [],
  answers: (signs) => !signs.isAmino && isFinalizing(signs) && !hasFeatures(signs),
  serves: ([major, minor]) => major === 0 && minor >= 38,
  attributesOf: () => 'plain',
  decodeMeta,
  decodeBlock: decodeProtoBlock,
  decodeResults: (raw) => decodeFinalizeBlock(raw, decodeProtoPublicKey, PROTO_HASHES.results),
  decodeValidators: (raw) => decodeValidatorsInfo(raw, decodeProtoPublicKey),
  decodeConsensusParams: decodeProtoConsensusParams,
  decodeEvidence: decodeProtoEvidence,
  writing: protoWriting,
  hashes: PROTO_HASHES,
  signBytes: protoSignBytes,
  resultsHashCoversGas: true,
};
