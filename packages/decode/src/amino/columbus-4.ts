import { makeRegistry } from './registry.ts';
import { any, coin, coins, field, list, type Registration, signer } from './schema.ts';
import { content, message, registered, sdk039 } from './sdk-0.39.ts';

/* Types of Terra core 0.4: x/<module>/internal/types at core v0.4.6 (no field changed within 0.4). */

const feeder = signer('feeder', 'account');
const validator = field('validator', 'operator');

const oracle: readonly Registration[] = [
  message('oracle/MsgExchangeRatePrevote', field('hash', 'hex'), field('denom', 'text'), feeder, validator),
  message(
    'oracle/MsgExchangeRateVote',
    field('exchange_rate', 'decimal'),
    field('salt', 'text'),
    field('denom', 'text'),
    feeder,
    validator,
  ),
  message('oracle/MsgDelegateFeedConsent', signer('operator', 'operator'), field('delegate', 'account')),
  message('oracle/MsgAggregateExchangeRatePrevote', field('hash', 'hex'), feeder, validator),
  message(
    'oracle/MsgAggregateExchangeRateVote',
    field('salt', 'text'),
    field('exchange_rates', 'text'),
    feeder,
    validator,
  ),
];

const market: readonly Registration[] = [
  message(
    'market/MsgSwap',
    signer('trader', 'account'),
    field('offer_coin', coin),
    field('ask_denom', 'text'),
  ),
  message(
    'market/MsgSwapSend',
    signer('from_address', 'account'),
    field('to_address', 'account'),
    field('offer_coin', coin),
    field('ask_denom', 'text'),
  ),
];

const treasury: readonly Registration[] = [
  content('treasury/TaxRateUpdateProposal', field('tax_rate', 'decimal')),
  content('treasury/RewardWeightUpdateProposal', field('reward_weight', 'decimal')),
];

const wasm: readonly Registration[] = [
  message('wasm/MsgStoreCode', signer('sender', 'account'), field('wasm_byte_code', 'base64')),
  message(
    'wasm/MsgInstantiateContract',
    signer('owner', 'account'),
    field('code_id', 'uint64'),
    field('init_msg', 'base64'),
    field('init_coins', coins),
    field('migratable', 'bool'),
  ),
  message(
    'wasm/MsgExecuteContract',
    signer('sender', 'account'),
    field('contract', 'account'),
    field('execute_msg', 'base64'),
    field('coins', coins),
  ),
  message(
    'wasm/MsgMigrateContract',
    signer('owner', 'account'),
    field('contract', 'account'),
    field('new_code_id', 'uint64'),
    field('migrate_msg', 'base64'),
  ),
  {
    ...message(
      'wasm/MsgUpdateContractOwner',
      signer('owner', 'account'),
      field('new_owner', 'account'),
      field('contract', 'account'),
    ),
    successor: 'wasm.MsgUpdateContractAdmin',
  },
];

const msgauth: readonly Registration[] = [
  message(
    'msgauth/MsgGrantAuthorization',
    signer('granter', 'account'),
    field('grantee', 'account'),
    field('authorization', any('authorization')),
    field('period', 'int64'),
  ),
  message(
    'msgauth/MsgRevokeAuthorization',
    signer('granter', 'account'),
    field('grantee', 'account'),
    field('authorization_msg_type', 'text'),
  ),
  message('msgauth/MsgExecAuthorized', signer('grantee', 'account'), field('msgs', list(any('message')))),
  registered('msgauth/SendAuthorization', 'authorization', field('spend_limit', coins)),
  registered('msgauth/GenericAuthorization', 'authorization', field('grant_msg_type', 'text')),
];

/** All types that a tx of columbus-4 may hold. */
export const columbus4Types: readonly Registration[] = [
  ...sdk039,
  ...oracle,
  ...market,
  ...treasury,
  ...wasm,
  ...msgauth,
];

/** Terra columbus-4: core 0.4.0 to 0.4.6, SDK 0.39. */
export const columbus4 = makeRegistry('core/StdTx', 'terra', columbus4Types);
