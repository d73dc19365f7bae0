/** Terra's market and its treasury's indicators in SQL, against the same in whole numbers (core v0.4.6, x/market/internal/keeper/swap.go,
 * x/treasury/internal/keeper/{indicator,querier}.go; columbus-5's count alike). */
import type { StateRecord } from '@baleen/chain';
import { createDatabase, type TestDatabase } from '@baleen/testing';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../index.ts';
import { numeric, ONE, product, quotient, unitsOrNull } from './sdk-decimals.fixture.ts';
import { writeState } from './write-state.fixture.ts';

const CHAIN = 'test-1';
const WEEK = 100_800;
const POOL = 'terra1pool';

const param = (subspace: string, key: string, value: string): StateRecord => ({
  kind: 'param',
  ...{ subspace, key, name: undefined, valueJson: JSON.stringify(value) },
});
const moduleValue = (module: string, name: string, value: unknown, key = ''): StateRecord => ({
  kind: 'module_value',
  ...{ module, name, key, valueJson: JSON.stringify(value) },
});
const rate = (denom: string, value: bigint): StateRecord => ({ kind: 'oracle_rate', denom, value });
const tax = (denom: string, value: bigint): StateRecord => ({ kind: 'oracle_tobin_tax', denom, value });
const reward = (epoch: number, rewards: string, staked: string): StateRecord[] => [
  moduleValue('treasury', 'tax_reward', rewards, `${epoch}`),
  moduleValue('treasury', 'total_staked_luna', staked, `${epoch}`),
];

/** Columbus-4's names of params; columbus-5's have capitals, as BasePool. */
const RECORDS: readonly StateRecord[] = [
  param('market', 'basepool', '100.000000000000000000'),
  param('market', 'minstabilityspread', '0.020000000000000000'),
  ...[rate('usdr', ONE), rate('uusd', 2n * ONE), rate('ukrw', 2n * ONE), rate('umnt', ONE)],
  ...[tax('usdr', 0n), tax('uusd', 2n * 10n ** 15n), tax('umnt', 3n * 10n ** 15n)],
  param('treasury', 'windowlong', '52'),
  param('treasury', 'windowshort', '2'),
  param('staking', 'BondDenom', 'uluna'),
  {
    kind: 'account',
    ...{ address: POOL, type: 'supply/ModuleAccount', accountNumber: 1n, sequence: 0n },
    ...{ publicKeyJson: undefined, permissions: [], vestingJson: undefined },
    moduleName: 'bonded_tokens_pool',
  },
  { kind: 'balance', address: POOL, denom: 'uluna', amount: 3n },
  moduleValue('treasury', 'epoch_tax_proceeds', [
    { denom: 'usdr', amount: '1' },
    { denom: 'ukrw', amount: '2' },
    { denom: 'uxyz', amount: '7' },
  ]),
  ...[...reward(0, '1.000000000000000000', '3'), ...reward(2, '1.000000000000000000', '0')],
];

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createDatabase();
  const store = await openStore(database.url);
  await writeState(store, CHAIN, 7, RECORDS);
  await store.close();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});
/* Each test changes the state as it likes. */
beforeEach(async () => {
  await client.query('begin');
  return () => client.query('rollback');
});

const setRate = (denom: string, value: bigint): string =>
  `update baleen_store.state_oracle_rates set rate = ${numeric(value)} where denom = '${denom}';`;
const setTax = (denom: string, value: bigint): string =>
  `update baleen_store.state_oracle_tobin_taxes set tax = ${numeric(value)} where denom = '${denom}';`;
const setParam = (key: string, value: string): string =>
  `update baleen_store.state_params set value = '"${value}"' where key = '${key}';`;
const setDelta = (delta: bigint): string =>
  `delete from baleen_store.state_module_values where module = 'market';
   insert into baleen_store.state_module_values (chain_id, module, name, key, value, from_height)
   values ('${CHAIN}', 'market', 'terra_pool_delta', '', '"${numeric(delta)}"', 1);`;

