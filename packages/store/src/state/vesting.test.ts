/** The view `vesting` against what the accounts' own code says (cosmos-sdk x/auth/vesting/types/vesting_account.go@v0.39.3, the
 * same in v0.44.5; Terra core x/auth/vesting/types@v0.4.6), and against what real nodes said. */
import type { StateEraName, StateRecord, VestingState } from '@baleen/chain';
import { createStateDecoder } from '@baleen/decode/state';
import { openState } from '@baleen/source';
import {
  answerJson,
  buildBlocks,
  createDatabase,
  type FixtureName,
  fixture,
  fixtureData,
  readJsonLines,
  type TestDatabase,
} from '@baleen/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { encodeBlocks } from '../write/encode.ts';
import { writeState } from './write-state.fixture.ts';

const CHAIN = 'vesting-1';
/** Of the state; the block below has another time. */
const HEIGHT = 2;
/** Unix seconds at which the accounts below begin to vest. */
const START = 1_600_000_000;
const HUGE = 3_000_000_000_000_000_000n;

const account = (address: string, original: bigint, more: Partial<VestingState>): VestingState => ({
  kind: 'vesting',
  address,
  denom: 'uluna',
  original,
  delegatedFree: 0n,
  delegatedVesting: 0n,
  startTime: undefined,
  endTime: 0n,
  schedulesJson: undefined,
  ...more,
});
const between = (seconds: number): Partial<VestingState> => ({
  startTime: BigInt(START),
  endTime: BigInt(START + seconds),
});
const delayed = (seconds: number): Partial<VestingState> => ({ endTime: BigInt(START + seconds) });
const periodic = (...periods: readonly (readonly [length: number, amount: number])[]) => ({
  ...between(periods.reduce((sum, [length]) => sum + length, 0)),
  schedulesJson: JSON.stringify(
    periods.map(([length, amount]) => ({ length: `${length}`, amount: `${amount}` })),
  ),
});
const lazy = (...stretches: readonly (readonly [from: number, to: number, ratio: string])[]) => ({
  schedulesJson: JSON.stringify(
    stretches.map(([from, to, ratio]) => ({
      start_time: `${START + from}`,
      end_time: `${START + to}`,
      ratio: `${ratio}${'0'.repeat(20 - ratio.length)}`,
    })),
  ),
});
const holds = (address: string, amount: bigint): StateRecord => ({
  kind: 'balance',
  address,
  denom: 'uluna',
  amount,
});

const ofType = (address: string, type: string): StateRecord => ({
  ...{ kind: 'account', address, type, accountNumber: 1n, sequence: 0n, publicKeyJson: undefined },
  ...{ moduleName: undefined, permissions: undefined, vestingJson: '{}' },
});

let database: TestDatabase;
let client: pg.Client;
let store: Store;

beforeAll(async () => {
  database = await createDatabase();
  store = await openStore(database.url);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await write(CHAIN, ACCOUNTS);
  // The same accounts elsewhere, and what they were once: neither is asked for below.
  await write('vesting-2', OTHERS);
  await client.query(`
    insert into baleen_store.state_vesting
    select chain_id, address, denom, original_vesting + 1, delegated_free, delegated_vesting + 1, start_time, end_time, schedules, 0, 0
    from baleen_store.state_vesting where chain_id = '${CHAIN}';
    insert into baleen_store.state_balances
    select chain_id, address, denom, amount + 1, 0, 0 from baleen_store.state_balances where chain_id = '${CHAIN}';
    insert into baleen_store.state_accounts (chain_id, address, type, account_number, sequence, from_height, to_height)
    select chain_id, 'lazy, of two denoms', type, account_number, sequence, 0, 0
    from baleen_store.state_accounts where chain_id = '${CHAIN}' and address = 'permanent'`);
});
afterAll(async () => {
  await client.end();
  await store.close();
  await database.drop();
});

