import { type Api, NOT_FOUND, type Route, type Row } from '../route.ts';
import { coins, grouped, listed, nilWhenEmpty, orPanic } from './shapes.ts';

/* Each delegation has a row, also one with nothing to withdraw. */
const REWARDS = `select d.operator_address, r.denom, r.amount, r.operator_address is null as known
from baleen.delegations d
left join baleen.pending_rewards r using (chain_id, delegator, operator_address)`;
const BY_OPERATOR = 'order by d.operator_address, r.denom';

/* Such a node queries state at height 0. It does not see slashes, so its check of the stake fails, and it takes a delegation of the
 * genesis (height 0) for one of this block, which has no rewards yet. */
const RESTARTED = 'a node that made no block since it was started';
const AS_RESTARTED = `select d.operator_address, r.denom, r.amount,
  i.height = 0 or (n.stake is not null and r.operator_address is null) as known
from baleen.delegations d
join baleen.validators v using (chain_id, operator_address)
join baleen_store.state_starting_infos i using (chain_id, delegator, operator_address)
cross join lateral (select baleen_store.stake_of_last_stretch(i.stake, d.shares, v.tokens, v.delegator_shares) as stake) n
left join baleen.pending_rewards r
  on i.height > 0 and n.stake is not null
  and r.chain_id = d.chain_id and r.delegator = d.delegator and r.operator_address = d.operator_address`;

/** Adds `where` to the statement for pending rewards, and to the one that answers as a node does that was just started. */
const rewards = (where: string, print: Route['print']): Pick<Route, 'sql' | 'print' | 'explained'> => ({
  sql: `${REWARDS}\n${where}`,
  print,
  explained: { reason: RESTARTED, ofAllAnswers: true, sql: `${AS_RESTARTED}\n${where}`, print },
});

const rewardCoins = (rows: readonly Row[]): unknown[] => coins(rows.filter(({ denom }) => denom !== null));

/** Sums the rewards per denom. Amounts are decimals with 18 places, which are added exactly, as the chain adds them. */
function totals(rows: readonly Row[]): unknown[] {
  const sums = new Map<string, bigint>();
  for (const { denom, amount } of rows.filter((row) => row.denom !== null))
    sums.set(
      denom as string,
      (sums.get(denom as string) ?? 0n) + BigInt((amount as string).replace('.', '')),
    );
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([denom, units]) => ({ denom, amount: decimal(units) }));
}

const decimal = (units: bigint): string => {
  const digits = String(units).padStart(19, '0');
  return `${digits.slice(0, -18)}.${digits.slice(-18)}`;
};

/** Prints all pending rewards of a delegator.
 *
 * @param printList  prints a list as the server does; servers differ in an empty one: `null` or `[]` */
const allRewards = (printList: (list: unknown[]) => unknown) =>
  orPanic((rows) => ({
    rewards: printList(
      grouped(rows, 'operator_address').map((own) => ({
        validator_address: own[0]!.operator_address,
        reward: printList(rewardCoins(own)),
      })),
    ),
    total: rows.length === 0 ? [] : printList(totals(rows)),
  }));

const asList = (list: unknown[]): unknown => list;
const OF_DELEGATOR = `where d.delegator = :'delegator' ${BY_OPERATOR}`;
const OF_ONE = `where d.delegator = :'delegator' and d.operator_address = :'operator' ${BY_OPERATOR}`;
const OF_OPERATOR = `where d.operator_address = :'operator'
  and d.delegator = (select operator_account from baleen.validators where operator_address = :'operator') ${BY_OPERATOR}`;
const ofOne = (print: (list: unknown[]) => unknown): Route['print'] =>
  orPanic((rows) => (rows.length === 0 ? NOT_FOUND : print(rewardCoins(rows))));

const legacy = (api: Api): Route[] => [
  {
    api,
    path: '/distribution/delegators/{delegator}/rewards',
    ...rewards(OF_DELEGATOR, allRewards(nilWhenEmpty)),
    set: 'rewards',
  },
  { api, path: '/distribution/delegators/{delegator}/rewards/{operator}', ...rewards(OF_ONE, ofOne(asList)) },
  { api, path: '/distribution/validators/{operator}/rewards', ...rewards(OF_OPERATOR, ofOne(asList)) },
];

const gateway = 'gateway-0.44';
const distribution = '/cosmos/distribution/v1beta1';
const COMMISSION = `select denom, amount from baleen.pending_commission where operator_address = :'operator' order by denom`;

