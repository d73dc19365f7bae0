import { makeRegistry } from './registry.ts';
import { coin, field, type Registration, signer } from './schema.ts';
import { sdk037 } from './sdk-0.37.ts';
import { content, message } from './sdk-0.39.ts';

/* Types of Terra core 0.3: x/<module>/internal/types at core v0.3.7 (no field changed within 0.3). */

const feeder = signer('feeder', 'account');
const validator = field('validator', 'operator');

const terra: readonly Registration[] = [
  // The hash is text here: 40 hex digits.
  message('oracle/MsgExchangeRatePrevote', field('hash', 'text'), field('denom', 'text'), feeder, validator),
  message(
    'oracle/MsgExchangeRateVote',
    field('exchange_rate', 'decimal'),
    field('salt', 'text'),
    field('denom', 'text'),
    feeder,
    validator,
  ),
  message('oracle/MsgDelegateFeedConsent', signer('operator', 'operator'), field('delegate', 'account')),
  message(
    'market/MsgSwap',
    signer('trader', 'account'),
    field('offer_coin', coin),
    field('ask_denom', 'text'),
  ),
  content('treasury/TaxRateUpdateProposal', field('tax_rate', 'decimal')),
  content('treasury/RewardWeightUpdateProposal', field('reward_weight', 'decimal')),
];

/** Terra columbus-3: core 0.3.0 to 0.3.7, SDK 0.37. */
export const columbus3 = makeRegistry('core/StdTx', 'terra', [...sdk037, ...terra]);
