/** Block ids, headers and metas: the same fields in amino (0.33) and protobuf (0.34). */
import { type BlockId, type GoTime, type Header, shownText } from '@baleen/chain';
import { decodeTimestamp, WireReader } from '@baleen/codec';
import { skipUnknown } from './field.ts';

/** What is stored at `H:<height>`. */
export interface BlockMeta {
  readonly id: BlockId;
  /** Bytes of the block without a length prefix, as the node counted them. */
  readonly blockSize: number;
  readonly header: Header;
  readonly txCount: number;
}

export const NO_BYTES: Uint8Array = new Uint8Array(0);
export const NO_BLOCK_ID: BlockId = { hash: NO_BYTES, partsTotal: 0, partsHash: NO_BYTES };
/** What a time field that is not written means: zero seconds, in amino and in protobuf. */
export const EPOCH: GoTime = { seconds: 0, nanos: 0 };

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

/** Header with the 14 fields of Tendermint 0.33 and later. */
export function decodeHeader(reader: WireReader): Header {
  let version = { block: 0n, app: 0n };
  let chainId = '';
  let height = 0;
  let time = EPOCH;
  let lastBlockId = NO_BLOCK_ID;
  const hashes: Uint8Array[] = new Array(9).fill(NO_BYTES);
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) version = decodeVersion(reader.message());
    else if (key === 0x12) chainId = shownText(reader.text());
    else if (key === 0x18) height = reader.int();
    else if (key === 0x22) time = decodeTimestamp(reader.message());
    else if (key === 0x2a) lastBlockId = decodeBlockId(reader.message());
    else if (key >>> 3 >= 6 && key >>> 3 <= 14 && (key & 7) === 2) hashes[(key >>> 3) - 6] = reader.bytes();
    else skipUnknown(reader, key, 14);
  }
  return {
    versionBlock: version.block,
    versionApp: version.app,
    chainId,
    height,
    time,
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
