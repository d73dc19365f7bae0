import { type Api, NOT_FOUND, type Route, type Row, type Texts } from '../route.ts';
import { aminoKey, goTime, grouped, listed, one, withoutEmpty } from './shapes.ts';

const STATUS: Readonly<Record<Api, Readonly<Record<string, unknown>>>> = {
  'amino-0.39': { unbonded: 0, unbonding: 1, bonded: 2 },
  'amino-0.44': { unbonded: 1, unbonding: 2, bonded: 3 },
  'gateway-0.44': {
    unbonded: 'BOND_STATUS_UNBONDED',
    unbonding: 'BOND_STATUS_UNBONDING',
    bonded: 'BOND_STATUS_BONDED',
  },
};

const printValidator =
  (api: Api) =>
  (row: Row): unknown => {
    const lean = api === 'amino-0.44';
    const unbonding = row.unbonding_height as string;
    const first = {
      operator_address: row.operator_address,
      consensus_pubkey: lean ? aminoKey(row.consensus_pubkey) : row.consensus_pubkey,
      jailed: row.jailed,
      status: STATUS[api][row.status as string],
      tokens: row.tokens,
      delegator_shares: row.delegator_shares,
      description: lean ? withoutEmpty(row.description as object as Row) : row.description,
      unbonding_height: lean && unbonding === '0' ? '' : unbonding,
      unbonding_time: goTime(row, 'unbonding_time'),
      commission: {
        commission_rates: {
          rate: row.commission_rate,
          max_rate: row.commission_max_rate,
          max_change_rate: row.commission_max_change_rate,
        },
        update_time: goTime(row, 'commission_update_time'),
      },
      min_self_delegation: row.min_self_delegation,
    };
    return lean ? withoutEmpty(first) : first;
  };

const VALIDATORS = 'select * from baleen.validators';
const BY_OPERATOR = `${VALIDATORS} where operator_address = :'operator'`;
const OF_DELEGATOR = `${VALIDATORS} where operator_address in (select operator_address from baleen.delegations where delegator = :'delegator')`;
const OF_DELEGATION = `${VALIDATORS} where operator_address in (select operator_address from baleen.delegations where delegator = :'delegator' and operator_address = :'operator')`;

/** Reads the status of a query, which legacy servers write `bonded` and the gateway `BOND_STATUS_BONDED`. */
const statusSql = (given: string): string =>
  `${VALIDATORS} where status = lower(replace(${given}, 'BOND_STATUS_', ''))`;

const legacyValidators = (api: Api, all: string): Route[] => {
  const print = printValidator(api);
  const list = (rows: readonly Row[]): unknown => rows.map(print);
  return [
    { api, path: '/staking/validators', sql: all, print: list, set: '' },
    {
      api,
      path: '/staking/validators?status={status}',
      sql: statusSql(`:'status'`),
      print: list,
      set: '',
      isPaged: true,
    },
    { api, path: '/staking/validators/{operator}', sql: BY_OPERATOR, print: one(print) },
    { api, path: '/staking/delegators/{delegator}/validators', sql: OF_DELEGATOR, print: list, set: '' },
    {
      api,
      path: '/staking/delegators/{delegator}/validators/{operator}',
      sql: OF_DELEGATION,
      print: one(print),
    },
  ];
};

const gateway = 'gateway-0.44';
const gatewayValidator = printValidator(gateway);
const gatewayValidators = (rows: readonly Row[]): unknown => listed('validators', rows.map(gatewayValidator));
const staking = '/cosmos/staking/v1beta1';

const GATEWAY_VALIDATORS: readonly Route[] = [
  {
    api: gateway,
    path: `${staking}/validators`,
    sql: VALIDATORS,
    print: gatewayValidators,
    set: 'validators',
  },
  {
    api: gateway,
    path: `${staking}/validators?status={status}`,
    sql: statusSql(`:'status'`),
    print: gatewayValidators,
    set: 'validators',
  },
  {
    api: gateway,
    path: `${staking}/validators/{operator}`,
    sql: BY_OPERATOR,
    print: one((row) => ({ validator: gatewayValidator(row) })),
  },
  {
    api: gateway,
    path: `${staking}/delegators/{delegator}/validators`,
    sql: OF_DELEGATOR,
    print: gatewayValidators,
    set: 'validators',
  },
  {
    api: gateway,
    path: `${staking}/delegators/{delegator}/validators/{operator}`,
    sql: OF_DELEGATION,
    print: one((row) => ({ validator: gatewayValidator(row) })),
  },
];

const DELEGATIONS = 'select delegator, operator_address, shares, denom, amount from baleen.delegations';