interface Quote {
  /** null: it can't be said. */
  readonly amount: string | null;
  readonly spread: string | null;
}

async function quoted(offer: bigint, offerDenom: string, askDenom: string): Promise<Quote | undefined> {
  const { rows } = await client.query(
    `select denom, amount::text, spread::text from baleen.swap_quote(${offer}, $1, $2)`,
    [offerDenom, askDenom],
  );
  if (rows.length === 0) return undefined;
  expect(rows).toMatchObject([{ denom: askDenom }]);
  return { amount: rows[0].amount, spread: rows[0].spread };
}

describe('a swap between stablecoins', () => {
  test('is over usdr, rounded half to even at 18 places on the way there', async () => {
    await client.query(setRate('umnt', ONE * ONE) + setTax('umnt', 0n) + setTax('uusd', 0n));
    // 1 uusd is 2.5 unitsOrNull of the last place of usdr, which is 2; then 3.5 of them, which is 4.
    await client.query(setRate('usdr', 5n));
    expect(await quoted(1n, 'uusd', 'umnt')).toMatchObject({ amount: '400000000000000000' });
    await client.query(setRate('usdr', 7n));
    expect(await quoted(1n, 'uusd', 'umnt')).toMatchObject({ amount: '571428571428571428' });
  });

  test('is rounded half to even on the way back as well', async () => {
    await client.query(setTax('umnt', 0n) + setTax('uusd', 0n));
    // Half a usdr is 0.5 unitsOrNull of the last place of umnt, which is nothing, then 1.5 of them, which is 2.
    await client.query(setRate('umnt', 1n));
    expect(await quoted(1n, 'uusd', 'umnt')).toMatchObject({ amount: null });
    await client.query(setRate('umnt', 3n));
    expect(await quoted(1n, 'uusd', 'umnt')).toMatchObject({ amount: '0' });
  });

  test('pays the higher tobin tax of both, and its amount is cut', async () => {
    const kept = { amount: '498', spread: '0.003000000000000000' };
    expect(await quoted(1000n, 'uusd', 'umnt')).toEqual(kept);
    expect(await quoted(500n, 'umnt', 'uusd')).toEqual({ ...kept, amount: '997' });
    expect(await quoted(1000n, 'uusd', 'usdr')).toEqual({ amount: '499', spread: '0.002000000000000000' });
  });

  test('can’t be had when one of them has no tobin tax, as ukrw here, which luna can be had for', async () => {
    expect(await quoted(1000n, 'uusd', 'ukrw')).toMatchObject({ amount: null });
    expect(await quoted(1000n, 'ukrw', 'uusd')).toMatchObject({ amount: null });
    expect(await quoted(200n, 'ukrw', 'uluna')).toMatchObject({ amount: '50' });
  });
});

describe('a swap with luna', () => {
  test('moves along the constant product of both pools', async () => {
    // 100 - 100² / (100 + 100)
    expect(await quoted(100n, 'uluna', 'usdr')).toEqual({ amount: '50', spread: '0.500000000000000000' });
    expect(await quoted(100n, 'usdr', 'uluna')).toEqual({ amount: '50', spread: '0.500000000000000000' });
  });

  test('costs the least spread where the pools would give more than the oracle', async () => {
    await client.query(setDelta(100n * ONE));
    // Luna's pool is 50: 200 - 100² / (50 + 50) would be twice the offer.
    expect(await quoted(50n, 'uluna', 'usdr')).toEqual({ amount: '49', spread: '0.020000000000000000' });
    // 50 - 100² / (200 + 200)
    expect(await quoted(200n, 'usdr', 'uluna')).toEqual({ amount: '25', spread: '0.875000000000000000' });
  });

  test('can’t be had when terra’s pool is empty', async () => {
    await client.query(setDelta(-100n * ONE));
    expect(await quoted(50n, 'uluna', 'usdr')).toEqual({ amount: null, spread: null });
  });
});

