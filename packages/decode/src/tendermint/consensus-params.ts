/** Consensus params. Amino (0.33) and protobuf (0.34 and later) agree on the fields of blocks and validators.
 *
 *     block f1, evidence f2, validator f3, version f4
 *     CometBFT 0.38:  abci f5 {vote_extensions_enable_height f1}
 *     CometBFT 1.x:   synchrony f6 {precision f1, message_delay f2}, feature f7 {vote_extensions_enable_height f1, pbts_enable_height f2},
 *                     heights as Int64Value
 *
 * (cometbft proto/tendermint/types/params.proto at v0.38.25, proto/cometbft/types/v1/params.proto at v1.0.1) */
import { type ConsensusParams, shownText } from '@baleen/chain';
import { WireReader } from '@baleen/codec';
import { skipUnknown } from './field.ts';

interface EvidenceParams {
  readonly maxAgeBlocks: bigint;
  readonly maxAgeNanos: bigint;
  readonly maxBytes: bigint | undefined;
}

/** A stored ConsensusParamsInfo of 0.33; an age's duration is a varint of nanoseconds. */
export function decodeAminoConsensusParams(raw: Uint8Array): ConsensusParams {
  const params = decodeParams(raw, (reader) => {
    const evidence = { maxAgeBlocks: 0n, maxAgeNanos: 0n, maxBytes: undefined };
    while (!reader.done) {
      const key = reader.key();
      if (key === 0x08) evidence.maxAgeBlocks = reader.int64();
      else if (key === 0x10) evidence.maxAgeNanos = reader.int64();
      else skipUnknown(reader, key, 2);
    }
    return evidence;
  });
  return { ...params, ...NO_LATER_PARAMS, evidenceMaxBytes: undefined, appVersion: undefined };
}

/** Params that versions before CometBFT 0.38 do not have. */
const NO_LATER_PARAMS = {
  voteExtensionsHeight: undefined,
  proposerTimeHeight: undefined,
  synchronyPrecisionNanos: undefined,
  synchronyDelayNanos: undefined,
};

/** A stored ConsensusParamsInfo of 0.31 or 0.32: evidence ages in blocks alone. */
export const decodeOldConsensusParams = (raw: Uint8Array): ConsensusParams => ({
  ...decodeAminoConsensusParams(raw),
  evidenceMaxAgeNanos: undefined,
});

/** A stored ConsensusParamsInfo of 0.34 or later; an age's duration is a message, and evidence has a limit in bytes. */
export function decodeProtoConsensusParams(raw: Uint8Array): ConsensusParams {
  return decodeParams(raw, (reader) => {
    const evidence = { maxAgeBlocks: 0n, maxAgeNanos: 0n, maxBytes: 0n };
    while (!reader.done) {
      const key = reader.key();
      if (key === 0x08) evidence.maxAgeBlocks = reader.int64();
      else if (key === 0x12) evidence.maxAgeNanos = decodeDuration(reader.message());
      else if (key === 0x18) evidence.maxBytes = reader.int64();
      else skipUnknown(reader, key, 3);
    }
    return evidence;
  });
}

function decodeParams(
  raw: Uint8Array,
  decodeEvidence: (reader: WireReader) => EvidenceParams,
): ConsensusParams {
  const reader = new WireReader(raw);
  let params: ConsensusParams | undefined;
  let sinceHeight = 0;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) params = decodeParamsBody(reader.message(), decodeEvidence);
    else if (key === 0x10) sinceHeight = reader.int();
    else skipUnknown(reader, key, 2);
  }
  if (params === undefined || params.blockMaxBytes === 0n)
    throw reader.error('consensus params (field 1)', `a pointer to height ${sinceHeight}`);
  return params;
}

