/** The view `pending_rewards` against F1 as the chain counts it (cosmos-sdk x/distribution/keeper/{delegation,validator}.go@v0.39.3,
 * the same in v0.44.5): by hand where the numbers are round, in whole numbers where they are not. */
import type { SlashEventState, StateRecord, ValidatorState } from '@baleen/chain';
import { createDatabase, type TestDatabase } from '@baleen/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { ONE, units } from './sdk-decimals.fixture.ts';
import { writeState } from './write-state.fixture.ts';

const CHAIN = 'rewards-1';
const HEIGHT = 1000;

const coins = (amounts: Readonly<Record<string, string>>) =>
  Object.entries(amounts).map(([denom, amount]) => ({ denom, amount: units(amount) }));

interface Slash {
  readonly height: number;
  readonly period: number;
  readonly fraction: string;
}

interface Validator {
  readonly tokens: bigint;
  readonly shares: string;
  /** Of the current one. */
  readonly period: number;
  readonly rewards: Readonly<Record<string, string>>;
  /** Rewards per token up to the end of a period. */
  readonly history: Readonly<Record<number, Readonly<Record<string, string>>>>;
  readonly slashes: readonly Slash[];
}

interface Delegation {
  readonly delegator: string;
  readonly validator: string;
  readonly shares: string;
  /** Of when it began. */
  readonly stake: string;
  readonly height: number;
  readonly previousPeriod: number;
}

interface World {
  readonly validators: Readonly<Record<string, Validator>>;
  readonly delegations: readonly Delegation[];
}

/** One uluna per token and period; two slashes in block 200. */
const ROUND: Validator = {
  tokens: 7_000_000n,
  shares: '9000000',
  period: 10,
  rewards: {},
  history: Object.fromEntries([2, 3, 5, 6, 7, 8, 9].map((period) => [period, { uluna: `${period}` }])),
  slashes: [
    { height: 100, period: 3, fraction: '0.1' },
    { height: 200, period: 5, fraction: '0.25' },
    { height: 200, period: 6, fraction: '0.5' },
    { height: 300, period: 8, fraction: '0.05' },
  ],
};

/** Denoms come and go; nothing comes out even. */
const ODD: Validator = {
  tokens: 6_999_999n,
  shares: '9000001.000000000000000007',
  period: 9,
  rewards: {
    uluna: '1234567.123456789012345678',
    unew: '0.000000000013000001',
    ugone: '0.000000000000000001',
  },
  history: {
    2: { uluna: '0.111111111111111111', usame: '3' },
    4: { uluna: '0.333333333333333334', ukrw: '0.000000000000000007', usame: '3' },
    5: { uluna: '0.333333333333333335', ukrw: '0.000000000000000008', usame: '3' },
    8: { uluna: '0.777777777777777778', ukrw: '0.123456789012345679', usame: '3' },
  },
  slashes: [
    { height: 150, period: 4, fraction: '0.010000000000000001' },
    { height: 250, period: 5, fraction: '0.333333333333333333' },
  ],
};

const PLAIN: Validator = { ...ODD, slashes: [] };

/** A token is a share. */
const EXACT: Validator = {
  tokens: 3000n,
  shares: '3000',
  period: 3,
  rewards: {},
  history: { 1: {}, 2: { uluna: '1' } },
  slashes: [],
};

/** Nothing of its stake is left: what it is owed for the current period is not its delegators'. */
const BURNED: Validator = {
  tokens: 0n,
  shares: '1000',
  period: 4,
  rewards: { uluna: '5', unew: '5' },
  history: { 1: {}, 2: { uluna: '0.5' }, 3: { uluna: '0.75' } },
  slashes: [{ height: 100, period: 2, fraction: '1' }],
};

const of = (
  validator: string,
  stake: string,
  shares: string,
  begins: readonly (readonly [delegator: string, height: number, previousPeriod: number])[],
): Delegation[] =>
  begins.map(([delegator, height, previousPeriod]) => ({
    ...{ delegator, validator, stake, shares, height, previousPeriod },
  }));

