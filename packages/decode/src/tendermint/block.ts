import type { Commit, Evidence, Header } from '@baleen/chain';
import { WireReader } from '@baleen/codec';
import { decodeCommit } from './commit.ts';
import { skipUnknown } from './field.ts';
import { decodeHeader } from './header.ts';

/** What the parts of a block hold. */
export interface BlockBody {
  readonly header: Header;
  readonly txs: readonly Uint8Array[];
  readonly evidence: readonly Evidence[];
  /** undefined in the first block of a chain. */
  readonly lastCommit: Commit | undefined;
}

type DecodeEvidence = (raw: Uint8Array, index: number) => Evidence[];

/** A block of 0.33: its length, then the amino struct. */
export function decodeAminoBlock(raw: Uint8Array, decodeEvidence: DecodeEvidence): BlockBody {
  const reader = new WireReader(raw);
  const length = reader.uint();
  if (length !== raw.length - reader.pos)
    throw reader.error(`a block of ${length} bytes`, `${raw.length - reader.pos}`);
  return decodeBody(reader, decodeEvidence);
}

/** A block of 0.34: the protobuf message. */
export function decodeProtoBlock(raw: Uint8Array, decodeEvidence: DecodeEvidence): BlockBody {
  return decodeBody(new WireReader(raw), decodeEvidence);
}

function decodeBody(reader: WireReader, decodeEvidence: DecodeEvidence): BlockBody {
  let header: Header | undefined;
  let txs: Uint8Array[] = [];
  let evidence: Evidence[] = [];
  let lastCommit: Commit | undefined;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) header = decodeHeader(reader.message());
    else if (key === 0x12) txs = decodeList(reader.message());
    else if (key === 0x1a) evidence = decodeList(reader.message()).flatMap(decodeEvidence);
    else if (key === 0x22) lastCommit = decodeCommit(reader.message());
    else throw reader.error('a field from 1 to 4 with bytes', `key ${key}`);
  }
  if (header === undefined) throw reader.error('a header (field 1)', 'none');
  return { header, txs, evidence, lastCommit };
}

/** Elements of field 1. */
function decodeList(reader: WireReader): Uint8Array[] {
  const elements: Uint8Array[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) elements.push(reader.bytes());
    else skipUnknown(reader, key, 1);
  }
  return elements;
}
