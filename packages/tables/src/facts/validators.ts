import type { Block, Validator } from '@baleen/chain';
import {
  CONSENSUS_ADDRESS_BYTES,
  chainId,
  consensusAddress,
  HASH_BYTES,
  keyOf,
  MAX_BECH32_BYTES,
} from '../place.ts';
import { content } from '../storage.ts';
import { bounded, defineTable, optional, required, type Seen } from '../table.ts';

export const validators = defineTable({
  name: 'validators',
  doc:
    'One row is a consensus key that stood in a validator set or voted in a commit. Key: chain_id, address. ' +
    'Content-addressed: written when absent.',
  storage: content({ key: ['chain_id', 'address'], filledBy: 'public_key' }),
  needs: 'blocks',
  views: [],
  columns: {
    chain_id: chainId,
    address: bounded(CONSENSUS_ADDRESS_BYTES, required('bytea', 'hash', 'Consensus address, 20 bytes.')),
    consensus_address: bounded(
      MAX_BECH32_BYTES,
      optional('text', 'redecode', "The address in bech32. NULL: nothing tells the chain's prefix."),
    ),
    key_type: optional('text', 'hash', 'ed25519, secp256k1, ... NULL: no set with this validator was seen.'),
    public_key: optional('bytea', 'hash', 'Public key. NULL: no set with this validator was seen.'),
  },
  rows(block, seen) {
    const members = isNewSet(block, 'keys', seen) ? block.validatorSet!.validators : [];
    const keyed = members
      .filter((member) => isNew('key', member.address, seen))
      .map((member) => row(block, member));
    // Nearly every vote is by the validator at the same position of this block's set, which has its row above.
    const voted = (block.lastCommit?.signatures ?? [])
      .filter(({ address }, index) => !equals(address, block.validatorSet?.validators[index]?.address))
      .filter(
        ({ address }) =>
          address.length > 0 && !seen.has(`key:${keyOf(address)}`) && isNew('vote', address, seen),
      )
      .map(({ address }) => row(block, { address }));
    return [...keyed, ...voted];
  },
});

const row = (block: Block, validator: Pick<Validator, 'address'> & Partial<Validator>) => ({
  chain_id: block.chainId,
  address: validator.address,
  consensus_address: consensusAddress(block, validator.address),
  key_type: validator.keyType ?? null,
  public_key: validator.publicKey ?? null,
});

export const validatorSets = defineTable({
  name: 'validator_sets',
  doc:
    'One row is a validator set, packed: the arrays have one element per validator, in set order. ' +
    'Key: chain_id, validators_hash. validator_set_ranges tells at which heights it voted; validators has the keys.',
  storage: content({
    key: ['chain_id', 'validators_hash'],
    runs: {
      table: 'validator_set_ranges',
      column: 'validators_hash',
      hashOf: (block) => (block.validatorSet === undefined ? undefined : block.header.validatorsHash),
    },
  }),
  needs: 'validators',
  columns: {
    chain_id: chainId,
    validators_hash: bounded(
      HASH_BYTES,
      required('bytea', 'hash', "The header's validators_hash, 32 bytes."),
    ),
    addresses: required('bytea[]', 'hash', 'Consensus addresses, 20 bytes.'),
    voting_powers: required('int8[]', 'hash', 'Voting powers.'),
  },
  rows(block, seen) {
    if (!isNewSet(block, 'set', seen)) return [];
    const { validators } = block.validatorSet!;
    return [
      {
        chain_id: block.chainId,
        validators_hash: block.header.validatorsHash,
        addresses: validators.map((validator) => validator.address),
        voting_powers: validators.map((validator) => validator.votingPower),
      },
    ];
  },
});

function equals(left: Uint8Array, right: Uint8Array | undefined): boolean {
  if (right === undefined || left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

const isNewSet = (block: Block, what: string, seen: Seen): boolean =>
  block.validatorSet !== undefined && isNew(what, block.header.validatorsHash, seen);

function isNew(what: string, bytes: Uint8Array, seen: Seen): boolean {
  const key = `${what}:${keyOf(bytes)}`;
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}
