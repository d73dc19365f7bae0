/** Decodes block ids, headers and BlockMetas. Amino (0.33) and protobuf (0.34 and later) number their fields alike. 0.31 and 0.32 differ
 * (`f1` means field number 1):
 *
 *     BlockMeta  0.31, 0.32:      BlockID f1, Header f2
 *                0.33 and later:  BlockID f1, BlockSize f2, Header f3, NumTxs f4
 *     Header     0.31, 0.32:      NumTxs f5, TotalTxs f6, LastBlockID f7, nine byte strings f8 to f16
 *                0.33 and later:  LastBlockID f5, the same nine f6 to f14
 *
 * (tendermint types/block.go, types/block_meta.go at v0.32.14 and v0.33.9, proto/tendermint/types/types.proto at v0.34.24) */
import { type BlockId, type GoTime, type Header, shownText } from '@baleen/chain';
import { BYTES, decodeTimestamp, VARINT, WireReader } from '@baleen/codec';
import { skipUnknown } from './field.ts';

/** A decoded BlockMeta, the value of the key `H:<height>`. */
export interface BlockMeta {
  readonly id: BlockId;
  /** Size of the block in bytes, without a length prefix, as the node counted it; undefined before Tendermint 0.33. */
  readonly blockSize: number | undefined;
  readonly header: Header;
  readonly txCount: number;
}

export const NO_BYTES: Uint8Array = new Uint8Array(0);
export const NO_BLOCK_ID: BlockId = { hash: NO_BYTES, partsTotal: 0, partsHash: NO_BYTES };
/** The time that an absent field of type time means, in amino as in protobuf: 1970-01-01. */
export const UNIX_EPOCH: GoTime = { seconds: 0, nanos: 0 };

/** Key of a BlockMeta's second field in 0.31 and 0.32: the header. Later versions have a number there, the block's size. */
const OLD_SECOND_KEY = (2 << 3) | BYTES;

/** Returns true if a BlockMeta was written by Tendermint 0.33 or later. It looks at the second field, as fields are written in order.
 * @throws BaleenError of kind data: the bytes are no BlockMeta */
export function hasBlockSize(meta: Uint8Array): boolean {
  const reader = new WireReader(meta);
  const first = reader.key();
  if (first !== 0x0a) throw reader.error('BlockID (field 1)', `field ${first >>> 3}`);
  reader.skip(first);
  return reader.key() !== OLD_SECOND_KEY;
}

/** Decodes a BlockMeta of 0.33 or later. */
export function decodeMeta(raw: Uint8Array): BlockMeta {
  const reader = new WireReader(raw);
  let id = NO_BLOCK_ID;
  let blockSize = 0;
  let header: Header | undefined;
  let txCount = 0;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) id = decodeBlockId(reader.message());
    else if (key === 0x10) blockSize = reader.int();
    else if (key === 0x1a) header = decodeHeader(reader.message());
    else if (key === 0x20) txCount = reader.int();
    else skipUnknown(reader, key, 4);
  }
  if (header === undefined) throw reader.error('a header (field 3)', 'none');
  return { id, blockSize, header, txCount };
}

/** Decodes the id and header of a BlockMeta of any version. */
export function decodeMetaOfAny(raw: Uint8Array): BlockMeta {
  return hasBlockSize(raw) ? decodeMeta(raw) : decodeOldMeta(raw);
}

/** Decodes a BlockMeta of 0.31 or 0.32. */
export function decodeOldMeta(raw: Uint8Array): BlockMeta {
  const reader = new WireReader(raw);
  let id = NO_BLOCK_ID;
  let header: Header | undefined;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) id = decodeBlockId(reader.message());
    else if (key === OLD_SECOND_KEY) header = decodeOldHeader(reader.message());
    else skipUnknown(reader, key, 2);
  }
  if (header === undefined) throw reader.error('a header (field 2)', 'none');
  return { id, blockSize: undefined, header, txCount: Number(header.numTxs) };
}

export function decodeBlockId(reader: WireReader): BlockId {
  let hash = NO_BYTES;
  let partsTotal = 0;
  let partsHash = NO_BYTES;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) hash = reader.bytes();
    else if (key === 0x12) {
      const parts = reader.message();
      while (!parts.done) {
        const partsKey = parts.key();
        if (partsKey === 0x08) partsTotal = parts.int();
        else if (partsKey === 0x12) partsHash = parts.bytes();
        else skipUnknown(parts, partsKey, 2);
      }
    } else skipUnknown(reader, key, 2);
  }
  return { hash, partsTotal, partsHash };
}

/** Decodes a header with the 14 fields of Tendermint 0.33 and later. */
export const decodeHeader = (reader: WireReader): Header => decodeHeaderFields(reader, 5);

/** Decodes a header with the 16 fields of Tendermint 0.31 and 0.32. */
export const decodeOldHeader = (reader: WireReader): Header => decodeHeaderFields(reader, 7);

/** Decodes a header of any version.
 *
 * @param idField  field number of LastBlockID, which the nine byte strings follow. If it is 7, NumTxs and TotalTxs come before it */
function decodeHeaderFields(reader: WireReader, idField: 5 | 7): Header {
  let version = { block: 0n, app: 0n };
  let chainId = '';
  let height = 0;
  let time = UNIX_EPOCH;
  let lastBlockId = NO_BLOCK_ID;
  const counts = [0n, 0n];
  const hashes: Uint8Array[] = new Array(9).fill(NO_BYTES);
  while (!reader.done) {
    const key = reader.key();
    const number = key >>> 3;
    if (key === 0x0a) version = decodeVersion(reader.message());
    else if (key === 0x12) chainId = shownText(reader.text());
    else if (key === 0x18) height = reader.int();
    else if (key === 0x22) time = decodeTimestamp(reader.message());
    else if (number >= 5 && number < idField && (key & 7) === VARINT) counts[number - 5] = reader.int64();
    else if (key === ((idField << 3) | BYTES)) lastBlockId = decodeBlockId(reader.message());
    else if (number > idField && number <= idField + 9 && (key & 7) === BYTES)
      hashes[number - idField - 1] = reader.bytes();
    else skipUnknown(reader, key, idField + 9);
  }
  return {
    versionBlock: version.block,
    versionApp: version.app,
    chainId,
    height,
    time,
    ...(idField === 7 && { numTxs: counts[0]!, totalTxs: counts[1]! }),
    lastBlockId,
    lastCommitHash: hashes[0]!,
    dataHash: hashes[1]!,
    validatorsHash: hashes[2]!,
    nextValidatorsHash: hashes[3]!,
    consensusHash: hashes[4]!,
    appHash: hashes[5]!,
    lastResultsHash: hashes[6]!,
    evidenceHash: hashes[7]!,
    proposerAddress: hashes[8]!,
  };
}

function decodeVersion(reader: WireReader): { block: bigint; app: bigint } {
  let block = 0n;
  let app = 0n;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x08) block = reader.uint64();
    else if (key === 0x10) app = reader.uint64();
    else skipUnknown(reader, key, 2);
  }
  return { block, app };
}
