/** Params of modules, which REST prints as the params store has them; the gateway prints durations in seconds. */
import { NOT_FOUND, NOT_FROM_STATE, type Route, type Row } from '../route.ts';

const sqlOf = (subspace: string): string =>
  `select jsonb_object_agg(name, value) as params from baleen.module_params where subspace = '${subspace}'`;

const paramsOf = (rows: readonly Row[]): Record<string, unknown> =>
  rows[0]!.params as Record<string, unknown>;

const LEGACY = [
  ['/staking/parameters', 'staking'],
  ['/slashing/parameters', 'slashing'],
  ['/distribution/parameters', 'distribution'],
  ['/oracle/parameters', 'oracle'],
  ['/treasury/parameters', 'treasury'],
  ['/market/parameters', 'market'],
  ['/minting/parameters', 'mint'],
  ['/wasm/parameters', 'wasm'],
] as const;

const GATEWAY = [
  ['/cosmos/staking/v1beta1/params', 'staking'],
  ['/cosmos/slashing/v1beta1/params', 'slashing'],
  ['/cosmos/distribution/v1beta1/params', 'distribution'],
  ['/cosmos/mint/v1beta1/params', 'mint'],
  ['/terra/oracle/v1beta1/params', 'oracle'],
  ['/terra/treasury/v1beta1/params', 'treasury'],
  ['/terra/market/v1beta1/params', 'market'],
  ['/terra/wasm/v1beta1/params', 'wasm'],
] as const;

const DURATIONS: ReadonlySet<string> = new Set([
  'unbonding_time',
  'downtime_jail_duration',
  'max_deposit_period',
  'voting_period',
]);

const seconds = (params: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      DURATIONS.has(name) ? `${Number(value) / 1e9}s` : value,
    ]),
  );

const GOV = [
  ['deposit', 'deposit_params'],
  ['voting', 'voting_params'],
  ['tallying', 'tally_params'],
] as const;

/** The gateway answers all three, the others empty. */
const NO_GOV_PARAMS = {
  voting_params: { voting_period: '0s' },
  deposit_params: { min_deposit: [], max_deposit_period: '0s' },
  tally_params: {
    quorum: '0.000000000000000000',
    threshold: '0.000000000000000000',
    veto_threshold: '0.000000000000000000',
  },
};

export const paramRoutes: readonly Route[] = [
  ...(['amino-0.39', 'amino-0.44'] as const).flatMap((api) => [
    ...LEGACY.map(
      ([path, subspace]): Route => ({
        api,
        path,
        sql: sqlOf(subspace),
        print: (rows) => rows[0]!.params ?? NOT_FROM_STATE,
      }),
    ),
    ...GOV.map(
      ([path, name]): Route => ({
        api,
        path: `/gov/parameters/${path}`,
        sql: sqlOf('gov'),
        print: (rows) => paramsOf(rows)[name],
      }),
    ),
  ]),
  ...GATEWAY.map(
    ([path, subspace]): Route => ({
      api: 'gateway-0.44',
      path,
      sql: sqlOf(subspace),
      print: (rows) => ({ params: seconds(paramsOf(rows)) }),
    }),
  ),
  ...GOV.map(
    ([path, name]): Route => ({
      api: 'gateway-0.44',
      path: `/cosmos/gov/v1beta1/params/${path}`,
      sql: sqlOf('gov'),
      print: (rows) => ({
        ...NO_GOV_PARAMS,
        [name]: seconds(paramsOf(rows)[name] as Record<string, unknown>),
      }),
    }),
  ),
  {
    api: 'gateway-0.44',
    path: '/cosmos/params/v1beta1/params?subspace={subspace}&key={key}',
    sql: `select subspace, key, value from baleen.module_params where subspace = :'subspace' and key = :'key'`,
    print: (rows) =>
      rows.length === 0
        ? NOT_FOUND
        : { param: { subspace: rows[0]!.subspace, key: rows[0]!.key, value: rows[0]!.value } },
    read: (json) => {
      const { param } = json as { param: { value: string } };
      return { param: { ...param, value: JSON.parse(param.value) } };
    },
  },
];
