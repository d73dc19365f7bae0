/** Five questions of a staking page: the SQL, and the request that the node's REST server was asked instead. */
import { z } from 'zod';

/** A row by its columns, all of them text. */
export type Row = Readonly<Record<string, string>>;

export interface StakingQuestion {
  readonly question: string;
  readonly sql: string;
  readonly request: string;
  /** Columns that tell a row from the others; the others are compared. */
  readonly key: readonly string[];
  /** The rows that REST's answer means. */
  readonly rowsOf: (result: unknown) => readonly Row[];
}

/** An account of the bundled chain that has delegations at slashed validators, and some of them on their way back. */
const DELEGATOR = 'terra17zg3x40tqqd6ymc89jlqk3yh6eauepa7cpk3dx';
const HEIGHT = 290;

const coins = z.array(z.object({ denom: z.string(), amount: z.string() }));

const delegations = z.array(
  z.object({
    validator_address: z.string(),
    shares: z.string(),
    balance: z.object({ amount: z.string() }),
  }),
);

const unbondings = z.array(
  z.object({
    validator_address: z.string(),
    entries: z.array(
      z.object({ creation_height: z.string(), completion_time: z.string(), balance: z.string() }),
    ),
  }),
);

const rewards = z.object({
  rewards: z.array(z.object({ validator_address: z.string(), reward: coins.nullable() })),
});

const validators = z.array(
  z.object({
    operator_address: z.string(),
    status: z.number(),
    tokens: z.string(),
    description: z.object({ moniker: z.string() }),
    commission: z.object({ commission_rates: z.object({ rate: z.string() }) }),
  }),
);

/** As SDK 0.39 counts them. */
const STATUS = ['unbonded', 'unbonding', 'bonded'];

export const STAKING_PAGE: readonly StakingQuestion[] = [
  {
    question: 'What does this account hold?',
    sql: `select denom, amount from balances where address = '${DELEGATOR}' order by denom`,
    request: `/bank/balances/${DELEGATOR}?height=${HEIGHT}`,
    key: ['denom'],
    rowsOf: (result) => coins.parse(result),
  },
  {
    question: 'What has it staked, and what is that worth after slashes?',
    sql: `select operator_address, shares, amount from delegations
where delegator = '${DELEGATOR}' order by amount desc`,
    request: `/staking/delegators/${DELEGATOR}/delegations?height=${HEIGHT}`,
    key: ['operator_address'],
    rowsOf: (result) =>
      delegations.parse(result).map(({ validator_address, shares, balance }) => ({
        operator_address: validator_address,
        shares,
        amount: balance.amount,
      })),
  },
  {
    question: 'What is on its way back, and when is it free?',
    sql: `select operator_address, creation_height, balance, (completion_time at time zone 'UTC')::text as free_at
from unbonding_delegations where delegator = '${DELEGATOR}' order by completion_time`,
    request: `/staking/delegators/${DELEGATOR}/unbonding_delegations?height=${HEIGHT}`,
    key: ['operator_address', 'creation_height'],
    rowsOf: (result) =>
      unbondings.parse(result).flatMap(({ validator_address, entries }) =>
        entries.map(({ creation_height, completion_time, balance }) => ({
          operator_address: validator_address,
          creation_height,
          balance,
          free_at: microseconds(completion_time),
        })),
      ),
  },
  {
    question: 'Which rewards are waiting for it?',
    sql: `select operator_address, denom, amount from pending_rewards
where delegator = '${DELEGATOR}' order by operator_address, denom`,
    request: `/distribution/delegators/${DELEGATOR}/rewards?height=${HEIGHT}`,
    key: ['operator_address', 'denom'],
    rowsOf: (result) =>
      rewards
        .parse(result)
        .rewards.flatMap(({ validator_address, reward }) =>
          (reward ?? []).map(({ denom, amount }) => ({ operator_address: validator_address, denom, amount })),
        ),
  },
  {
    question: 'Whom could it delegate to?',
    sql: `select operator_address, moniker, status, tokens, commission_rate from validators
where status = 'bonded' order by tokens desc`,
    request: `/staking/validators?height=${HEIGHT}`,
    key: ['operator_address'],
    rowsOf: (result) =>
      validators.parse(result).map(({ operator_address, status, tokens, description, commission }) => ({
        operator_address,
        moniker: description.moniker,
        status: STATUS[status] ?? String(status),
        tokens,
        commission_rate: commission.commission_rates.rate,
      })),
  },
];

/** Postgres keeps microseconds of a time, cut off; what is behind them stands in the column's `_ns` twin. */
const microseconds = (time: string): string =>
  time
    .replace('T', ' ')
    .replace(/(\.\d{6})\d*Z$/, '$1Z')
    .replace(/(\.\d*?)0*Z$/, '$1')
    .replace(/\.?Z?$/, '');

/** A row of the database in the same words. */
export const textRow = (row: Readonly<Record<string, unknown>>): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)]));

const textOf = (value: unknown): string => (value === null ? '' : String(value));

/** One row of an answer, as both tell it. */
export interface ComparedRow {
  readonly key: readonly string[];
  /** undefined: no such row. */
  readonly sql: string | undefined;
  readonly rest: string | undefined;
}

/** Rows of both side by side: SQL's in its order, then those that REST alone has. */
export function compareRows(
  { key }: Pick<StakingQuestion, 'key'>,
  sql: readonly Row[],
  rest: readonly Row[],
): ComparedRow[] {
  const nameOf = (row: Row): string => JSON.stringify(key.map((name) => row[name]));
  const asked = new Map(rest.map((row) => [nameOf(row), row]));
  const found = new Map(sql.map((row) => [nameOf(row), row]));
  const names = [...new Set([...found.keys(), ...asked.keys()])];
  return names.map((name) => ({
    key: JSON.parse(name) as string[],
    sql: valuesOf(found.get(name), key),
    rest: valuesOf(asked.get(name), key),
  }));
}

function valuesOf(row: Row | undefined, key: readonly string[]): string | undefined {
  if (row === undefined) return undefined;
  const columns = Object.keys(row).filter((name) => !key.includes(name));
  return columns.map((name) => row[name]).join('  ');
}