async function write(chainId: string, records: readonly StateRecord[]): Promise<void> {
  await writeState(store, chainId, HEIGHT, records);
  await store.write(encodeBlocks(buildBlocks({ chainId, count: HEIGHT })));
}

/** The account's rows when the block is of that time, by denom. */
async function at(time: number | string, address: string, chainId = CHAIN) {
  const iso = typeof time === 'number' ? new Date(time * 1000).toISOString() : time;
  await client.query('update baleen_store.blocks set time = $1 where chain_id = $2 and height = $3', [
    iso,
    chainId,
    HEIGHT,
  ]);
  const { rows } = await client.query<Record<'denom' | 'vested' | 'vesting' | 'spendable', string>>(
    `select denom, vested::text, vesting::text, spendable::text from baleen.vesting
     where chain_id = $1 and address = $2 order by denom`,
    [chainId, address],
  );
  return rows;
}

/** What has vested of the account's one denom, seconds after the start. */
async function vestedAt(second: number, address: string): Promise<string> {
  const [row, ...others] = await at(START + second, address);
  expect(others).toEqual([]);
  return row!.vested;
}

async function expectVested(address: string, bySecond: Readonly<Record<number, string>>): Promise<void> {
  const found: Record<number, string> = {};
  for (const second of Object.keys(bySecond).map(Number)) found[second] = await vestedAt(second, address);
  expect(found).toEqual(bySecond);
}

const ACCOUNTS: readonly StateRecord[] = [
  account('continuous', 1000n, between(3)),
  account('continuous, huge', HUGE, between(3)),
  account('continuous, 5', 5n, between(2)),
  account('continuous, 7', 7n, between(2)),
  account('delayed', 1000n, delayed(10)),
  account('periodic', 100n, periodic([0, 7], [10, 13], [10, 30], [20, 50])),
  account('lazy', 1000n, lazy([10, 20, '0.1'], [20, 20, '0.2'], [15, 25, '0.3'], [40, 50, '0.4'])),
  account('lazy, huge', HUGE, lazy([0, 3, '1.0'])),
  account('lazy, 5', 5n, lazy([0, 2, '1.0'])),
  account('lazy, 7', 7n, lazy([0, 2, '1.0'])),
  account('lazy, of two denoms', 1000n, lazy([0, 10, '1.0'])),
  account('lazy, of two denoms', 400n, { denom: 'usdr' }),
  ofType('lazy, of two denoms', 'core/LazyGradedVestingAccount'),
  account('permanent', 1000n, { delegatedVesting: 300n }),
  ofType('permanent', '/cosmos.vesting.v1beta1.PermanentLockedAccount'),
  holds('permanent', 705n),
  // 60 of 100 vest later.
  ...(
    [
      ['nothing delegated', 100n, 0n, 0n],
      ['some of it delegated', 75n, 25n, 0n],
      ['all of it delegated', 40n, 60n, 0n],
      ['delegated when more was vesting', 20n, 80n, 0n],
      ['also vested ones delegated', 10n, 60n, 30n],
      ['received more', 250n, 0n, 0n],
      ['slashed', 30n, 25n, 40n],
      ['nothing left', 0n, 60n, 40n],
    ] as const
  ).flatMap(([address, amount, delegatedVesting, delegatedFree]) => [
    account(address, 100n, { ...lazy([0, 10, '0.4'], [20, 30, '0.6']), delegatedVesting, delegatedFree }),
    ...(amount === 0n ? [] : [holds(address, amount)]),
  ]),
];

const OTHERS: readonly StateRecord[] = [
  ofType('lazy, of two denoms', '/cosmos.vesting.v1beta1.PermanentLockedAccount'),
  account('continuous', 77n, between(3)),
  holds('continuous', 9n),
  holds('nothing delegated', 9n),
  holds('nothing left', 9n),
];

