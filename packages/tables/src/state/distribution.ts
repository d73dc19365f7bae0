import { required } from '../table.ts';
import { address, denom, operatorAddress } from './columns.ts';
import { defineStateTable } from './state-table.ts';

const amount = (doc: string) => required('decimal', 'hash', `${doc} In base units, with 18 places.`);
const period = required(
  'numeric',
  'hash',
  "Number of the period, from 0; a validator's periods end when its delegations change.",
);

export const communityPool = defineStateTable({
  name: 'state_community_pool',
  doc: 'One row is what the community pool holds of a denom. Key: chain_id, denom, from_height.',
  kinds: ['community_pool'],
  columns: { denom, amount: amount('Amount.') },
  rows: ({ coins }) => coins.map((coin) => ({ denom: coin.denom, amount: coin.amount })),
});

export const outstandingRewards = defineStateTable({
  name: 'state_outstanding_rewards',
  doc: 'One row is what a validator and its delegators have earned of a denom and not withdrawn. None of zero. Key: chain_id, operator_address, denom, from_height.',
  kinds: ['outstanding_rewards'],
  columns: { operator_address: operatorAddress, denom, amount: amount('Amount.') },
  rows: ({ operatorAddress: operator, coins }) =>
    coins.map((coin) => ({ operator_address: operator, denom: coin.denom, amount: coin.amount })),
});

export const accumulatedCommissions = defineStateTable({
  name: 'state_accumulated_commissions',
  doc: 'One row is commission of a denom that a validator has earned and not withdrawn. None of zero. Key: chain_id, operator_address, denom, from_height.',
  kinds: ['accumulated_commission'],
  columns: { operator_address: operatorAddress, denom, amount: amount('Amount.') },
  rows: ({ operatorAddress: operator, coins }) =>
    coins.map((coin) => ({ operator_address: operator, denom: coin.denom, amount: coin.amount })),
});

export const currentPeriods = defineStateTable({
  name: 'state_current_periods',
  doc: 'One row is the period that a validator is in. Key: chain_id, operator_address, from_height.',
  kinds: ['current_rewards'],
  columns: { operator_address: operatorAddress, period },
  rows: (record) => [{ operator_address: record.operatorAddress, period: record.period }],
});

export const currentRewards = defineStateTable({
  name: 'state_current_rewards',
  doc: "One row is what a validator's delegators together earned of a denom in its current period. None of zero. Key: chain_id, operator_address, denom, from_height.",
  kinds: ['current_rewards'],
  columns: { operator_address: operatorAddress, denom, amount: amount('Amount.') },
  rows: ({ operatorAddress: operator, coins }) =>
    coins.map((coin) => ({ operator_address: operator, denom: coin.denom, amount: coin.amount })),
});

export const historicalPeriods = defineStateTable({
  name: 'state_historical_periods',
  doc: 'One row is an ended period of a validator that somebody still needs. Of all denoms at once, as each delegation needs all of one period: a row per denom would be millions. Key: chain_id, operator_address, period, from_height.',
  kinds: ['historical_rewards'],
  columns: {
    operator_address: operatorAddress,
    period,
    reference_count: required('int4', 'hash', 'Delegations and slashes that need it, and one for the last.'),
    denoms: required(
      'text[]',
      'hash',
      'Denoms of which there were rewards since the validator began, in their order.',
    ),
    ratios: required(
      'decimal[]',
      'hash',
      'What one token of stake had earned of each by the end of the period, since the validator began. In base units, with 18 places.',
    ),
  },
  rows: (record) => [
    {
      operator_address: record.operatorAddress,
      period: record.period,
      reference_count: record.referenceCount,
      denoms: record.ratios.map(({ denom }) => denom),
      ratios: record.ratios.map(({ amount }) => amount),
    },
  ],
});

export const startingInfos = defineStateTable({
  name: 'state_starting_infos',
  doc: 'One row is from where on a delegation earns. Key: chain_id, delegator, operator_address, from_height.',
  kinds: ['starting_info'],
  columns: {
    delegator: address("The delegator's address."),
    operator_address: operatorAddress,
    previous_period: required('numeric', 'hash', 'Period that had ended when it began.'),
    stake: amount('Stake at the beginning; slashes since are in state_slash_events.'),
    height: required('numeric', 'hash', 'Height at which it began.'),
  },
  rows: (record) => [
    {
      delegator: record.delegator,
      operator_address: record.operatorAddress,
      previous_period: record.previousPeriod,
      stake: record.stake,
      height: record.height,
    },
  ],
});

export const slashEvents = defineStateTable({
  name: 'state_slash_events',
  doc: 'One row is a slash of a validator as its rewards remember it. Key: chain_id, operator_address, height, validator_period, from_height.',
  kinds: ['slash_event'],
  columns: {
    operator_address: operatorAddress,
    height: required('numeric', 'hash', 'Height of the slash.'),
    validator_period: required('numeric', 'hash', 'Period that ended with it.'),
    fraction: required('decimal', 'hash', 'Part that was taken: 0.01 is 1 %.'),
  },
  rows: (record) => [
    {
      operator_address: record.operatorAddress,
      height: record.height,
      validator_period: record.validatorPeriod,
      fraction: record.fraction,
    },
  ],
});

export const withdrawAddresses = defineStateTable({
  name: 'state_withdraw_addresses',
  doc: 'One row is where a delegator wants its rewards. Delegators that are not here get them themselves. Key: chain_id, delegator, from_height.',
  kinds: ['withdraw_address'],
  columns: {
    delegator: address("The delegator's address."),
    withdraw_address: required('text', 'hash', 'Where rewards go.'),
  },
  rows: (record) => [{ delegator: record.delegator, withdraw_address: record.withdrawAddress }],
});
