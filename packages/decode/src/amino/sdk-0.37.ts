import { coin, field, list, omitEmpty, pointer, type Registration, signer, struct } from './schema.ts';
import { content, message, renamed, sdk039 } from './sdk-0.39.ts';

/* Types of Cosmos SDK 0.37: those of 0.39 but for what follows (x/<module>/types and x/<module>/internal/types at cosmos-sdk
 * v0.37.14). The names are those that Terra core 0.3 gives them (core v0.3.7 x/<module>/internal/types/codec.go). */

/** A validator's description had no security contact yet. */
export const description037 = struct(
  field('moniker', 'text'),
  field('identity', 'text'),
  field('website', 'text'),
  field('details', 'text'),
);

const changed: readonly Registration[] = [
  message(
    'staking/MsgCreateValidator',
    field('description', description037),
    field(
      'commission',
      struct(field('rate', 'decimal'), field('max_rate', 'decimal'), field('max_change_rate', 'decimal')),
    ),
    field('min_self_delegation', 'integer'),
    signer('delegator_address', 'account'),
    signer('validator_address', 'operator'),
    field('pubkey', 'consensus-key'),
    field('value', coin),
  ),
  // The description is an embedded struct without a JSON tag: Go prints the type's name.
  message(
    'staking/MsgEditValidator',
    field('Description', description037),
    signer('address', 'operator'),
    pointer('commission_rate', 'decimal'),
    pointer('min_self_delegation', 'integer'),
  ),
  content(
    'params/ParameterChangeProposal',
    field(
      'changes',
      list(
        struct(
          field('subspace', 'text'),
          field('key', 'text'),
          omitEmpty('subkey', 'text'),
          field('value', 'text'),
        ),
      ),
    ),
  ),
  content('gov/SoftwareUpgradeProposal'),
  renamed('slashing.MsgUnjail', message('cosmos/MsgUnjail', signer('address', 'operator'))),
];

/** Types that SDK 0.37 does not have, or has under another name. */
const ABSENT = new Set([
  'slashing/MsgUnjail',
  'distribution/MsgFundCommunityPool',
  'upgrade/SoftwareUpgradeProposal',
  'upgrade/CancelSoftwareUpgradeProposal',
  'evidence/MsgSubmitEvidence',
  'evidence/Equivocation',
  'tendermint/PubKeySr25519',
]);

export const sdk037: readonly Registration[] = [
  ...sdk039.filter(({ name }) => !ABSENT.has(name) && !changed.some((each) => each.name === name)),
  ...changed,
];