const WORLD: World = {
  validators: { round: ROUND, odd: ODD, plain: PLAIN, exact: EXACT, burned: BURNED },
  delegations: [
    ...of('round', '1000', '3000', [
      ['before all slashes', 50, 2],
      ['after both of block 200', 200, 7],
      ['with the period that the second of block 200 ended', 200, 6],
      ['between the two of block 200', 200, 5],
      ['before the one of block 300', 300, 7],
      ['above the one of block 300, in an older period', 350, 7],
      ['after all slashes', 400, 8],
      ['in the block before', 999, 8],
      ['in this block', 1000, 8],
      ['in the current period', 500, 9],
    ]),
    ...of('round', '1000', '100', [['of more than its shares are worth', 50, 2]]),
    ...of('odd', '1000.000000000000000001', '3000.5', [
      ['of odd numbers, before all slashes', 50, 2],
      ['of odd numbers, between', 200, 4],
      ['of odd numbers, after all', 300, 5],
      ['before all slashes', 60, 2],
    ]),
    ...of('plain', '1000.000000000000000001', '3000.5', [
      ['of odd numbers, never slashed', 50, 2],
      ['of odd numbers, in the last period', 500, 8],
    ]),
    ...of('exact', '1000', '1000', [['of what its shares are worth', 50, 1]]),
    ...of('exact', '1000.000000000000000003', '1000', [['of three units more', 50, 1]]),
    ...of('exact', '1000.000000000000000004', '1000', [['of four units more', 50, 1]]),
    ...of('burned', '100', '1000', [['of stake that was burned', 50, 1]]),
  ],
};

const validatorRecord = (operatorAddress: string, { tokens, shares }: Validator): ValidatorState => ({
  kind: 'validator',
  operatorAddress,
  operatorAccount: `account of ${operatorAddress}`,
  consensusAddress: `key of ${operatorAddress}`,
  keyType: 'ed25519',
  publicKey: new Uint8Array(32),
  consensusPubkeyJson: '{}',
  jailed: false,
  status: 'bonded',
  tokens,
  delegatorShares: units(shares),
  moniker: `moniker of ${operatorAddress}`,
  descriptionJson: '{}',
  unbondingHeight: 0n,
  unbondingTime: { seconds: 0, nanos: 0 },
  commissionRate: 0n,
  commissionMaxRate: 0n,
  commissionMaxChangeRate: 0n,
  commissionUpdateTime: { seconds: 0, nanos: 0 },
  minSelfDelegation: 1n,
});

function recordsOfValidator([operatorAddress, validator]: readonly [string, Validator]): StateRecord[] {
  const { period, rewards, history, slashes } = validator;
  return [
    validatorRecord(operatorAddress, validator),
    { kind: 'current_rewards', operatorAddress, period: BigInt(period), coins: coins(rewards) },
    ...Object.entries(history).map(
      ([ended, ratios]): StateRecord => ({
        ...{ kind: 'historical_rewards', operatorAddress, period: BigInt(ended), referenceCount: 1 },
        ratios: coins(ratios),
      }),
    ),
    ...slashes.map(
      ({ height, period: ended, fraction }): SlashEventState => ({
        ...{ kind: 'slash_event', operatorAddress, height: BigInt(height), validatorPeriod: BigInt(ended) },
        fraction: units(fraction),
      }),
    ),
  ];
}

const recordsOfDelegation = (delegation: Delegation): StateRecord[] => {
  const { delegator, validator: operatorAddress, shares, stake, height, previousPeriod } = delegation;
  return [
    { kind: 'delegation', delegator, operatorAddress, shares: units(shares) },
    {
      ...{ kind: 'starting_info', delegator, operatorAddress, stake: units(stake) },
      ...{ height: BigInt(height), previousPeriod: BigInt(previousPeriod) },
    },
  ];
};

const recordsOf = ({ validators, delegations }: World): StateRecord[] => [
  ...Object.entries(validators).flatMap(recordsOfValidator),
  ...delegations.flatMap(recordsOfDelegation),
];