describe('a swap', () => {
  test('of a denom for itself, or of an offer above 100 bits, is no swap', async () => {
    expect(await quoted(1n, 'uusd', 'uusd')).toBeUndefined();
    expect(await quoted(1n, 'uluna', 'uluna')).toBeUndefined();
    expect(await quoted(2n ** 100n, 'uusd', 'umnt')).toBeUndefined();
    expect(await quoted(2n ** 100n - 1n, 'uusd', 'umnt')).toBeDefined();
  });

  test('can’t be had without a price of either denom or of usdr, nor for an offer of nothing', async () => {
    expect(await quoted(1000n, 'uxyz', 'uusd')).toMatchObject({ amount: null });
    expect(await quoted(1000n, 'uluna', 'uxyz')).toMatchObject({ amount: null });
    expect(await quoted(0n, 'uusd', 'uluna')).toMatchObject({ amount: null });
    expect(await quoted(0n, 'usdr', 'uluna')).toMatchObject({ amount: null });
    await client.query(`delete from baleen_store.state_oracle_rates where denom = 'usdr'`);
    expect(await quoted(1000n, 'uusd', 'umnt')).toMatchObject({ amount: null });
  });

  test('can be asked for by the reader', async () => {
    await client.query('set local role baleen_reader');
    expect(await quoted(100n, 'uluna', 'usdr')).toMatchObject({ amount: '50' });
  });

  test('is what Terra’s own steps give, whatever prices and pools are', () =>
    fc.assert(
      fc.asyncProperty(markets, offers, pairs, async (market, offer, [offerDenom, askDenom]) => {
        await client.query(statementsOf(market));
        const found = await quoted(offer, offerDenom, askDenom);
        const wanted = swapOf(market, offer, offerDenom, askDenom);
        expect(found!.amount).toBe(wanted?.amount.toString() ?? null);
        if (wanted !== undefined) expect(unitsOrNull(found!.spread)).toBe(wanted.spread);
      }),
      { numRuns: 80 },
    ));
});

type Denom = 'uluna' | 'usdr' | 'uusd' | 'umnt';

interface Market {
  readonly basePool: bigint;
  readonly delta: bigint;
  readonly minSpread: bigint;
  readonly rates: Readonly<Record<Exclude<Denom, 'uluna'>, bigint>>;
  readonly taxes: Readonly<Record<Exclude<Denom, 'uluna'>, bigint>>;
}

const decimals = (max: bigint): fc.Arbitrary<bigint> => fc.bigInt({ min: 1n, max });
const prices = decimals(10n ** 5n * ONE);
const fractions = decimals(ONE / 10n);
const markets: fc.Arbitrary<Market> = fc
  .record({
    basePool: decimals(10n ** 12n * ONE),
    moved: fc.integer({ min: -99, max: 300 }),
    minSpread: fractions,
    rates: fc.record({ usdr: prices, uusd: prices, umnt: prices }),
    taxes: fc.record({ usdr: fractions, uusd: fractions, umnt: fractions }),
  })
  .map(({ moved, ...market }) => ({ ...market, delta: (market.basePool * BigInt(moved)) / 100n }));
const offers = fc.oneof(decimals(100n), decimals(10n ** 15n));
const DENOMS: readonly Denom[] = ['uluna', 'usdr', 'uusd', 'umnt'];
const pairs = fc
  .tuple(fc.constantFrom(...DENOMS), fc.constantFrom(...DENOMS))
  .filter(([offer, ask]) => offer !== ask);

const statementsOf = ({ basePool, delta, minSpread, rates, taxes }: Market): string =>
  [
    setParam('basepool', numeric(basePool)),
    setParam('minstabilityspread', numeric(minSpread)),
    setDelta(delta),
    ...Object.entries(rates).map(([denom, value]) => setRate(denom, value)),
    ...Object.entries(taxes).map(([denom, value]) => setTax(denom, value)),
  ].join('');

