import { sha256 } from '@baleen/codec';
import { CONSENSUS_ADDRESS_BYTES, place, placeOf } from '../place.ts';
import { flat } from '../storage.ts';
import { bounded, defineTable, optional, required } from '../table.ts';

export const validatorUpdates = defineTable({
  name: 'validator_updates',
  doc:
    'One row is a change of the validator set that the application answered to a block. Key: chain_id, height, update_index. ' +
    'The set votes so from two heights later. No rows where the source has no results.',
  storage: flat({ key: ['update_index'] }),
  needs: 'results',
  columns: {
    ...place,
    update_index: required('int4', 'digest', "Position among the block's changes, from 0."),
    key_type: required('text', 'digest', 'ed25519, secp256k1, ...'),
    public_key: required('bytea', 'digest', "The validator's consensus key."),
    address: bounded(
      CONSENSUS_ADDRESS_BYTES,
      optional('bytea', 'redecode', 'Consensus address, 20 bytes. NULL: the key is not ed25519.'),
    ),
    power: required('int8', 'digest', 'Voting power from then on; 0: leaves the set.'),
  },
  rows(block) {
    const place = placeOf(block);
    return (block.results?.validatorUpdates ?? []).map(({ keyType, publicKey, power }, index) => ({
      ...place,
      update_index: index,
      key_type: keyType,
      public_key: publicKey,
      address: keyType === 'ed25519' ? sha256(publicKey).subarray(0, CONSENSUS_ADDRESS_BYTES) : null,
      power,
    }));
  },
});
