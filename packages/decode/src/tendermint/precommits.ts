/** Commits of Tendermint 0.31 and 0.32: whole votes instead of signatures.
 *
 *     Commit     BlockID f1, Precommits f2 (a nil vote, of an absent validator, is an empty element)
 *     Precommit  Type f1, Height f2, Round f3, BlockID f4, Timestamp f5, ValidatorAddress f6, ValidatorIndex f7, Signature f8
 *
 * A node refuses a commit whose votes differ in type, height or round (tendermint types/block.go `Commit.ValidateBasic`, v0.32.14), so
 * that these are told once. A vote may be for another block than the commit. */
import type { BlockId, Commit, CommitSignature, GoTime } from '@baleen/chain';
import { decodeTimestamp, type WireReader, WireWriter } from '@baleen/codec';
import { encodeBlockId, encodeTime, nested } from './encode-block.ts';
import { skipUnknown } from './field.ts';
import { decodeBlockId, NO_BLOCK_ID, NO_BYTES, UNIX_EPOCH } from './header.ts';

/** A vote, decoded from bytes or JSON. */
export interface Precommit {
  readonly type: number;
  readonly height: number;
  readonly round: number;
  readonly blockId: BlockId;
  readonly time: GoTime;
  readonly address: Uint8Array;
  readonly index: number;
  readonly signature: Uint8Array;
}

const PRECOMMIT_TYPE = 2;
const ABSENT = 1;
const FOR_BLOCK = 2;
const NIL = 3;
const FOR_ANOTHER_BLOCK = 4;
/** Go's zero time, 0001-01-01T00:00:00Z. */
const ZERO_TIME: GoTime = { seconds: -62_135_596_800, nanos: 0 };
const ABSENT_SIGNATURE: CommitSignature = {
  flag: ABSENT,
  address: NO_BYTES,
  time: ZERO_TIME,
  signature: NO_BYTES,
};

/** Decodes a commit; undefined for the empty one in a chain's first block. */
export function decodePrecommits(reader: WireReader): Commit | undefined {
  let blockId = NO_BLOCK_ID;
  const votes: (Precommit | undefined)[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) blockId = decodeBlockId(reader.message());
    else if (key === 0x12) votes.push(decodePrecommit(reader.message()));
    else skipUnknown(reader, key, 2);
  }
  return commitOf(blockId, votes, (expected, found) => reader.error(expected, found));
}

/** Makes the commit from its votes; undefined if there are no votes.
 *
 * @param votes  one per validator, in set order; undefined for an absent one
 * @param error  makes the error for votes that a node would refuse */
export function commitOf(
  blockId: BlockId,
  votes: readonly (Precommit | undefined)[],
  error: (expected: string, found: string) => Error,
): Commit | undefined {
  const first = votes.find((vote) => vote !== undefined);
  if (first === undefined) {
    if (votes.length > 0) throw error('a commit with votes', `${votes.length} absent ones`);
    return undefined;
  }
  const { height, round } = first;
  const signatures = votes.map((vote, index) => {
    if (vote === undefined) return ABSENT_SIGNATURE;
    const found = placeOf(vote);
    const expected = placeOf({ type: PRECOMMIT_TYPE, height, round, index });
    if (found !== expected) throw error(expected, found);
    return signatureOf(vote, blockId);
  });
  return { height, round, blockId, signatures };
}

const placeOf = ({
  type,
  height,
  round,
  index,
}: Omit<Precommit, 'blockId' | 'time' | 'address' | 'signature'>): string =>
  `vote ${index} of type ${type}, height ${height}, round ${round}`;

function signatureOf({ blockId, address, time, signature }: Precommit, ofCommit: BlockId): CommitSignature {
  const vote = { address, time, signature };
  if (isSameId(blockId, ofCommit)) return { flag: FOR_BLOCK, ...vote };
  if (isSameId(blockId, NO_BLOCK_ID)) return { flag: NIL, ...vote };
  return { flag: FOR_ANOTHER_BLOCK, ...vote, blockId };
}

const isSameId = (one: BlockId, other: BlockId): boolean =>
  one.partsTotal === other.partsTotal &&
  Buffer.compare(one.hash, other.hash) === 0 &&
  Buffer.compare(one.partsHash, other.partsHash) === 0;

/** Decodes a vote; undefined if it is nil, that of an absent validator. */
function decodePrecommit(reader: WireReader): Precommit | undefined {
  if (reader.done) return undefined;
  const vote = { type: 0, height: 0, round: 0, index: 0 };
  let blockId = NO_BLOCK_ID;
  let time = UNIX_EPOCH;
  let address = NO_BYTES;
  let signature = NO_BYTES;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x08) vote.type = reader.int();
    else if (key === 0x10) vote.height = reader.int();
    else if (key === 0x18) vote.round = reader.int();
    else if (key === 0x22) blockId = decodeBlockId(reader.message());
    else if (key === 0x2a) time = decodeTimestamp(reader.message());
    else if (key === 0x32) address = reader.bytes();
    else if (key === 0x38) vote.index = reader.int();
    else if (key === 0x42) signature = reader.bytes();
    else skipUnknown(reader, key, 8);
  }
  return { ...vote, blockId, time, address, signature };
}

/** Encodes a commit in the format that `decodePrecommits` reads. */
export function encodePrecommits(commit: Commit): Uint8Array {
  const writer = nested(new WireWriter(), 1, encodeBlockId(commit.blockId, 'amino'), 'amino');
  for (const vote of precommitLeaves(commit)) writer.message(2, vote);
  return writer.finish();
}

/** Returns the bytes of each vote, which the last commit's hash covers. They are empty for an absent validator. */
export const precommitLeaves = (commit: Commit): Uint8Array[] =>
  commit.signatures.map((signature, index) => encodePrecommit(commit, signature, index));

function encodePrecommit(
  { height, round, blockId: ofCommit }: Commit,
  { flag, address, time, signature, blockId }: CommitSignature,
  index: number,
): Uint8Array {
  if (flag === ABSENT) return NO_BYTES;
  const id = flag === FOR_BLOCK ? ofCommit : (blockId ?? NO_BLOCK_ID);
  const writer = new WireWriter().varint(1, PRECOMMIT_TYPE).varint(2, height).varint(3, round);
  nested(writer, 4, encodeBlockId(id, 'amino'), 'amino');
  nested(writer, 5, encodeTime(time), 'amino');
  return writer.bytes(6, address).varint(7, index).bytes(8, signature).finish();
}
