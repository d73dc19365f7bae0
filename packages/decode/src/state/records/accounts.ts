import type { StateRecord, VestingState } from '@baleen/chain';
import { misfit } from '../errors.ts';
import { type coinsOf, Fields, type Json, listOf, textOf } from '../json-fields.ts';
import type { MakeRecords } from '../layout.ts';

/** An account of any type: `{"type","value"}` (amino) or `{"@type",...}`. Types are told apart by what they hold, so that
 * an unknown one with a base account inside is an account too. */
export const account: MakeRecords = ({ key, value }) => {
  const address = key.lastAccount();
  const outer = new Fields(value.data);
  const type = outer.name('@type' in outer.members ? '@type' : 'type');
  const body = 'value' in outer.members ? outer.object('value') : outer;
  const vesting =
    'base_vesting_account' in body.members ? body.object('base_vesting_account') : vestingOf(body);
  const base = baseOf(vesting ?? body);
  base.same('address', address);
  return [
    {
      kind: 'account',
      address,
      type,
      accountNumber: base.integer('account_number'),
      sequence: base.integer('sequence'),
      publicKeyJson: optionalJson(base.members.pub_key),
      moduleName: 'permissions' in body.members ? body.text('name') : undefined,
      permissions: permissionsOf(body),
      vestingJson: vesting && vestingJson(vesting, body),
    },
    ...('coins' in base.members ? base.coins('coins') : []).map(
      (coin): StateRecord => ({ kind: 'balance', address, ...coin }),
    ),
    ...(vesting === undefined ? [] : vestingRecords(address, vesting, body)),
  ];
};

const vestingOf = (body: Fields): Fields | undefined =>
  'original_vesting' in body.members ? body : undefined;

const baseOf = (holder: Fields): Fields =>
  'base_account' in holder.members ? holder.object('base_account') : holder;

const optionalJson = (value: Json | undefined): string | undefined =>
  value === null || value === undefined ? undefined : JSON.stringify(value);

function permissionsOf({ members }: Fields): readonly string[] | undefined {
  if (!('permissions' in members)) return undefined;
  return members.permissions === null ? [] : listOf(members.permissions).map(textOf);
}

/** Fields of a vesting account's schedule, beside those of the base vesting account. */
const OF_TYPE = ['start_time', 'vesting_periods', 'vesting_schedules'] as const;

function vestingJson(vesting: Fields, body: Fields): string {
  const { base_account: _, ...members } = vesting.members;
  const own = OF_TYPE.filter((name) => name in body.members).map((name) => [name, body.members[name]]);
  return JSON.stringify({ ...members, ...Object.fromEntries(own) });
}

function vestingRecords(address: string, vesting: Fields, body: Fields): VestingState[] {
  const free = vesting.coins('delegated_free');
  const vested = vesting.coins('delegated_vesting');
  const common = {
    startTime: 'start_time' in body.members ? body.integer('start_time') : undefined,
    endTime: vesting.integer('end_time'),
  };
  return vesting.coins('original_vesting').map(({ denom, amount }) => ({
    kind: 'vesting',
    address,
    denom,
    original: amount,
    delegatedFree: amountOf(free, denom),
    delegatedVesting: amountOf(vested, denom),
    ...common,
    schedulesJson: schedulesJson(body, denom),
  }));
}

const amountOf = (coins: ReturnType<typeof coinsOf>, denom: string): bigint =>
  coins.find((coin) => coin.denom === denom)?.amount ?? 0n;

function schedulesJson({ members }: Fields, denom: string): string | undefined {
  if ('vesting_schedules' in members) {
    const all = members.vesting_schedules === null ? [] : listOf(members.vesting_schedules);
    const own = all.map((each) => new Fields(each)).find((each) => each.text('denom') === denom);
    return own && JSON.stringify(own.members.schedules ?? []);
  }
  if (!('vesting_periods' in members)) return undefined;
  const periods = listOf(members.vesting_periods).map((each) => new Fields(each));
  return JSON.stringify(
    periods.map((period) => ({
      length: period.text('length'),
      amount: String(amountOf(period.coins('amount'), denom)),
    })),
  );
}

/** An account's balance in a denom; from SDK 0.43 to 0.45 the value is the whole coin. */
export const balance: MakeRecords = ({ key, value }) => {
  const address = key.account();
  const denom = key.text();
  const coin = new Fields(value.data);
  coin.same('denom', denom);
  return [{ kind: 'balance', address, denom, amount: coin.integer('amount') }];
};

/** Amount of one denom. */
export const supply: MakeRecords = ({ key, value }) => {
  const denom = key.text();
  if (denom === '') throw misfit('a denom in the key', 'none');
  return [{ kind: 'supply', denom, amount: BigInt(textOf(value.data)) }];
};

/** Amounts of all denoms in one leaf. */
export const wholeSupply: MakeRecords = ({ key, value }) => {
  key.end();
  const total = new Fields(value.data).object('value').coins('total');
  return total.map((coin) => ({ kind: 'supply', ...coin }));
};

/** SDK 0.44 writes the base denom twice: `01·denom·denom` (x/bank/keeper/keeper.go: SetDenomMetaData). */
export const denomMetadata: MakeRecords = ({ key, value }) => {
  const found = key.text();
  const denom = new Fields(value.data).name('base');
  if (found !== denom && found !== denom + denom) throw misfit(`${denom} in the key`, found);
  return [{ kind: 'denom_metadata', denom, valueJson: value.json }];
};

export const denomTrace: MakeRecords = ({ key, value }) => {
  const hash = key.hex();
  const fields = new Fields(value.data);
  return [{ kind: 'denom_trace', hash, path: fields.text('path'), baseDenom: fields.name('base_denom') }];
};
