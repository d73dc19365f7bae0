import type { Commit, Evidence, Header } from '@baleen/chain';
import { WireReader } from '@baleen/codec';
import { decodeCommit } from './commit.ts';
import { decodeProtoEvidence } from './evidence.ts';
import { skipUnknown } from './field.ts';
import { decodeHeader } from './header.ts';

/** The content of a block's joined parts. */
export interface BlockBody {
  readonly header: Header;
  readonly txs: readonly Uint8Array[];
  readonly evidence: readonly Evidence[];
  /** The commit of the block below; undefined in the first block of a chain. */
  readonly lastCommit: Commit | undefined;
  /** Size of the block in bytes, without a length prefix. */
  readonly sizeBytes: number;
}

/** The decoders of a block's header, commit and evidence in one era. */
export interface BlockReading {
  readonly header: (reader: WireReader) => Header;
  /** Decodes a commit; returns undefined for the empty commit in a chain's first block. */
  readonly commit: (reader: WireReader) => Commit | undefined;
  readonly evidence: (raw: Uint8Array, index: number) => Evidence[];
}

/** Decodes a block of Tendermint 0.31 to 0.33: its length, then an amino struct. */
export function decodeAminoBlock(raw: Uint8Array, reading: BlockReading): BlockBody {
  const reader = new WireReader(raw);
  const length = reader.uint();
  if (length !== raw.length - reader.pos)
    throw reader.error(`a block of ${length} bytes`, `${raw.length - reader.pos}`);
  return decodeBody(reader, reading);
}

/** Decodes a block of Tendermint 0.34 or later, a protobuf message. */
export const decodeProtoBlock = (raw: Uint8Array): BlockBody =>
  decodeBody(new WireReader(raw), {
    header: decodeHeader,
    commit: decodeCommit,
    evidence: decodeProtoEvidence,
  });

function decodeBody(reader: WireReader, reading: BlockReading): BlockBody {
  const sizeBytes = reader.end - reader.pos;
  let header: Header | undefined;
  let txs: Uint8Array[] = [];
  let evidence: Evidence[] = [];
  let lastCommit: Commit | undefined;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) header = reading.header(reader.message());
    else if (key === 0x12) txs = decodeList(reader.message());
    else if (key === 0x1a) evidence = decodeList(reader.message()).flatMap(reading.evidence);
    else if (key === 0x22) lastCommit = reading.commit(reader.message());
    else throw reader.error('a field from 1 to 4 with bytes', `key ${key}`);
  }
  if (header === undefined) throw reader.error('a header (field 1)', 'none');
  return { header, txs, evidence, lastCommit, sizeBytes };
}

/** Reads a message whose field 1 is a list of byte strings, and returns them. */
function decodeList(reader: WireReader): Uint8Array[] {
  const elements: Uint8Array[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) elements.push(reader.bytes());
    else skipUnknown(reader, key, 1);
  }
  return elements;
}