/** A chain of the same names on which everything is worth something else. */
const OTHER: World = {
  validators: {
    ...WORLD.validators,
    round: {
      ...ROUND,
      tokens: 8_000_000n,
      period: 9,
      rewards: { uluna: '8000000' },
      history: Object.fromEntries([2, 5, 6, 8].map((period) => [period, { uluna: `${2 * period}` }])),
      slashes: [{ height: 210, period: 6, fraction: '0.2' }],
    },
  },
  delegations: of('round', '500', '4000', [
    ['before all slashes', 50, 2],
    ['after all slashes', 400, 8],
  ]),
};

let database: TestDatabase;
let client: pg.Client;
let store: Store;

beforeAll(async () => {
  database = await createDatabase();
  store = await openStore(database.url);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await writeState(store, CHAIN, HEIGHT, recordsOf(WORLD));
  await writeState(store, 'rewards-2', HEIGHT, recordsOf(OTHER));
  for (const [table, changed] of Object.entries(ONCE)) await client.query(onceSaid(table, changed));
});
afterAll(async () => {
  await client.end();
  await store.close();
  await database.drop();
});

/** What rows said that are no longer so. */
const ONCE: Readonly<Record<string, object>> = {
  state_validators: { tokens: 1_000_000_000 },
  state_delegations: { shares: 100_000 },
  state_starting_infos: { stake: 50_000, previous_period: 2 },
  state_current_periods: { period: 3 },
  state_current_rewards: { amount: 1_000_000_000 },
  state_historical_periods: { denoms: ['uluna'], ratios: [5000] },
  state_slash_events: { fraction: 0.9 },
};

/** What is so is moved behind it: who takes the first row that fits takes the wrong one. */
const onceSaid = (table: string, changed: object): string => `
  insert into baleen_store.${table}
  select (jsonb_populate_record(x, '${JSON.stringify({ ...changed, from_height: 0, to_height: 0 })}')).* from baleen_store.${table} x;
  update baleen_store.${table} set to_height = null where to_height is null`;

interface Reward {
  readonly denom: string | null;
  readonly amount: string | null;
}

async function rewardsOf(delegator: string, validator: string, chainId = CHAIN): Promise<Reward[]> {
  const { rows } = await client.query<Reward>(
    `select denom, amount::text from baleen.pending_rewards
     where chain_id = $1 and delegator = $2 and operator_address = $3 order by denom collate "C"`,
    [chainId, delegator, validator],
  );
  return rows;
}

describe('the rewards of a delegation, one uluna per token and period,', () => {
  // Nine periods have ended. Slashes: 0.1 with period 3, in block 200 0.25 with 5 and 0.5 with 6, 0.05 with 8.
  test.each([
    ['before all slashes', '4470.625', '1000 + 2·900 + 675 + 2·337.5 + 320.625'],
    ['after both of block 200', '1950', '1000 + 950: only the slash of block 300 comes after it'],
    [
      'with the period that the second of block 200 ended',
      '2950',
      '2·1000 + 950: that slash is in its stake',
    ],
    ['between the two of block 200', '2475', '1000 + 2·500 + 475: the second one is after it, in its block'],
    ['before the one of block 300', '1950', '1000 + 950: in its block, and after it'],
    ['above the one of block 300, in an older period', '2000', '2·1000: slashes of lower blocks never count'],
    ['after all slashes', '1000', 'one period'],
    ['in the block before', '1000', 'one period'],
  ])('begun %s, are %s: %s', async (delegator, amount) => {
    const [reward, ...others] = await rewardsOf(delegator, 'round');
    expect(others).toEqual([]);
    expect(reward).toEqual({ denom: 'uluna', amount: expect.stringMatching(/^\d+(\.\d+)?$/) });
    expect(units(reward!.amount!)).toBe(units(amount));
  });

  test.each(['in this block', 'in the current period'])('begun %s, are none', async (delegator) => {
    expect(await rewardsOf(delegator, 'round')).toEqual([]);
  });

  test.each([
    // Two uluna each, in the ninth period, which the question ends, one.
    ['before all slashes', '6000', '(12 - 4)·500 + (17 - 12)·400'],
    ['after all slashes', '500', '(17 - 16)·500'],
  ])('begun %s, are those of its own chain: %s, %s', async (delegator, amount) => {
    const [reward] = await rewardsOf(delegator, 'round', 'rewards-2');
    expect(units(reward!.amount!)).toBe(units(amount));
  });
});