describe('a continuous account', () => {
  test('has nothing up to its start, a rounded share between, all from its end on', () =>
    expectVested('continuous', { [-1]: '0', 0: '0', 1: '333', 2: '667', 3: '1000', 4: '1000' }));

  test('counts whole seconds of the block’s time', async () => {
    const iso = (second: number, part: string) =>
      new Date((START + second) * 1000).toISOString().replace('.000', part);
    expect((await at(iso(0, '.999999'), 'continuous'))[0]!.vested).toBe('0');
    expect((await at(iso(1, '.999999'), 'continuous'))[0]!.vested).toBe('333');
    expect((await at(iso(2, '.999999'), 'continuous'))[0]!.vested).toBe('667');
  });

  test('rounds the share of time at 18 places before it multiplies', () =>
    // 1/3 is 0.333333333333333333 there, and 2/3 is 0.666666666666666667.
    expectVested('continuous, huge', { 1: '999999999999999999', 2: '2000000000000000001' }));

  test('rounds half a coin to the even one', async () => {
    await expectVested('continuous, 5', { 1: '2' });
    await expectVested('continuous, 7', { 1: '4' });
  });
});

test('a delayed account has nothing before its end, and all from there on', () =>
  expectVested('delayed', { [-1]: '0', 0: '0', 9: '0', 10: '1000', 11: '1000' }));

test('a periodic account has the periods that are over, none of them at its start', () =>
  expectVested('periodic', {
    ...{ [-1]: '0', 0: '0', 1: '7', 9: '7', 10: '20', 11: '20', 19: '20', 20: '50' },
    ...{ 39: '50', 40: '100', 41: '100' },
  }));

test('of a permanently locked account nothing vests: it can spend what came later', async () => {
  expect(await at(START, 'permanent')).toEqual([
    { denom: 'uluna', vested: '0', vesting: '1000', spendable: '5' },
  ]);
});

describe('a lazy graded account of Terra', () => {
  test('has each stretch’s part of its ratio: stretches overlap, have gaps, and take no time', () =>
    expectVested('lazy', {
      ...{ 9: '0', 10: '0', 11: '10', 15: '50', 16: '90', 19: '210', 20: '450', 21: '480' },
      ...{ 25: '600', 39: '600', 40: '600', 41: '640', 49: '960', 50: '1000', 51: '1000' },
    }));

  test('cuts the part of a ratio at 18 places, where a continuous one rounds', () =>
    expectVested('lazy, huge', { 1: '999999999999999999', 2: '1999999999999999998' }));

  test('rounds half a coin to the even one', async () => {
    await expectVested('lazy, 5', { 1: '2' });
    await expectVested('lazy, 7', { 1: '4' });
  });

  test('has all of a denom that no schedule names', async () => {
    const rows = await at(START - 1, 'lazy, of two denoms');
    expect(rows.map(({ denom, vested }) => [denom, vested])).toEqual([
      ['uluna', '0'],
      ['usdr', '400'],
    ]);
  });
});

describe('spendable', () => {
  /** 40 of 100 have vested. */
  const spendable = async (address: string): Promise<unknown> => {
    const [row] = await at(START + 15, address);
    expect(row).toMatchObject({ vested: '40', vesting: '60' });
    return row!.spendable;
  };

  test.each([
    ['nothing delegated', '40', 'the balance without what vests'],
    ['some of it delegated', '40', 'the same when vesting coins are delegated'],
    ['all of it delegated', '40', 'the balance'],
    ['delegated when more was vesting', '20', 'the balance, and no more'],
    ['also vested ones delegated', '10', 'less by vested coins that are delegated'],
    ['received more', '190', 'more by coins that came later'],
    ['slashed', '0', 'nothing, not less'],
    ['nothing left', '0', 'nothing'],
  ])('of %s is %s: %s', async (address, expected) => {
    expect(await spendable(address)).toBe(expected);
  });
});

test('of another chain is what that chain’s account has', async () => {
  expect(await at(START + 1, 'continuous', 'vesting-2')).toEqual([
    { denom: 'uluna', vested: '26', vesting: '51', spendable: '0' },
  ]);
});

