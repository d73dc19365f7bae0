/** A block to the bytes that its parts were cut from, so that the part set's hash proves what only JSON told.
 *
 * Amino (0.31 to 0.33) leaves out a struct that encodes to nothing; protobuf (0.34) writes messages that are not nullable always. */
import type { BlockId, Commit, CommitSignature, GoTime, Header } from '@baleen/chain';
import { WireWriter } from '@baleen/codec';

export type BlockStyle = 'amino' | 'proto';

/** BlockPartSizeBytes (tendermint types/params.go@v0.33.9, @v0.34.24). */
const PART_BYTES = 65_536;

export interface EncodableBlock {
  readonly header: Header;
  readonly txs: readonly Uint8Array[];
  /** Bytes of each piece, with amino's prefix or protobuf's oneof. */
  readonly evidence: readonly Uint8Array[];
  /** The commit of the block below. null if the block has no field for it; undefined if the field has an empty commit, as in a chain's
   * first block. */
  readonly lastCommit: Commit | undefined | null;
}

export interface EncodedBlock {
  /** Size of the block in bytes, without a length prefix, as the node counts `block_size`. */
  readonly sizeBytes: number;
  readonly parts: readonly Uint8Array[];
}

const EMPTY_COMMIT: Commit = {
  height: 0,
  round: 0,
  blockId: { hash: new Uint8Array(0), partsTotal: 0, partsHash: new Uint8Array(0) },
  signatures: [],
};

/** How blocks of one era are encoded. */
export interface BlockWriting {
  readonly style: BlockStyle;
  readonly header: (header: Header) => Uint8Array;
  readonly commit: (commit: Commit) => Uint8Array;
}

export const aminoWriting: BlockWriting = writingOf('amino');
export const protoWriting: BlockWriting = writingOf('proto');

function writingOf(style: BlockStyle): BlockWriting {
  return {
    style,
    header: (header) => encodeHeader(header, style),
    commit: (commit) => encodeCommit(commit, style),
  };
}

export function encodeBlock(block: EncodableBlock, writing: BlockWriting): EncodedBlock {
  const { style } = writing;
  const writer = new WireWriter();
  writer.message(1, writing.header(block.header));
  nested(writer, 2, encodeList(block.txs), style);
  nested(writer, 3, encodeList(block.evidence), style);
  if (block.lastCommit !== null) writer.message(4, writing.commit(block.lastCommit ?? EMPTY_COMMIT));
  const bare = writer.finish();
  const whole = style === 'proto' ? bare : writer.rawVarint(bare.length).raw(bare).finish();
  const parts: Uint8Array[] = [];
  for (let from = 0; from < whole.length; from += PART_BYTES)
    parts.push(whole.subarray(from, from + PART_BYTES));
  return { sizeBytes: bare.length, parts };
}

/** A struct in a field: amino omits an empty one. */
export function nested(writer: WireWriter, field: number, bytes: Uint8Array, style: BlockStyle): WireWriter {
  return style === 'amino' ? writer.bytes(field, bytes) : writer.message(field, bytes);
}

function encodeList(elements: readonly Uint8Array[]): Uint8Array {
  const writer = new WireWriter();
  for (const element of elements) writer.message(1, element);
  return writer.finish();
}

export function encodeHeader(header: Header, style: BlockStyle): Uint8Array {
  const writer = new WireWriter();
  nested(writer, 1, encodeVersion(header), style).text(2, header.chainId).varint(3, header.height);
  nested(writer, 4, encodeTime(header.time), style);
  nested(writer, 5, encodeBlockId(header.lastBlockId, style), style);
  for (const [index, bytes] of lastHeaderFields(header).entries()) writer.bytes(index + 6, bytes);
  return writer.finish();
}

export function encodeVersion(header: Header): Uint8Array {
  return new WireWriter().varint(1, header.versionBlock).varint(2, header.versionApp).finish();
}

/** Fields 6 to 14: all of them bytes. */
export function lastHeaderFields(header: Header): Uint8Array[] {
  return [
    header.lastCommitHash,
    header.dataHash,
    header.validatorsHash,
    header.nextValidatorsHash,
    header.consensusHash,
    header.appHash,
    header.lastResultsHash,
    header.evidenceHash,
    header.proposerAddress,
  ];
}

export function encodeCommit(commit: Commit, style: BlockStyle): Uint8Array {
  const writer = new WireWriter().varint(1, commit.height).varint(2, commit.round);
  nested(writer, 3, encodeBlockId(commit.blockId, style), style);
  for (const signature of commit.signatures) writer.message(4, encodeSignature(signature, style));
  return writer.finish();
}

export function encodeSignature(signature: CommitSignature, style: BlockStyle): Uint8Array {
  const writer = new WireWriter().varint(1, signature.flag).bytes(2, signature.address);
  return nested(writer, 3, encodeTime(signature.time), style).bytes(4, signature.signature).finish();
}

export function encodeBlockId(id: BlockId, style: BlockStyle): Uint8Array {
  const parts = new WireWriter().varint(1, id.partsTotal).bytes(2, id.partsHash).finish();
  return nested(new WireWriter().bytes(1, id.hash), 2, parts, style).finish();
}

export function encodeTime(time: GoTime): Uint8Array {
  return new WireWriter().varint(1, time.seconds).varint(2, time.nanos).finish();
}
