import type { Commit, CommitSignature } from '@baleen/chain';
import { decodeTimestamp, type WireReader } from '@baleen/codec';
import { skipUnknown } from './field.ts';
import { decodeBlockId, NO_BLOCK_ID, NO_BYTES, UNIX_EPOCH } from './header.ts';

/** Commit of Tendermint 0.33 and later; undefined for the empty one that a chain's first block carries. */
export function decodeCommit(reader: WireReader): Commit | undefined {
  let height = 0;
  let round = 0;
  let blockId = NO_BLOCK_ID;
  const signatures: CommitSignature[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x08) height = reader.int();
    else if (key === 0x10) round = reader.int();
    else if (key === 0x1a) blockId = decodeBlockId(reader.message());
    else if (key === 0x22) signatures.push(decodeCommitSignature(reader.message()));
    else skipUnknown(reader, key, 4);
  }
  return height === 0 && signatures.length === 0 ? undefined : { height, round, blockId, signatures };
}

function decodeCommitSignature(reader: WireReader): CommitSignature {
  let flag = 0;
  let address = NO_BYTES;
  let time = UNIX_EPOCH;
  let signature = NO_BYTES;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x08) flag = reader.uint();
    else if (key === 0x12) address = reader.bytes();
    else if (key === 0x1a) time = decodeTimestamp(reader.message());
    else if (key === 0x22) signature = reader.bytes();
    else skipUnknown(reader, key, 4);
  }
  return { flag, address, time, signature };
}