describe('the stake', () => {
  const uluna = async (delegator: string): Promise<bigint> => {
    const [reward] = await rewardsOf(delegator, 'exact');
    return units(reward!.amount!);
  };

  test('above what the shares are worth by three units of the last place is forgiven', async () => {
    expect(await uluna('of what its shares are worth')).toBe(units('1000'));
    expect(await uluna('of three units more')).toBe(units('1000'));
  });

  test.each([
    ['of four units more', 'exact'],
    ['of more than its shares are worth', 'round'],
  ])('%s has rewards that nobody can tell, where the chain panics', async (delegator, validator) => {
    expect(await rewardsOf(delegator, validator)).toEqual([{ denom: null, amount: null }]);
  });

  test('that was burned had rewards before', async () => {
    const [reward, ...others] = await rewardsOf('of stake that was burned', 'burned');
    expect(others).toEqual([]);
    expect(units(reward!.amount!)).toBe(units('50'));
  });
});

/** DecCoins, in units of 1e-18. */
type Ratios = ReadonlyMap<string, bigint>;

const ratiosOf = (amounts: Readonly<Record<string, string>>): Ratios =>
  new Map(coins(amounts).map(({ denom, amount }) => [denom, amount]));

/** incrementValidatorPeriod: rewards per token when the current period ends. */
function endedNow({ tokens, period, rewards, history }: Validator): Ratios {
  const ended = new Map(ratiosOf(history[period - 1]!));
  if (tokens > 0n)
    for (const { denom, amount } of coins(rewards))
      ended.set(denom, (ended.get(denom) ?? 0n) + amount / tokens);
  return ended;
}

/** calculateDelegationRewards. undefined: it panics. */
function calculateRewards(validator: Validator, delegation: Delegation): Map<string, bigint> | undefined {
  const sum = new Map<string, bigint>();
  if (delegation.height === HEIGHT) return sum;
  let [began, stake] = [delegation.previousPeriod, units(delegation.stake)];
  const earn = (ended: Ratios): void => {
    const before = ratiosOf(validator.history[began]!);
    for (const [denom, ratio] of ended) {
      const amount = ((ratio - (before.get(denom) ?? 0n)) * stake) / ONE;
      if (amount > 0n) sum.set(denom, (sum.get(denom) ?? 0n) + amount);
    }
  };
  for (const { height, period, fraction } of validator.slashes) {
    if (height < delegation.height || period <= began) continue;
    earn(ratiosOf(validator.history[period]!));
    stake = (stake * (ONE - units(fraction))) / ONE;
    began = period;
  }
  const worth = (units(delegation.shares) * validator.tokens) / units(validator.shares);
  // Where it is close the exact rounding matters, and others see to that.
  expect(stake === worth * ONE || stake / ONE !== worth).toBe(true);
  if (stake / ONE > worth) return undefined;
  earn(endedNow(validator));
  return sum;
}

test('every delegation’s rewards are what the chain’s own arithmetic gives', async () => {
  const compared = WORLD.delegations.filter(({ validator }) => validator !== 'exact');
  for (const delegation of compared) {
    const { delegator, validator } = delegation;
    const expected = calculateRewards(WORLD.validators[validator]!, delegation);
    const found = await rewardsOf(delegator, validator);
    const amounts = found.map(({ denom, amount }) => [denom, amount === null ? null : units(amount)]);
    const rows = expected === undefined ? [[null, null]] : [...expected].sort();
    expect(amounts, `${delegator} at ${validator}`).toEqual(rows);
  }
});

test('rewards come with the validator’s name, and the height of the state', async () => {
  const { rows } = await client.query(
    `select distinct moniker, as_of_height::int from baleen.pending_rewards where chain_id = $1 and operator_address = 'odd'`,
    [CHAIN],
  );
  expect(rows).toEqual([{ moniker: 'moniker of odd', as_of_height: HEIGHT }]);
});