test('is not known where the state’s block is not indexed', async () => {
  await client.query('begin');
  await client.query('delete from baleen_store.blocks where chain_id = $1', [CHAIN]);
  expect(await at(START, 'nothing delegated')).toEqual([
    { denom: 'uluna', vested: null, vesting: null, spendable: null },
  ]);
  await client.query('rollback');
});

interface Recorded {
  readonly fixture: FixtureName;
  readonly era: StateEraName;
  /** Of accounts and balances. */
  readonly stores: readonly string[];
}

const RECORDED: readonly Recorded[] = [
  { fixture: 'terra-columbus4-devnet', era: 'sdk-0.39', stores: ['acc'] },
  { fixture: 'terra-columbus5-devnet', era: 'sdk-0.44', stores: ['acc', 'bank'] },
];

/** The chain's vesting accounts and their balances after a block. */
function accountsAt({ fixture: name, era, stores }: Recorded, height: number): StateRecord[] {
  const decode = createStateDecoder(era, 'terra');
  using state = openState(fixtureData(name), { height });
  const all = stores.flatMap((each) =>
    Array.from(state.entries(each), ([key, value]) => [...decode(each, key, value)]).flat(),
  );
  const addresses = new Set(all.flatMap((each) => (each.kind === 'vesting' ? [each.address] : [])));
  return all.filter((each) => 'address' in each && addresses.has(each.address) && each.kind !== 'account');
}

interface RefusedSend {
  readonly chain: Recorded;
  readonly hash: string;
  readonly sender: string;
  /** What the chain printed as spendable. */
  readonly said: RegExp;
  readonly denoms: readonly string[];
}

const REFUSED: readonly RefusedSend[] = [
  {
    chain: RECORDED[0]!,
    hash: '9C436F765D32EDA15F04FA595B1FA288AFA7FFE0E0BBA4CDAC40B509737B15B5',
    sender: 'terra1ry7ukyhukj3qc8vxcdxmlcypa4cfg0x6q2vnwf',
    said: /insufficient account funds; (\d+)uluna,(\d+)usdr < /,
    denoms: ['uluna', 'usdr'],
  },
  {
    chain: RECORDED[1]!,
    hash: '8F0589A7FDC3B8CB192D1D92C1EDB82E6202CC24025D6DF1E1C7C842373D58DF',
    sender: 'terra1msszc346324pqu5s087wakktglaxc5nq944pzy',
    said: /: (\d+)uluna is smaller than /,
    denoms: ['uluna'],
  },
];

interface TxAnswer {
  readonly raw_log: string;
  readonly timestamp: string;
  readonly tx: {
    readonly value: {
      readonly fee: { readonly amount: readonly { readonly denom: string; readonly amount: string }[] };
    };
  };
}

test.each(REFUSED)('the node of $chain.fixture refused a send for the same reason', async (refused) => {
  const { chain, hash, sender, said, denoms } = refused;
  const lines = readJsonLines(fixture(chain.fixture, 'lcd-txs.jsonl.gz'));
  const answer = answerJson(lines.find(({ request }) => request === `/txs/${hash}`)!) as TxAnswer;
  // Its first tx: since the first block only the fee was taken.
  const chainId = `${chain.fixture}/refused`;
  await write(chainId, accountsAt(chain, 1));
  for (const { denom, amount } of answer.tx.value.fee.amount)
    await client.query(
      'update baleen_store.state_balances set amount = amount - $1 where chain_id = $2 and address = $3 and denom = $4',
      [amount, chainId, sender, denom],
    );
  const rows = await at(answer.timestamp, sender, chainId);
  expect(rows.map(({ denom }) => denom)).toEqual(denoms);
  expect(rows.map(({ spendable }) => spendable)).toEqual(said.exec(answer.raw_log)!.slice(1));
});

interface Coin {
  readonly denom: string;
  readonly amount: string;
}

interface RestVesting {
  readonly original_vesting: readonly Coin[];
  readonly delegated_vesting: readonly Coin[];
}

