import { consensusAddress, place, placeOf, timeCells } from '../place.ts';
import { flat } from '../storage.ts';
import { defineTable, optional, required } from '../table.ts';

export const evidence = defineTable({
  name: 'evidence',
  doc: 'One row is a misbehaving validator of a piece of evidence in a block. Key: chain_id, height, evidence_index, validator_index.',
  storage: flat({ key: ['evidence_index', 'validator_index'] }),
  needs: 'blocks',
  columns: {
    ...place,
    evidence_index: required('int4', 'hash', 'Position of the evidence in the block, from 0.'),
    validator_index: required('int4', 'redecode', 'Position of the validator in the evidence, from 0.'),
    kind: required('text', 'hash', 'duplicate_vote or light_client_attack.'),
    evidence_height: required('int8', 'hash', 'Height that the misbehaviour happened at.'),
    address: optional('bytea', 'hash', 'Consensus address, 20 bytes. NULL: the attack names none.'),
    consensus_address: optional(
      'text',
      'redecode',
      "The address in bech32. NULL: none, or nothing tells the chain's prefix.",
    ),
    power: optional('int8', 'digest', 'Voting power. NULL: neither the evidence nor a known set tells.'),
    total_power: optional(
      'int8',
      'digest',
      'Voting power of the whole set. NULL: neither the evidence nor a known set tells.',
    ),
    evidence_time: optional(
      'timestamptz',
      'hash',
      'Time of the misbehaviour, cut to microseconds. NULL: not told.',
    ),
    evidence_time_ns: optional('int4', 'hash', 'Nanoseconds within the second. NULL: not told.'),
    raw: required('bytea', 'hash', 'The whole evidence, as the block has it.'),
  },
  rows(block) {
    const place = placeOf(block);
    return block.evidence.map((item, position) => {
      const { time, time_ns } = timeCells(item.time);
      return {
        ...place,
        evidence_index: item.index,
        validator_index: block.evidence.slice(0, position).filter(({ index }) => index === item.index).length,
        kind: item.kind,
        evidence_height: item.evidenceHeight,
        address: item.consensusAddress.length === 0 ? null : item.consensusAddress,
        consensus_address: consensusAddress(block, item.consensusAddress),
        power: item.power ?? null,
        total_power: item.totalPower ?? null,
        evidence_time: time,
        evidence_time_ns: time_ns,
        raw: item.raw,
      };
    });
  },
});
