/** Tendermint 0.34 and CometBFT 0.37, protobuf: columbus-5, phoenix-1. Formats: tendermint proto/tendermint/** at v0.34.24, cometbft at
 * v0.37.15.
 *
 * CometBFT 0.37 stores blocks, results, validators and params in the very bytes of 0.34: only its RPC and ABCI differ. Nothing in a
 * database can tell the two apart. */
import { decodeProtoBlock } from '../tendermint/block.ts';
import { decodeProtoConsensusParams } from '../tendermint/consensus-params.ts';
import { protoWriting } from '../tendermint/encode-block.ts';
import { decodeProtoEvidence } from '../tendermint/evidence.ts';
import { PROTO_HASHES } from '../tendermint/hashes.ts';
import { decodeMeta } from '../tendermint/header.ts';
import { decodeProtoPublicKey } from '../tendermint/public-key.ts';
import { decodeResults } from '../tendermint/results.ts';
import { protoSignBytes } from '../tendermint/sign-bytes.ts';
import { decodeValidatorsInfo } from '../tendermint/validators.ts';
import { isFinalizing } from './answered-signs.ts';
import { isComet1, isComet038 } from './comet-signs.ts';
import type { ConsensusEra, StoredSigns } from './era.ts';
import { isAtLeast, versionOf } from './software-version.ts';

export const tendermint034: ConsensusEra = {
  name: 'tendermint-0.34',
  versions: 'Tendermint 0.34 or CometBFT 0.37',
  wrote: (signs) => signs.blockStore === 'proto' && !isComet038(signs) && !isComet1(signs),
  notesOf,
  answers: (signs) => !signs.isAmino && !isFinalizing(signs),
  serves: ([major, minor]) => major === 0 && minor >= 34 && minor <= 37,
  attributesOf: (version) => (isAtLeast(version, [0, 37, 0]) ? 'plain' : 'base64'),
  decodeMeta,
  decodeBlock: decodeProtoBlock,
  decodeResults: (raw) => decodeResults(raw, decodeProtoPublicKey, PROTO_HASHES.results),
  decodeValidators: (raw) => decodeValidatorsInfo(raw, decodeProtoPublicKey),
  decodeConsensusParams: decodeProtoConsensusParams,
  decodeEvidence: decodeProtoEvidence,
  writing: protoWriting,
  hashes: PROTO_HASHES,
  signBytes: protoSignBytes,
  resultsHashCoversGas: true,
};

function notesOf({ hasState, software }: StoredSigns): string[] {
  if (!hasState)
    return ['without state.db, Tendermint 0.34 and CometBFT 0.37, 0.38 look alike: read as 0.34'];
  return isAtLeast(versionOf(software), [0, 37, 0])
    ? [`the chain was begun by CometBFT ${software}, which stores blocks and results as Tendermint 0.34 does`]
    : [];
}
