import {
  any,
  coin,
  coins,
  type Field,
  field,
  type Group,
  list,
  omitEmpty,
  pointer,
  type Registration,
  signer,
  struct,
} from './schema.ts';

/* Types of Cosmos SDK 0.39 as Terra core 0.4 registers them: x/<module>/types/{msg*,proposal*}.go and
 * x/<module>/internal/types at cosmos-sdk v0.39.3; names from core v0.4.6 x/<module>/internal/types/codec.go. */

/** A registered type whose body is a struct. */
export const registered = (name: string, group: Group, ...fields: readonly Field[]): Registration => ({
  name,
  group,
  body: struct(...fields),
});

export const message = (name: string, ...fields: readonly Field[]): Registration =>
  registered(name, 'message', ...fields);

/** A proposal's content: title, description and what is its own. */
export const content = (name: string, ...fields: readonly Field[]): Registration =>
  registered(name, 'content', field('title', 'text'), field('description', 'text'), ...fields);

/** A message whose protobuf successor is not `module.Msg` of its own name. */
export const renamed = (successor: string, registration: Registration): Registration => ({
  ...registration,
  successor,
});

const delegator = signer('delegator_address', 'account');
const validator = field('validator_address', 'operator');

const bank: readonly Registration[] = [
  message(
    'bank/MsgSend',
    signer('from_address', 'account'),
    field('to_address', 'account'),
    field('amount', coins),
  ),
  message(
    'bank/MsgMultiSend',
    field('inputs', list(struct(signer('address', 'account'), field('coins', coins)))),
    field('outputs', list(struct(field('address', 'account'), field('coins', coins)))),
  ),
];

export const description = struct(
  field('moniker', 'text'),
  field('identity', 'text'),
  field('website', 'text'),
  field('security_contact', 'text'),
  field('details', 'text'),
);

const staking: readonly Registration[] = [
  message(
    'staking/MsgCreateValidator',
    field('description', description),
    field(
      'commission',
      struct(field('rate', 'decimal'), field('max_rate', 'decimal'), field('max_change_rate', 'decimal')),
    ),
    field('min_self_delegation', 'integer'),
    delegator,
    signer('validator_address', 'operator'),
    field('pubkey', 'consensus-key'),
    field('value', coin),
  ),
  message(
    'staking/MsgEditValidator',
    field('description', description),
    signer('address', 'operator'),
    pointer('commission_rate', 'decimal'),
    pointer('min_self_delegation', 'integer'),
  ),
  message('staking/MsgDelegate', delegator, validator, field('amount', coin)),
  message('staking/MsgUndelegate', delegator, validator, field('amount', coin)),
  message(
    'staking/MsgBeginRedelegate',
    delegator,
    field('validator_src_address', 'operator'),
    field('validator_dst_address', 'operator'),
    field('amount', coin),
  ),
];

const distribution: readonly Registration[] = [
  renamed(
    'distribution.MsgSetWithdrawAddress',
    message('distribution/MsgModifyWithdrawAddress', delegator, field('withdraw_address', 'account')),
  ),
  renamed(
    'distribution.MsgWithdrawDelegatorReward',
    message('distribution/MsgWithdrawDelegationReward', delegator, validator),
  ),
  message('distribution/MsgWithdrawValidatorCommission', signer('validator_address', 'operator')),
  message('distribution/MsgFundCommunityPool', field('amount', coins), signer('depositor', 'account')),
  content('distribution/CommunityPoolSpendProposal', field('recipient', 'account'), field('amount', coins)),
];

const gov: readonly Registration[] = [
  message(
    'gov/MsgSubmitProposal',
    field('content', any('content')),
    field('initial_deposit', coins),
    signer('proposer', 'account'),
  ),
  message(
    'gov/MsgDeposit',
    field('proposal_id', 'uint64'),
    signer('depositor', 'account'),
    field('amount', coins),
  ),
  message(
    'gov/MsgVote',
    field('proposal_id', 'uint64'),
    signer('voter', 'account'),
    field('option', 'vote-option'),
  ),
  content('gov/TextProposal'),
  content(
    'params/ParameterChangeProposal',
    field('changes', list(struct(field('subspace', 'text'), field('key', 'text'), field('value', 'text')))),
  ),
  content(
    'upgrade/SoftwareUpgradeProposal',
    field(
      'plan',
      struct(
        omitEmpty('name', 'text'),
        omitEmpty('time', 'time'),
        omitEmpty('height', 'int64'),
        omitEmpty('info', 'text'),
      ),
    ),
  ),
  content('upgrade/CancelSoftwareUpgradeProposal'),
];

const others: readonly Registration[] = [
  message('slashing/MsgUnjail', signer('address', 'operator')),
  message(
    'crisis/MsgVerifyInvariant',
    signer('sender', 'account'),
    field('invariant_module_name', 'text'),
    field('invariant_route', 'text'),
  ),
  message('evidence/MsgSubmitEvidence', field('evidence', any('evidence')), signer('submitter', 'account')),
  registered(
    'evidence/Equivocation',
    'evidence',
    field('height', 'int64'),
    field('time', 'time'),
    field('power', 'int64'),
    field('consensus_address', 'consensus'),
  ),
];

/** Public keys of Tendermint 0.33 (crypto/encoding/amino). */
const keys: readonly Registration[] = [
  { name: 'tendermint/PubKeyEd25519', group: 'key', body: { bytes: 32 } },
  { name: 'tendermint/PubKeySecp256k1', group: 'key', body: { bytes: 33 } },
  { name: 'tendermint/PubKeySr25519', group: 'key', body: { bytes: 32 } },
  registered(
    'tendermint/PubKeyMultisigThreshold',
    'key',
    field('threshold', 'uint64'),
    field('pubkeys', list(any('key'))),
  ),
];

export const sdk039: readonly Registration[] = [
  ...bank,
  ...staking,
  ...distribution,
  ...gov,
  ...others,
  ...keys,
];
