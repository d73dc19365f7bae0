/** Five questions of a staking page. The table of REST routes has the SQL for each, and how REST prints its rows. */
import { z } from 'zod';
import { requestOf, type Texts } from '../lcd/route.ts';

/** A row of an answer: columns with their values as text. */
export type Row = Readonly<Record<string, string>>;

export interface StakingQuestion {
  readonly question: string;
  /** Path of the route, as in the table. */
  readonly path: string;
  readonly parts: Texts;
  /** Columns that identify a row; the other columns are compared. */
  readonly key: readonly string[];
  /** Picks the rows to show from an answer, whether SQL's or REST's. */
  readonly rowsOf: (value: unknown) => readonly Row[];
}

/** An account of the bundled chain that has delegations at slashed validators, and some of them on their way back. */
const delegator = 'terra17zg3x40tqqd6ymc89jlqk3yh6eauepa7cpk3dx';

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
    tokens: z.string(),
    description: z.object({ moniker: z.string() }),
    commission: z.object({ commission_rates: z.object({ rate: z.string() }) }),
  }),
);

export const STAKING_PAGE: readonly StakingQuestion[] = [
  {
    question: 'What does this account hold?',
    path: '/bank/balances/{address}',
    parts: { address: delegator },
    key: ['denom'],
    rowsOf: (value) => coins.parse(value),
  },
  {
    question: 'What has it staked, and what is that worth after slashes?',
    path: '/staking/delegators/{delegator}/delegations',
    parts: { delegator },
    key: ['operator_address'],
    rowsOf: (value) =>
      delegations.parse(value).map(({ validator_address, shares, balance }) => ({
        operator_address: validator_address,
        shares,
        amount: balance.amount,
      })),
  },
  {
    question: 'What is on its way back, and when is it free?',
    path: '/staking/delegators/{delegator}/unbonding_delegations',
    parts: { delegator },
    key: ['operator_address', 'creation_height'],
    rowsOf: (value) =>
      unbondings.parse(value).flatMap(({ validator_address, entries }) =>
        entries.map(({ creation_height, completion_time, balance }) => ({
          operator_address: validator_address,
          creation_height,
          balance,
          free_at: completion_time,
        })),
      ),
  },
  {
    question: 'Which rewards are waiting for it?',
    path: '/distribution/delegators/{delegator}/rewards',
    parts: { delegator },
    key: ['operator_address', 'denom'],
    rowsOf: (value) =>
      rewards
        .parse(value)
        .rewards.flatMap(({ validator_address, reward }) =>
          (reward ?? []).map(({ denom, amount }) => ({ operator_address: validator_address, denom, amount })),
        ),
  },
  {
    question: 'Whom could it delegate to?',
    path: '/staking/validators',
    parts: {},
    key: ['operator_address'],
    rowsOf: (value) =>
      validators.parse(value).map(({ operator_address, tokens, description, commission }) => ({
        operator_address,
        moniker: description.moniker,
        tokens,
        commission_rate: commission.commission_rates.rate,
      })),
  },
];

export const requestFor = ({ path, parts }: StakingQuestion): string => requestOf(path, parts);

/** One row of both answers: its key, and the other columns as text. */
export interface ComparedRow {
  readonly key: readonly string[];
  /** The values by SQL and by REST; undefined if there is no such row. */
  readonly sql: string | undefined;
  readonly rest: string | undefined;
}

/** Puts the rows of both answers side by side: SQL's in its order, then those that only REST has. */
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
