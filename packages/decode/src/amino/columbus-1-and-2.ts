import { withCosmosSdkNames } from './cosmos-sdk-names.ts';
import { makeRegistry } from './registry.ts';
import { coin, field, type Registration, signer } from './schema.ts';
import { sdk034 } from './sdk-0.34.ts';
import { message } from './sdk-0.39.ts';

/* Types of Terra core 0.1 and 0.2: x/<module>/msg.go, codec.go at core v0.1.1, v0.2.6. */

const submitter = signer('submitter', 'account');
const feeder = signer('feeder', 'account');
const validator = field('validator', 'operator');

/** Alike in both; neither chain had governance. */
const terra: readonly Registration[] = [
  message(
    'budget/MsgSubmitProgram',
    field('title', 'text'),
    field('description', 'text'),
    submitter,
    field('executor', 'account'),
  ),
  message('budget/MsgWithdrawProgram', field('program_id', 'uint64'), submitter),
  message(
    'budget/MsgVoteProgram',
    field('program_id', 'uint64'),
    field('option', 'bool'),
    signer('voter', 'account'),
  ),
  message(
    'market/MsgSwap',
    signer('trader', 'account'),
    field('offer_coin', coin),
    field('ask_denom', 'text'),
  ),
];

const oracle1: readonly Registration[] = [
  message('oracle/MsgPriceFeed', field('denom', 'text'), field('price', 'decimal'), feeder),
];

const oracle2: readonly Registration[] = [
  message('oracle/MsgPricePrevote', field('hash', 'text'), field('denom', 'text'), feeder, validator),
  message(
    'oracle/MsgPriceVote',
    field('price', 'decimal'),
    field('salt', 'text'),
    field('denom', 'text'),
    feeder,
    validator,
  ),
  {
    ...message(
      'oracle/MsgDelegateFeederPermission',
      signer('operator', 'operator'),
      field('feed_delegate', 'account'),
    ),
    successor: 'oracle.MsgDelegateFeedConsent',
  },
];

const withoutGov = sdk034.filter(({ name }) => !name.startsWith('gov/'));

/** Core 0.2 named the messages of bank after a module of its own, and left crisis its default name. */
const renamed2 = withoutGov.flatMap((registration) => {
  const { name } = registration;
  if (name.startsWith('crisis/')) return withCosmosSdkNames([registration]);
  if (!name.startsWith('bank/')) return [registration];
  return [{ ...registration, name: name.replace('bank/', 'pay/'), successor: name.replace('/', '.') }];
});

/** Terra columbus-1: core 0.1, SDK 0.34 with the names that it gives by default. */
export const columbus1 = makeRegistry('auth/StdTx', 'terra', [
  ...withCosmosSdkNames(withoutGov),
  ...terra,
  ...oracle1,
]);

/** Terra columbus-2: core 0.2, a fork of SDK 0.35. */
export const columbus2 = makeRegistry('auth/StdTx', 'terra', [...renamed2, ...terra, ...oracle2]);
