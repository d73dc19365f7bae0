/** Every hash of a header, per encoding. Formulas: tendermint types/{block,validator_set,results,params}.go at v0.32.14, v0.33.9 and
 * v0.34.24. */
import type { Commit, ConsensusParams, Header, TxResult, Validator, ValidatorSet } from '@baleen/chain';
import { merkleRoot, sha256, WireWriter } from '@baleen/codec';
import {
  type BlockStyle,
  encodeBlockId,
  encodeSignature,
  encodeTime,
  encodeVersion,
  lastHeaderFields,
} from './encode-block.ts';
import { innerProtoEvidence } from './evidence.ts';
import { NO_BYTES } from './header.ts';
import { precommitLeaves } from './precommits.ts';
import { encodeAminoPublicKey, encodeProtoPublicKey } from './public-key.ts';

export interface HashFormulas {
  readonly data: (txHashes: readonly Uint8Array[]) => Uint8Array;
  readonly commit: (commit: Commit | undefined) => Uint8Array;
  readonly validators: (set: ValidatorSet) => Uint8Array;
  readonly consensusParams: (params: ConsensusParams) => Uint8Array;
  readonly results: (results: readonly TxResult[]) => Uint8Array;
  /** Hash of a list of evidence, from the raw bytes of each piece. */
  readonly evidence: (evidence: readonly Uint8Array[]) => Uint8Array;
  readonly header: (header: Header) => Uint8Array;
  readonly parts: (parts: readonly Uint8Array[]) => Uint8Array;
}

/** Tendermint 0.33. A list without elements has an empty hash. */
export const AMINO_HASHES: HashFormulas = {
  data: aminoRoot,
  commit: (commit) => aminoRoot(signatureLeaves(commit, 'amino')),
  validators: (set) => aminoRoot(set.validators.map((each) => validatorLeaf(each, encodeAminoPublicKey))),
  consensusParams: hashConsensusParams,
  results: (results) => aminoRoot(resultLeaves(results, (writer) => writer)),
  evidence: aminoRoot,
  header: (header) => aminoRoot(aminoHeaderLeaves(header)),
  parts: aminoRoot,
};

/** Tendermint 0.31 and 0.32: votes instead of signatures, and two counts more in the header. */
export const OLD_AMINO_HASHES: HashFormulas = {
  ...AMINO_HASHES,
  commit: (commit) => aminoRoot(commit === undefined ? [] : precommitLeaves(commit)),
  header: (header) => aminoRoot(oldHeaderLeaves(header)),
};

/** Tendermint 0.34. A list without elements has the hash of no bytes. */
export const PROTO_HASHES: HashFormulas = {
  data: protoRoot,
  commit: (commit) => protoRoot(signatureLeaves(commit, 'proto')),
  validators: (set) => protoRoot(set.validators.map((each) => validatorLeaf(each, encodeProtoPublicKey))),
  consensusParams: hashConsensusParams,
  results: (results) =>
    protoRoot(
      resultLeaves(results, (writer, each) => writer.varint(5, each.gasWanted).varint(6, each.gasUsed)),
    ),
  evidence: (evidence) => protoRoot(evidence.map(innerProtoEvidence)),
  header: (header) => protoRoot(protoHeaderLeaves(header)),
  parts: protoRoot,
};

function aminoRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return merkleRoot(leaves) ?? NO_BYTES;
}

function protoRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return merkleRoot(leaves) ?? sha256(NO_BYTES);
}

/** HashedParams: the same bytes in amino and protobuf. */
function hashConsensusParams(params: ConsensusParams): Uint8Array {
  return sha256(new WireWriter().varint(1, params.blockMaxBytes).varint(2, params.blockMaxGas).finish());
}

/** Code and data of each result, and what `more` adds. One writer for all, for blocks hold thousands. */
function resultLeaves(
  results: readonly TxResult[],
  more: (writer: WireWriter, result: TxResult) => WireWriter,
): Uint8Array[] {
  const writer = new WireWriter();
  return results.map((each) => more(writer.varint(1, each.code).bytes(2, each.data), each).finish());
}

function validatorLeaf(validator: Validator, encodeKey: (key: Validator) => Uint8Array): Uint8Array {
  return new WireWriter().message(1, encodeKey(validator)).varint(2, validator.votingPower).finish();
}

function signatureLeaves(commit: Commit | undefined, style: BlockStyle): Uint8Array[] {
  return (commit?.signatures ?? []).map((each) => encodeSignature(each, style));
}

/** `cdcEncode`: text and bytes with their length, empty ones as nothing; a whole number always, zero as 00. */
function aminoHeaderLeaves(header: Header): Uint8Array[] {
  const bare = (bytes: Uint8Array): Uint8Array =>
    bytes.length === 0 ? NO_BYTES : new WireWriter().rawVarint(bytes.length).raw(bytes).finish();
  return [
    encodeVersion(header),
    bare(new TextEncoder().encode(header.chainId)),
    new WireWriter().rawVarint(header.height).finish(),
    encodeTime(header.time),
    encodeBlockId(header.lastBlockId, 'amino'),
    ...lastHeaderFields(header).map(bare),
  ];
}

/** The counts stand between time and last block id. */
function oldHeaderLeaves(header: Header): Uint8Array[] {
  const counts = [header.numTxs ?? 0n, header.totalTxs ?? 0n];
  return aminoHeaderLeaves(header).toSpliced(
    4,
    0,
    ...counts.map((count) => new WireWriter().rawVarint(count).finish()),
  );
}

/** Values in protobuf's wrapper messages; an empty one is an empty leaf. */
function protoHeaderLeaves(header: Header): Uint8Array[] {
  const writer = new WireWriter();
  return [
    encodeVersion(header),
    writer.text(1, header.chainId).finish(),
    writer.varint(1, header.height).finish(),
    encodeTime(header.time),
    encodeBlockId(header.lastBlockId, 'proto'),
    ...lastHeaderFields(header).map((bytes) => writer.bytes(1, bytes).finish()),
  ];
}
