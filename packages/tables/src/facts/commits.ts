import { type BlockId, type CommitSignature, isGoZeroTime } from '@baleen/chain';
import { WireReader, WireWriter } from '@baleen/codec';
import { CONSENSUS_ADDRESS_BYTES, chainId, MAX_BECH32_BYTES, timeCells } from '../place.ts';
import { leaves } from '../storage.ts';
import { bounded, defineTable, optional, required } from '../table.ts';

const commitPlace = {
  chain_id: chainId,
  height: required('int8', 'hash', 'Height of the block that is signed.'),
  time: optional(
    'timestamptz',
    'hash',
    "Time of the next block, which carries the commit: the median of its votes. NULL: Go's zero time.",
  ),
  time_ns: optional('int4', 'hash', "Nanoseconds within the second of that time. NULL: Go's zero time."),
} as const;

export const commits = defineTable({
  name: 'commits',
  doc:
    'One row is the commit of a block, packed: the arrays have one element per validator, in set order (a row per vote takes ' +
    'three times the bytes). Key: chain_id, height. Written with the next block, which carries it; the head has none yet.',
  storage: leaves({ key: [], factor: 8, heightsBelow: 1 }),
  needs: 'blocks',
  views: ['commit_signatures'],
  columns: {
    ...commitPlace,
    round: required('int4', 'hash', 'Round of consensus that committed the block.'),
    block_hash: required('bytea', 'hash', 'Hash of the block that is signed.'),
    parts_total: required('int4', 'hash', 'Parts of that block.'),
    parts_hash: required('bytea', 'hash', 'Merkle root of its parts.'),
    flags: required('int2[]', 'hash', '1: absent, 2: for the block, 3: nil, 4: for another block.'),
    addresses: required('bytea[]', 'hash', 'Consensus addresses, 20 bytes. NULL: absent.'),
    times: required(
      'timestamptz[]',
      'hash',
      "When each voted, cut to microseconds. NULL: absent (Go's zero time).",
    ),
    times_ns: required('int4[]', 'hash', "Nanoseconds within the second. NULL: absent (Go's zero time)."),
    signatures: required('bytea[]', 'hash', 'Signatures. NULL: absent.'),
    other_block_ids: optional(
      'bytea[]',
      'hash',
      'Of votes for another block (Tendermint 0.31 and 0.32): its BlockID {hash f1, parts f2 {total f1, hash f2}}. NULL: no vote is for another one.',
    ),
  },
  rows({ chainId, header, lastCommit }) {
    if (lastCommit === undefined) return [];
    const { height, round, blockId, signatures } = lastCommit;
    return [
      {
        chain_id: chainId,
        height,
        ...timeCells(header.time),
        round,
        block_hash: blockId.hash,
        parts_total: blockId.partsTotal,
        parts_hash: blockId.partsHash,
        flags: signatures.map((signature) => signature.flag),
        addresses: signatures.map((signature) => filled(signature.address)),
        times: signatures.map(({ time }) => (isGoZeroTime(time) ? null : time)),
        times_ns: signatures.map(({ time }) => (isGoZeroTime(time) ? null : time.nanos)),
        signatures: signatures.map((signature) => filled(signature.signature)),
        other_block_ids: otherBlockIds(signatures),
      },
    ];
  },
});

const otherBlockIds = (signatures: readonly CommitSignature[]): (Uint8Array | null)[] | null =>
  signatures.some(({ blockId }) => blockId !== undefined)
    ? signatures.map(({ blockId }) => (blockId === undefined ? null : encodeBlockId(blockId)))
    : null;

function encodeBlockId({ hash, partsTotal, partsHash }: BlockId): Uint8Array {
  const parts = new WireWriter().varint(1, partsTotal).bytes(2, partsHash).finish();
  return new WireWriter().bytes(1, hash).bytes(2, parts).finish();
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** The BlockID that stands in `other_block_ids`.
 * @throws BaleenError data `WIRE_MALFORMED` */
export function otherBlockIdOf(bytes: Uint8Array): BlockId {
  const id: Mutable<BlockId> = { hash: new Uint8Array(), partsTotal: 0, partsHash: new Uint8Array() };
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) id.hash = reader.bytes();
    else if (key === 0x12) readParts(reader.message(), id);
    else throw reader.error('a hash in field 1 and parts in field 2', 'another field');
  }
  return id;
}

function readParts(reader: WireReader, id: Mutable<BlockId>): void {
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x08) id.partsTotal = reader.int();
    else if (key === 0x12) id.partsHash = reader.bytes();
    else throw reader.error('a total in field 1 and a hash in field 2', 'another field');
  }
}

/** Votes that are not for the block. They are few, so a query of a validator's uptime reads few rows. */
export const missedVotes = defineTable({
  name: 'missed_votes',
  doc:
    'One row is a vote of a commit that is not for the block: absent, nil or for another block. Key: chain_id, height, vote_index. ' +
    'The store fills in what the commit does not tell: who was absent, and the operator.',
  storage: leaves({ key: ['vote_index'], factor: 8, heightsBelow: 1 }),
  needs: 'blocks',
  columns: {
    ...commitPlace,
    vote_index: required(
      'int4',
      'hash',
      "The validator's position in the set that votes on the block, from 0.",
    ),
    flag: required('int2', 'hash', '1: absent, 3: nil, 4: for another block.'),
    address: bounded(
      CONSENSUS_ADDRESS_BYTES,
      optional(
        'bytea',
        'hash',
        'Consensus address, 20 bytes; of the absent, as the set of this height tells. NULL: absent, and the set is not known.',
      ),
    ),
    operator_address: bounded(
      MAX_BECH32_BYTES,
      optional(
        'text',
        'redecode',
        "The operator who had the validator's consensus key then, as validator_operators tells. NULL: it does not tell.",
      ),
    ),
  },
  rows({ chainId, header, lastCommit }) {
    const carried = timeCells(header.time);
    return (lastCommit?.signatures ?? []).flatMap((signature: CommitSignature, index) =>
      signature.flag === 2
        ? []
        : [
            {
              chain_id: chainId,
              height: lastCommit!.height,
              ...carried,
              vote_index: index,
              flag: signature.flag,
              address: filled(signature.address),
              operator_address: null,
            },
          ],
    );
  },
});

const filled = (bytes: Uint8Array): Uint8Array | null => (bytes.length === 0 ? null : bytes);