const delegationFields = (row: Row): object => ({
  delegator_address: row.delegator,
  validator_address: row.operator_address,
  shares: row.shares,
});
const flatDelegation = (row: Row): unknown => ({
  ...delegationFields(row),
  balance: { denom: row.denom, amount: row.amount },
});
const nestedDelegation = (row: Row): unknown => ({
  delegation: delegationFields(row),
  balance: { denom: row.denom, amount: row.amount },
});

const delegationsOf = (name: 'delegator' | 'operator'): string =>
  `${DELEGATIONS} where ${name === 'delegator' ? 'delegator' : 'operator_address'} = :'${name}'`;
const oneDelegation = `${DELEGATIONS} where delegator = :'delegator' and operator_address = :'operator'`;

const legacyDelegations = (api: Api, print: (row: Row) => unknown): Route[] => [
  {
    api,
    path: '/staking/delegators/{delegator}/delegations',
    sql: delegationsOf('delegator'),
    print: (rows) => rows.map(print),
    set: '',
  },
  {
    api,
    path: '/staking/validators/{operator}/delegations',
    isHeavy: true,
    sql: delegationsOf('operator'),
    print: (rows) => rows.map(print),
    set: '',
  },
  {
    api,
    path: '/staking/delegators/{delegator}/delegations/{operator}',
    sql: oneDelegation,
    print: one(print),
  },
];

const gatewayDelegations = (rows: readonly Row[]): unknown =>
  listed('delegation_responses', rows.map(nestedDelegation));

const GATEWAY_DELEGATIONS: readonly Route[] = [
  {
    api: gateway,
    path: `${staking}/delegations/{delegator}`,
    sql: delegationsOf('delegator'),
    print: gatewayDelegations,
    set: 'delegation_responses',
  },
  {
    api: gateway,
    path: `${staking}/validators/{operator}/delegations`,
    isHeavy: true,
    sql: delegationsOf('operator'),
    print: gatewayDelegations,
    set: 'delegation_responses',
  },
  {
    api: gateway,
    path: `${staking}/validators/{operator}/delegations/{delegator}`,
    sql: oneDelegation,
    print: one((row) => ({ delegation_response: nestedDelegation(row) })),
  },
];

const UNBONDING = 'select * from baleen.unbonding_delegations';
const IN_ORDER = 'order by delegator, operator_address, entry_index';

const printUnbonding = (entries: readonly Texts[]): unknown => ({
  delegator_address: entries[0]!.delegator,
  validator_address: entries[0]!.operator_address,
  entries: entries.map((entry) => ({
    creation_height: entry.creation_height,
    completion_time: goTime(entry, 'completion_time'),
    initial_balance: entry.initial_balance,
    balance: entry.balance,
  })),
});
const printUnbondings = (rows: readonly Row[]): unknown[] =>
  grouped(rows, 'delegator', 'operator_address').map(printUnbonding);
const oneUnbonding = `${UNBONDING} where delegator = :'delegator' and operator_address = :'operator' ${IN_ORDER}`;
const unbondingOf = (name: 'delegator' | 'operator'): string =>
  `${UNBONDING} where ${name === 'delegator' ? 'delegator' : 'operator_address'} = :'${name}' ${IN_ORDER}`;

const legacyUnbonding = (api: Api): Route[] => [
  {
    api,
    path: '/staking/delegators/{delegator}/unbonding_delegations',
    sql: unbondingOf('delegator'),
    print: printUnbondings,
    set: '',
  },
  {
    api,
    path: '/staking/validators/{operator}/unbonding_delegations',
    isHeavy: true,
    sql: unbondingOf('operator'),
    print: printUnbondings,
    set: '',
  },
  {
    api,
    path: '/staking/delegators/{delegator}/unbonding_delegations/{operator}',
    sql: oneUnbonding,
    print: (rows) => printUnbondings(rows)[0] ?? NOT_FOUND,
  },
];

const gatewayUnbondings = (rows: readonly Row[]): unknown =>
  listed('unbonding_responses', printUnbondings(rows));

const GATEWAY_UNBONDING: readonly Route[] = [
  {
    api: gateway,
    path: `${staking}/delegators/{delegator}/unbonding_delegations`,
    sql: unbondingOf('delegator'),
    print: gatewayUnbondings,
    set: 'unbonding_responses',
  },
  {
    api: gateway,
    path: `${staking}/validators/{operator}/unbonding_delegations`,
    isHeavy: true,
    sql: unbondingOf('operator'),
    print: gatewayUnbondings,
    set: 'unbonding_responses',
  },
  {
    api: gateway,
    path: `${staking}/validators/{operator}/delegations/{delegator}/unbonding_delegation`,
    sql: oneUnbonding,
    print: (rows) => (rows.length === 0 ? NOT_FOUND : { unbond: printUnbondings(rows)[0] }),
  },
];

