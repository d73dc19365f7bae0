/** The bytes that a validator signs when it votes: a canonical vote behind its length.
 *
 *     Type f1, Height f2 (8 bytes), Round f3 (8 bytes), BlockID f4, Timestamp f5, ChainID f6
 *     BlockID: Hash f1, parts f2; of the parts, amino: Hash f1, Total f2; protobuf: Total f1, Hash f2
 *
 * A nil vote has no BlockID. (tendermint types/canonical.go at v0.32.14 and v0.33.9, proto/tendermint/types/canonical.proto at
 * v0.34.24) */
import type { BlockId, GoTime } from '@baleen/chain';
import { WireWriter } from '@baleen/codec';
import { type BlockStyle, encodeBlockId, encodeTime, nested } from './encode-block.ts';

/** A vote that a commit holds. */
export interface SignedVote {
  readonly chainId: string;
  /** Height of the block that is voted on. */
  readonly height: number;
  readonly round: number;
  /** undefined: nil. */
  readonly blockId: BlockId | undefined;
  readonly time: GoTime;
}

export type SignBytes = (vote: SignedVote) => Uint8Array;

const PRECOMMIT_TYPE = 2;

export const aminoSignBytes: SignBytes = (vote) => signBytes(vote, 'amino');
export const protoSignBytes: SignBytes = (vote) => signBytes(vote, 'proto');

function signBytes({ chainId, height, round, blockId, time }: SignedVote, style: BlockStyle): Uint8Array {
  const writer = new WireWriter().varint(1, PRECOMMIT_TYPE).fixed64(2, height).fixed64(3, round);
  if (blockId !== undefined)
    writer.message(4, style === 'amino' ? canonicalAminoId(blockId) : encodeBlockId(blockId, style));
  const vote = nested(writer, 5, encodeTime(time), style).text(6, chainId).finish();
  return writer.rawVarint(vote.length).raw(vote).finish();
}

function canonicalAminoId({ hash, partsTotal, partsHash }: BlockId): Uint8Array {
  const parts = new WireWriter().bytes(1, partsHash).varint(2, partsTotal).finish();
  return nested(new WireWriter().bytes(1, hash), 2, parts, 'amino').finish();
}
