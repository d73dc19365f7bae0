/** What differs from era to era, as records of functions. Nothing else asks which era a block is of. */
import type { BlockResults, ConsensusParams, EraName, Evidence, TxContent } from '@baleen/chain';
import { decodeStdTx } from './amino/index.ts';
import { createProtobufTxDecoder } from './protobuf/index.ts';
import { type BlockBody, decodeAminoBlock, decodeProtoBlock } from './tendermint/block.ts';
import { decodeAminoConsensusParams, decodeProtoConsensusParams } from './tendermint/consensus-params.ts';
import type { BlockStyle } from './tendermint/encode-block.ts';
import { decodeAminoEvidence, decodeProtoEvidence } from './tendermint/evidence.ts';
import { AMINO_HASHES, type HashFormulas, PROTO_HASHES } from './tendermint/hashes.ts';
import { type BlockMeta, decodeMeta } from './tendermint/header.ts';
import { decodeAminoPublicKey, decodeNamedPublicKey, decodeProtoPublicKey } from './tendermint/public-key.ts';
import { decodeResults } from './tendermint/results.ts';
import { decodeValidatorsInfo, type ValidatorsInfo } from './tendermint/validators.ts';

export type DecodeTx = (raw: Uint8Array, prefix: string | undefined) => TxContent;

export interface Era {
  readonly decodeMeta: (raw: Uint8Array) => BlockMeta;
  /** Of the joined parts. */
  readonly decodeBlock: (raw: Uint8Array) => BlockBody;
  readonly decodeResults: (raw: Uint8Array) => BlockResults;
  readonly decodeValidators: (raw: Uint8Array) => ValidatorsInfo;
  readonly decodeConsensusParams: (raw: Uint8Array) => ConsensusParams;
  readonly decodeEvidence: (raw: Uint8Array, index: number) => Evidence[];
  /** How a block is written, for what has to be encoded anew. */
  readonly style: BlockStyle;
  /** A decoder may keep what it learned from earlier txs. */
  readonly createTxDecoder: () => DecodeTx;
  readonly hashes: HashFormulas;
}

export const ERAS: Readonly<Record<EraName, Era>> = {
  'tendermint-0.33': {
    decodeMeta,
    decodeBlock: (raw) => decodeAminoBlock(raw, decodeAminoEvidence),
    decodeResults: (raw) => decodeResults(raw, decodeNamedPublicKey, AMINO_HASHES.results),
    decodeValidators: (raw) => decodeValidatorsInfo(raw, decodeAminoPublicKey),
    decodeConsensusParams: decodeAminoConsensusParams,
    decodeEvidence: decodeAminoEvidence,
    style: 'amino',
    createTxDecoder: () => decodeStdTx,
    hashes: AMINO_HASHES,
  },
  'tendermint-0.34': {
    decodeMeta,
    decodeBlock: (raw) => decodeProtoBlock(raw, decodeProtoEvidence),
    decodeResults: (raw) => decodeResults(raw, decodeProtoPublicKey, PROTO_HASHES.results),
    decodeValidators: (raw) => decodeValidatorsInfo(raw, decodeProtoPublicKey),
    decodeConsensusParams: decodeProtoConsensusParams,
    decodeEvidence: decodeProtoEvidence,
    style: 'proto',
    createTxDecoder: createProtobufTxDecoder,
    hashes: PROTO_HASHES,
  },
};
