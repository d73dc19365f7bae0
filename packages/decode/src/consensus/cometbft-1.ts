/** CometBFT 1.x, protobuf. Formats: cometbft proto/cometbft/** and state/store.go at v1.0.1. Its key layout `v2` is not read. */
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
import { isComet1 } from './comet-signs.ts';
import type { ConsensusEra } from './era.ts';

export const cometbft1: ConsensusEra = {
  name: 'cometbft-1',
  versions: 'CometBFT 1.x (key layout v1)',
  wrote: (signs) =>
    signs.blockStore === 'proto' &&
    isComet1(signs) &&
    (signs.keyLayout === undefined || signs.keyLayout === 'v1'),
  notesOf: () => [],
  answers: (signs) => !signs.isAmino && isFinalizing(signs) && hasFeatures(signs),
  serves: ([major]) => major === 1,
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