const REDELEGATIONS = 'select * from baleen.redelegations';
const AS_MOVED = 'order by delegator, source_operator_address, destination_operator_address, entry_index';
const PLACES = ['delegator', 'source_operator_address', 'destination_operator_address'] as const;

const redelegationFields = (row: Row): object => ({
  delegator_address: row.delegator,
  validator_src_address: row.source_operator_address,
  validator_dst_address: row.destination_operator_address,
});
const redelegationEntry = (row: Row): object => ({
  creation_height: Number(row.creation_height),
  completion_time: goTime(row, 'completion_time'),
  initial_balance: row.initial_balance,
  shares_dst: row.shares_destination,
});
const flatRedelegations = (rows: readonly Row[]): unknown[] =>
  grouped(rows, ...PLACES).map((entries) => ({
    ...redelegationFields(entries[0]!),
    entries: entries.map((entry) => ({ ...redelegationEntry(entry), balance: entry.balance })),
  }));
const nestedRedelegations = (rows: readonly Row[]): unknown[] =>
  grouped(rows, ...PLACES).map((entries) => ({
    redelegation: { ...redelegationFields(entries[0]!), entries: null },
    entries: entries.map((entry) => ({
      redelegation_entry: redelegationEntry(entry),
      balance: entry.balance,
    })),
  }));

const legacyRedelegations = (api: Api, print: (rows: readonly Row[]) => unknown): Route[] =>
  [
    ['', ''],
    ['?delegator={delegator}', `where delegator = :'delegator'`],
    ['?validator_from={operator}', `where source_operator_address = :'operator'`],
  ].map(([query, where]) => ({
    api,
    path: `/staking/redelegations${query}`,
    ...(query === '' && { isHeavy: true }),
    sql: [REDELEGATIONS, where, AS_MOVED].filter((part) => part !== '').join(' '),
    print,
    set: '',
  }));

const POOL = `select
  coalesce(sum(b.amount) filter (where a.module_name = 'bonded_tokens_pool'), 0) as bonded_tokens,
  coalesce(sum(b.amount) filter (where a.module_name = 'not_bonded_tokens_pool'), 0) as not_bonded_tokens
from baleen.accounts a
join baleen.balances b using (chain_id, address)
join baleen.module_params p on p.chain_id = a.chain_id and p.subspace = 'staking' and p.name = 'bond_denom'
where b.denom = p.value #>> '{}' and a.module_name in ('bonded_tokens_pool', 'not_bonded_tokens_pool')`;
const printPool = ([row]: readonly Row[]): unknown => ({
  bonded_tokens: row!.bonded_tokens,
  not_bonded_tokens: row!.not_bonded_tokens,
});
const INFO = `select value from baleen.historical_infos where height::text = :'height'`;

const OTHERS: readonly Route[] = [
  ...legacyRedelegations('amino-0.39', flatRedelegations),
  ...legacyRedelegations('amino-0.44', nestedRedelegations),
  {
    api: gateway,
    path: `${staking}/delegators/{delegator}/redelegations`,
    sql: `${REDELEGATIONS} where delegator = :'delegator' ${AS_MOVED}`,
    print: (rows) => listed('redelegation_responses', nestedRedelegations(rows)),
    set: 'redelegation_responses',
  },
  { api: 'amino-0.39', path: '/staking/pool', sql: POOL, print: printPool },
  { api: 'amino-0.44', path: '/staking/pool', sql: POOL, print: printPool },
  { api: gateway, path: `${staking}/pool`, sql: POOL, print: (rows) => ({ pool: printPool(rows) }) },
  {
    api: gateway,
    path: `${staking}/historical_info/{height}`,
    sql: INFO,
    print: one(({ value }) => ({ hist: value })),
  },
];

export const stakingRoutes: readonly Route[] = [
  ...legacyValidators('amino-0.39', `${VALIDATORS} where status = 'bonded'`),
  ...legacyValidators('amino-0.44', `${VALIDATORS} where status = 'bonded'`),
  ...GATEWAY_VALIDATORS,
  ...legacyDelegations('amino-0.39', flatDelegation),
  ...legacyDelegations('amino-0.44', nestedDelegation),
  ...GATEWAY_DELEGATIONS,
  ...legacyUnbonding('amino-0.39'),
  ...legacyUnbonding('amino-0.44'),
  ...GATEWAY_UNBONDING,
  ...OTHERS,
];
