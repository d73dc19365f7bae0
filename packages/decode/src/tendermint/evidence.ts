/** Evidence of misbehaviour as a block lists it. */
import type { Evidence, GoTime } from '@baleen/chain';
import { decodeTimestamp, toHex, WireReader } from '@baleen/codec';
import { skipUnknown } from './field.ts';
import { NO_BYTES, UNIX_EPOCH } from './header.ts';

/** `tendermint/DuplicateVoteEvidence`, the only evidence that nodes of 0.33 accept (tendermint types/evidence.go@v0.33.9). */
const DUPLICATE_VOTE_PREFIX = '7597750e';

interface Vote {
  readonly height: number;
  readonly address: Uint8Array;
  readonly time: GoTime;
}

/** Amino evidence of 0.33. It names no powers; its time is that of the first vote, as in the node's `Time()`. */
export function decodeAminoEvidence(raw: Uint8Array, index: number): Evidence[] {
  const prefix = toHex(raw.subarray(0, 4));
  const reader = new WireReader(raw, Math.min(4, raw.length));
  if (prefix !== DUPLICATE_VOTE_PREFIX)
    throw reader.error(`evidence with prefix ${DUPLICATE_VOTE_PREFIX}`, `'${prefix}'`);
  let vote: Vote | undefined;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x12) vote = decodeVote(reader.message());
    else if (key === 0x0a || key === 0x1a) reader.skip(key);
    else skipUnknown(reader, key, 3);
  }
  if (vote === undefined) throw reader.error('a first vote (field 2)', 'none');
  return [duplicateVote(raw, index, vote, vote.time, undefined, undefined)];
}

/** Protobuf `tendermint.types.Evidence` of 0.34. */
export function decodeProtoEvidence(raw: Uint8Array, index: number): Evidence[] {
  const reader = new WireReader(raw);
  let evidence: Evidence[] | undefined;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) evidence = [decodeDuplicateVote(reader.message(), raw, index)];
    else if (key === 0x12) evidence = decodeLightClientAttack(reader.message(), raw, index);
    else throw reader.error('evidence in field 1 or 2', `key ${key}`);
  }
  if (evidence === undefined) throw reader.error('evidence in field 1 or 2', 'none');
  return evidence;
}

/** The bytes of the evidence inside protobuf's oneof, which are what is hashed. */
export function innerProtoEvidence(raw: Uint8Array): Uint8Array {
  const reader = new WireReader(raw);
  reader.key();
  return reader.bytes();
}

function decodeDuplicateVote(reader: WireReader, raw: Uint8Array, index: number): Evidence {
  let vote: Vote | undefined;
  let totalPower = 0n;
  let power = 0n;
  let time = UNIX_EPOCH;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) vote = decodeVote(reader.message());
    else if (key === 0x12) reader.skip(key);
    else if (key === 0x18) totalPower = reader.int64();
    else if (key === 0x20) power = reader.int64();
    else if (key === 0x2a) time = decodeTimestamp(reader.message());
    else skipUnknown(reader, key, 5);
  }
  if (vote === undefined) throw reader.error('a first vote (field 1)', 'none');
  return duplicateVote(raw, index, vote, time, power, totalPower);
}

function duplicateVote(
  raw: Uint8Array,
  index: number,
  vote: Vote,
  time: GoTime,
  power: bigint | undefined,
  totalPower: bigint | undefined,
): Evidence {
  const { height: evidenceHeight, address: consensusAddress } = vote;
  return { kind: 'duplicate_vote', index, evidenceHeight, consensusAddress, power, totalPower, time, raw };
}

/** One per byzantine validator; a single one without an address when the evidence names none. */
function decodeLightClientAttack(reader: WireReader, raw: Uint8Array, index: number): Evidence[] {
  let evidenceHeight = 0;
  let totalPower = 0n;
  let time = UNIX_EPOCH;
  const byzantine: { address: Uint8Array; power: bigint | undefined }[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) reader.skip(key);
    else if (key === 0x10) evidenceHeight = reader.int();
    else if (key === 0x1a) byzantine.push(decodeByzantine(reader.message()));
    else if (key === 0x20) totalPower = reader.int64();
    else if (key === 0x2a) time = decodeTimestamp(reader.message());
    else skipUnknown(reader, key, 5);
  }
  if (byzantine.length === 0) byzantine.push({ address: NO_BYTES, power: undefined });
  const kind = 'light_client_attack';
  return byzantine.map(({ address: consensusAddress, power }) => {
    return { kind, index, evidenceHeight, consensusAddress, power, totalPower, time, raw };
  });
}

function decodeByzantine(reader: WireReader): { address: Uint8Array; power: bigint } {
  let address = NO_BYTES;
  let power = 0n;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) address = reader.bytes();
    else if (key === 0x18) power = reader.int64();
    else reader.skip(key);
  }
  return { address, power };
}

function decodeVote(reader: WireReader): Vote {
  let height = 0;
  let address = NO_BYTES;
  let time = UNIX_EPOCH;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x10) height = reader.int();
    else if (key === 0x2a) time = decodeTimestamp(reader.message());
    else if (key === 0x32) address = reader.bytes();
    else reader.skip(key);
  }
  return { height, address, time };
}