const OUTSTANDING = `select denom, amount from baleen.outstanding_rewards where operator_address = :'operator' order by denom`;
const POOL = 'select denom, amount from baleen.community_pool order by denom';
const WITHDRAW = `select coalesce((select withdraw_address from baleen.withdraw_addresses where delegator = :'delegator'), :'delegator') as address`;
const OF_OWN = `select operator_address from baleen.delegations where delegator = :'delegator'`;
/* Both coins of the operator's own delegation and its commission. */
const COMMISSION_JSON = `(select jsonb_agg(jsonb_build_object('denom', c.denom, 'amount', c.amount::text) order by c.denom)
  from baleen.pending_commission c where c.operator_address = :'operator')`;
const ACCOUNT = `(select operator_account from baleen.validators where operator_address = :'operator')`;

const infoRewards = (print: Route['print']): Pick<Route, 'sql' | 'print' | 'explained'> => {
  const { explained, ...own } = rewards(OF_OPERATOR, print);
  const withInfo = (sql: string): string =>
    sql.replace(' as known', ` as known, ${COMMISSION_JSON} as commission, ${ACCOUNT} as account`);
  return { ...own, sql: withInfo(own.sql), explained: { ...explained!, sql: withInfo(explained!.sql) } };
};

const validatorInfo = (commission: (coins: unknown) => unknown): Route['print'] =>
  orPanic((rows) =>
    rows.length === 0
      ? NOT_FOUND
      : {
          operator_address: rows[0]!.account,
          self_bond_rewards: nilWhenEmpty(rewardCoins(rows)),
          val_commission: commission(rows[0]!.commission),
        },
  );

const legacyOthers = (api: Api): Route[] => [
  { api, path: '/distribution/community_pool', sql: POOL, print: (rows) => nilWhenEmpty(coins(rows)) },
  {
    api,
    path: '/distribution/delegators/{delegator}/withdraw_address',
    sql: WITHDRAW,
    print: (rows) => rows[0]!.address,
  },
];

/* Without starting_height and ending_height in the query, REST takes both as 0. */
const SLASHES = `select validator_period, fraction from baleen.validator_slashes
where operator_address = :'operator' and height between 0 and 0 order by height, validator_period`;

const OTHERS: readonly Route[] = [
  {
    api: gateway,
    path: `${distribution}/validators/{operator}/slashes`,
    sql: SLASHES,
    print: (rows) => listed('slashes', rows),
  },
  ...legacyOthers('amino-0.39'),
  ...legacyOthers('amino-0.44'),
  {
    api: 'amino-0.39',
    path: '/distribution/validators/{operator}/outstanding_rewards',
    sql: OUTSTANDING,
    print: (rows) => coins(rows),
  },
  {
    api: 'amino-0.44',
    path: '/distribution/validators/{operator}/outstanding_rewards',
    sql: OUTSTANDING,
    print: (rows) => ({ rewards: coins(rows) }),
  },
  {
    api: 'amino-0.39',
    path: '/distribution/validators/{operator}',
    ...infoRewards(validatorInfo((list) => list)),
  },
  {
    api: 'amino-0.44',
    path: '/distribution/validators/{operator}',
    ...infoRewards(validatorInfo((list) => ({ commission: list }))),
  },
  {
    api: gateway,
    path: `${distribution}/validators/{operator}/outstanding_rewards`,
    sql: OUTSTANDING,
    print: (rows) => ({ rewards: { rewards: coins(rows) } }),
  },
  {
    api: gateway,
    path: `${distribution}/community_pool`,
    sql: POOL,
    print: (rows) => ({ pool: coins(rows) }),
  },
  {
    api: gateway,
    path: `${distribution}/delegators/{delegator}/withdraw_address`,
    sql: WITHDRAW,
    print: (rows) => ({ withdraw_address: rows[0]!.address }),
  },
  {
    api: gateway,
    path: `${distribution}/delegators/{delegator}/validators`,
    sql: OF_OWN,
    print: (rows) => ({ validators: rows.map(({ operator_address }) => operator_address) }),
    set: 'validators',
  },
];

export const distributionRoutes: readonly Route[] = [
  ...legacy('amino-0.39'),
  ...legacy('amino-0.44'),
  ...OTHERS,
  {
    api: gateway,
    path: `${distribution}/delegators/{delegator}/rewards`,
    ...rewards(OF_DELEGATOR, allRewards(asList)),
    set: 'rewards',
  },
  {
    api: gateway,
    path: `${distribution}/delegators/{delegator}/rewards/{operator}`,
    ...rewards(
      OF_ONE,
      ofOne((list) => ({ rewards: list })),
    ),
  },
  {
    api: gateway,
    path: `${distribution}/validators/{operator}/commission`,
    sql: COMMISSION,
    print: (rows) => ({ commission: { commission: coins(rows) } }),
  },
];
