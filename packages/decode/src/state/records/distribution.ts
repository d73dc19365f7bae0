import type { DecimalCoin } from '@baleen/chain';
import { Fields, textOf } from '../json-fields.ts';
import type { Leaf, MakeRecords } from '../layout.ts';

/** Coins of a value, which are in its member `name`. */
type CoinsName = string;

const coinsOf = ({ value }: Leaf, name: CoinsName): DecimalCoin[] =>
  new Fields(value.data).decimalCoins(name);

export const communityPool: MakeRecords = (leaf) => {
  leaf.key.end();
  return [{ kind: 'community_pool', coins: coinsOf(leaf, 'community_pool') }];
};

export const outstandingRewards: MakeRecords = (leaf) => {
  const operatorAddress = leaf.key.operator();
  leaf.key.end();
  return [{ kind: 'outstanding_rewards', operatorAddress, coins: coinsOf(leaf, 'rewards') }];
};

export const accumulatedCommission: MakeRecords = (leaf) => {
  const operatorAddress = leaf.key.operator();
  leaf.key.end();
  return [{ kind: 'accumulated_commission', operatorAddress, coins: coinsOf(leaf, 'commission') }];
};

export const currentRewards: MakeRecords = (leaf) => {
  const operatorAddress = leaf.key.operator();
  leaf.key.end();
  const period = new Fields(leaf.value.data).integer('period');
  return [{ kind: 'current_rewards', operatorAddress, period, coins: coinsOf(leaf, 'rewards') }];
};

export const historicalRewards: MakeRecords = (leaf) => {
  const operatorAddress = leaf.key.operator();
  const period = leaf.key.uint64LittleEndian();
  leaf.key.end();
  return [
    {
      kind: 'historical_rewards',
      operatorAddress,
      period,
      referenceCount: Number(new Fields(leaf.value.data).integer('reference_count')),
      ratios: coinsOf(leaf, 'cumulative_reward_ratio'),
    },
  ];
};

export const startingInfo: MakeRecords = ({ key, value }) => {
  const operatorAddress = key.operator();
  const delegator = key.account();
  key.end();
  const fields = new Fields(value.data);
  return [
    {
      kind: 'starting_info',
      operatorAddress,
      delegator,
      previousPeriod: fields.integer('previous_period'),
      stake: fields.decimal('stake'),
      height: fields.integer('height'),
    },
  ];
};

/** The key ends with the period, which the value repeats. */
export const slashEvent: MakeRecords = ({ key, value }) => {
  const operatorAddress = key.operator();
  const height = key.uint64();
  const validatorPeriod = key.uint64();
  key.end();
  const fields = new Fields(value.data);
  fields.same('validator_period', validatorPeriod);
  return [
    { kind: 'slash_event', operatorAddress, height, validatorPeriod, fraction: fields.decimal('fraction') },
  ];
};

export const withdrawAddress: MakeRecords = ({ key, value }) => {
  const delegator = key.account();
  key.end();
  return [{ kind: 'withdraw_address', delegator, withdrawAddress: textOf(value.data) }];
};