function decodeParamsBody(
  reader: WireReader,
  decodeEvidence: (reader: WireReader) => EvidenceParams,
): ConsensusParams {
  let block = { maxBytes: 0n, maxGas: 0n, timeIotaMs: 0n };
  let evidence: EvidenceParams = { maxAgeBlocks: 0n, maxAgeNanos: 0n, maxBytes: 0n };
  let validatorKeyTypes: readonly string[] = [];
  let appVersion = 0n;
  let voteExtensionsHeight: bigint | undefined;
  let proposerTimeHeight: bigint | undefined;
  let synchrony: readonly (bigint | undefined)[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) block = decodeBlockParams(reader.message());
    else if (key === 0x12) evidence = decodeEvidence(reader.message());
    else if (key === 0x1a) validatorKeyTypes = decodeKeyTypes(reader.message());
    else if (key === 0x22) appVersion = decodeAppVersion(reader.message());
    else if (key === 0x2a) [voteExtensionsHeight] = decodeNumbers(reader.message());
    else if (key === 0x32) synchrony = decodeDurations(reader.message());
    else if (key === 0x3a) [voteExtensionsHeight, proposerTimeHeight] = decodeHeights(reader.message());
    else skipUnknown(reader, key, 7);
  }
  return {
    blockMaxBytes: block.maxBytes,
    blockMaxGas: block.maxGas,
    // Never 0 where it exists (tendermint v0.34.24 types/params.go); 0.37 took it away.
    blockTimeIotaMs: block.timeIotaMs === 0n ? undefined : block.timeIotaMs,
    evidenceMaxAgeBlocks: evidence.maxAgeBlocks,
    evidenceMaxAgeNanos: evidence.maxAgeNanos,
    evidenceMaxBytes: evidence.maxBytes,
    validatorKeyTypes,
    appVersion,
    voteExtensionsHeight: heightOf(voteExtensionsHeight),
    proposerTimeHeight: heightOf(proposerTimeHeight),
    synchronyPrecisionNanos: synchrony[0],
    synchronyDelayNanos: synchrony[1],
  };
}

/** Returns the height from which something is in force; undefined means never, for which some versions write 0 and others nothing. */
export const heightOf = (height: bigint | undefined): bigint | undefined =>
  height === 0n ? undefined : height;

type Numbers = readonly (bigint | undefined)[];

/** Whole numbers in fields 1 and 2. A message that is there and says nothing has zeros. */
function decodeNumbers(reader: WireReader): Numbers {
  const numbers = [0n, 0n];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x08 || key === 0x10) numbers[(key >>> 3) - 1] = reader.int64();
    else skipUnknown(reader, key, 2);
  }
  return numbers;
}

/** Int64Value messages in fields 1 and 2. */
const decodeHeights = (reader: WireReader): Numbers =>
  decodeMessages(reader, (inner) => decodeNumbers(inner)[0]!);

/** Durations in fields 1 and 2, in nanoseconds. */
const decodeDurations = (reader: WireReader): Numbers => decodeMessages(reader, decodeDuration);

function decodeMessages(reader: WireReader, decode: (inner: WireReader) => bigint): Numbers {
  const values: (bigint | undefined)[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a || key === 0x12) values[(key >>> 3) - 1] = decode(reader.message());
    else skipUnknown(reader, key, 2);
  }
  return values;
}

function decodeBlockParams(reader: WireReader): { maxBytes: bigint; maxGas: bigint; timeIotaMs: bigint } {
  const block = { maxBytes: 0n, maxGas: 0n, timeIotaMs: 0n };
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x08) block.maxBytes = reader.int64();
    else if (key === 0x10) block.maxGas = reader.int64();
    else if (key === 0x18) block.timeIotaMs = reader.int64();
    else skipUnknown(reader, key, 3);
  }
  return block;
}

function decodeKeyTypes(reader: WireReader): string[] {
  const types: string[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) types.push(shownText(reader.text()));
    else skipUnknown(reader, key, 1);
  }
  return types;
}

function decodeAppVersion(reader: WireReader): bigint {
  let version = 0n;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x08) version = reader.uint64();
    else skipUnknown(reader, key, 1);
  }
  return version;
}

/** A protobuf Duration in nanoseconds. */
function decodeDuration(reader: WireReader): bigint {
  let nanos = 0n;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x08) nanos += reader.int64() * 1_000_000_000n;
    else if (key === 0x10) nanos += reader.int64();
    else skipUnknown(reader, key, 2);
  }
  return nanos;
}