interface RestSchedule {
  readonly denom: string;
  readonly schedules: readonly {
    readonly start_time: string;
    readonly end_time: string;
    readonly ratio: string;
  }[];
}

interface RestAccount {
  readonly type: string;
  readonly value: RestVesting & {
    readonly base_vesting_account?: RestVesting;
    readonly vesting_schedules: readonly RestSchedule[];
  };
}

/** REST's answers to `path/ADDRESS` at a height, by address. */
function answersAt<Result>(name: FixtureName, path: string, height: number): Map<string, Result> {
  const pattern = new RegExp(`^${path}/(\\w+)\\?height=${height}$`);
  return new Map(
    readJsonLines(fixture(name, 'lcd-state.jsonl.gz')).flatMap((answer) => {
      const address = answer.status === 200 ? pattern.exec(answer.request)?.[1] : undefined;
      return address === undefined
        ? []
        : [[address, (answerJson(answer) as { result: Result }).result] as const];
    }),
  );
}

const ONE = 10n ** 18n;
const amountOf = (coins: readonly Coin[], denom: string): bigint =>
  BigInt(coins.find((coin) => coin.denom === denom)?.amount ?? 0);

/** VestingSchedule.GetVestedRatio, in units of 1e-18. */
function vestedRatio({ schedules }: RestSchedule, now: bigint): bigint {
  return schedules.reduce((sum, { start_time, end_time, ratio }) => {
    const [start, end, whole] = [BigInt(start_time), BigInt(end_time), BigInt(ratio.replace('.', ''))];
    if (now < start) return sum;
    return sum + (now < end ? (whole * (now - start)) / (end - start) : whole);
  }, 0n);
}

/** LazyGradedVestingAccount, from what REST says of it. */
function expectedOf({ value }: RestAccount, balances: readonly Coin[], now: bigint) {
  const { original_vesting, delegated_vesting } = value.base_vesting_account ?? value;
  return original_vesting.map(({ denom, amount }) => {
    const schedule = value.vesting_schedules.find((each) => each.denom === denom);
    const original = BigInt(amount);
    const vested = schedule === undefined ? original : roundedEven(original * vestedRatio(schedule, now));
    const balance = amountOf(balances, denom);
    const free = balance + amountOf(delegated_vesting, denom) - (original - vested);
    const spendable = free < balance ? free : balance;
    return {
      denom,
      vested: `${vested}`,
      vesting: `${original - vested}`,
      spendable: `${spendable}`,
    };
  });
}

function roundedEven(units: bigint): bigint {
  const [whole, rest] = [units / ONE, units % ONE];
  return rest * 2n > ONE || (rest * 2n === ONE && whole % 2n === 1n) ? whole + 1n : whole;
}

function blockTime(name: FixtureName, height: number): string {
  const line = readJsonLines(fixture(name, 'rpc.jsonl.gz')).find(
    ({ request }) => request === `/block?height=${height}`,
  );
  return (answerJson(line!) as { result: { block: { header: { time: string } } } }).result.block.header.time;
}

test.each([
  { chain: RECORDED[0]!, height: 193, accounts: 2 },
  { chain: RECORDED[1]!, height: 229, accounts: 4 },
])(
  'of $chain.fixture at $height is what follows from REST’s answers',
  async ({ chain, height, accounts }) => {
    const chainId = `${chain.fixture}/${height}`;
    await write(chainId, accountsAt(chain, height));
    const time = blockTime(chain.fixture, height);
    const now = BigInt(Math.floor(Date.parse(time) / 1000));
    const balances = answersAt<readonly Coin[]>(chain.fixture, '/bank/balances', height);
    const all = [...answersAt<RestAccount>(chain.fixture, '/auth/accounts', height)];
    const vesting = all.filter(([, { type }]) => type === 'core/LazyGradedVestingAccount');
    expect(vesting).toHaveLength(accounts);
    for (const [address, rest] of vesting)
      expect(await at(time, address, chainId), address).toEqual(
        expectedOf(rest, balances.get(address)!, now),
      );
  },
);