/** ComputeInternalSwap; undefined: its error. */
function exchanged(market: Market, amount: bigint, offer: Denom, ask: Denom): bigint | undefined {
  if (offer === ask) return amount;
  const rateOf = (denom: Denom): bigint => (denom === 'uluna' ? ONE : market.rates[denom]);
  const value = quotient(product(amount, rateOf(ask)), rateOf(offer));
  return value <= 0n ? undefined : value;
}

/** QuerySwap; undefined: its error, or the SDK's refusal of a negative amount. */
function swapOf(
  market: Market,
  offer: bigint,
  offerDenom: Denom,
  askDenom: Denom,
): { amount: bigint; spread: bigint } | undefined {
  const base = exchanged(market, offer * ONE, offerDenom, 'usdr');
  const asked = base === undefined ? undefined : exchanged(market, base, 'usdr', askDenom);
  if (base === undefined || asked === undefined) return undefined;
  const spread = spreadOf(market, base, offerDenom, askDenom);
  const left = asked - product(spread, asked);
  return left < 0n ? undefined : { amount: left / ONE, spread };
}

/** What ComputeSwap keeps. */
function spreadOf(market: Market, base: bigint, offer: Denom, ask: Denom): bigint {
  const { basePool, delta, minSpread, taxes } = market;
  if (offer !== 'uluna' && ask !== 'uluna') return higher(taxes[ask], taxes[offer]);
  const square = product(basePool, basePool);
  const terra = basePool + delta;
  const luna = quotient(square, terra);
  const [offerPool, askPool] = offer === 'uluna' ? [luna, terra] : [terra, luna];
  const spread = quotient(base - (askPool - quotient(square, offerPool + base)), base);
  return higher(spread, minSpread);
}

function higher(one: bigint, other: bigint): bigint {
  if (one > other) return one;
  return other;
}

describe('the treasury’s indicators', () => {
  const indicators = async (): Promise<unknown> => {
    const { rows } = await client.query(
      `select epoch::int, tax_rewards::text as taxes, trl_year::text as year, trl_month::text as month from baleen.treasury_indicators`,
    );
    expect(rows).toHaveLength(1);
    return rows[0];
  };
  const setHeight = (height: number): string => `update baleen_store.states set height = ${height};`;

  test('are the running epoch’s taxes that have a price, to a unit of stake, in the first epoch', async () => {
    // 1 usdr, 2 ukrw that are 1 usdr, and nothing for uxyz; 2 / 3, cut.
    expect(await indicators()).toEqual({
      epoch: 0,
      taxes: '2.000000000000000000',
      year: '0.666666666666666666',
      month: '0.666666666666666666',
    });
  });

  test('are means with the epochs before, as many as there are, an epoch without stake or taxes counted as 0', async () => {
    await client.query(setHeight(3 * WEEK));
    // The year has epochs 0 (1 / 3), 1 (none) and 2 (no stake) before it: (3 * 0.11…1 + 0.66…6) / 4, cut at each step.
    expect(await indicators()).toMatchObject({
      epoch: 3,
      year: '0.249999999999999999',
      month: '0.333333333333333333',
    });
  });

  test('leave out epochs beyond their window', async () => {
    await client.query(setHeight(4 * WEEK - 1) + setParam('windowlong', '3'));
    // Epochs 1 and 2 before it, both 0: 0.66…6 / 3.
    expect(await indicators()).toMatchObject({ epoch: 3, year: '0.222222222222222222' });
  });

  test('count the whole epochs of the chain before, not its part of one', async () => {
    await client.query(
      `${setHeight(WEEK + WEEK / 2)}
       insert into baleen_store.state_module_values (chain_id, module, name, key, value, from_height)
       values ('${CHAIN}', 'treasury', 'cumulative_height', '', '"${2 * WEEK + WEEK / 2}"', 1)`,
    );
    expect(await indicators()).toMatchObject({ epoch: 3, year: '0.249999999999999999' });
  });

  test('can’t be said when nothing is bonded', async () => {
    await client.query('delete from baleen_store.state_balances');
    expect(await indicators()).toMatchObject({ year: null, month: null });
  });
});
