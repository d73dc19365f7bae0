/** Mint, market, treasury, upgrade, evidence: values that a module has once, or a few of. */
import { type Api, NOT_FOUND, type Route, type Row } from '../route.ts';
import { aminoMessage } from './amino-messages.ts';
import { listed, nilWhenEmpty } from './shapes.ts';

const valueSql = (module: string, name: string): string =>
  `select value from baleen.module_values where module = '${module}' and name = '${name}'`;
const onlyValue = (rows: readonly Row[]): unknown => rows[0]?.value;

const MINTER = valueSql('mint', 'minter');
const minter =
  (name: 'inflation' | 'annual_provisions') =>
  (rows: readonly Row[]): unknown =>
    (onlyValue(rows) as Record<string, unknown>)[name];

const TAX_CAPS = `select key as denom, value as tax_cap from baleen.module_values where module = 'treasury' and name = 'tax_cap' order by key`;
/* A denom without its own tax cap has that of the tax policy. */
const TAX_CAP = `select coalesce(
  (select value #>> '{}' from baleen.module_values where module = 'treasury' and name = 'tax_cap' and key = :'denom'),
  (select value #>> '{cap,amount}' from baleen.module_params where subspace = 'treasury' and name = 'tax_policy')) as tax_cap`;
/* columbus-5 never taxes uluna. */
const TAX_CAP_5 = TAX_CAP.replace('coalesce(', `coalesce(case when :'denom' = 'uluna' then '0' end,`);
const EVIDENCE = `select value from baleen.module_values where module = 'evidence'`;
const DELTA = valueSql('market', 'terra_pool_delta');
const TAX_RATE = valueSql('treasury', 'tax_rate');
const REWARD_WEIGHT = valueSql('treasury', 'reward_weight');
const TAX_PROCEEDS = valueSql('treasury', 'epoch_tax_proceeds');
const PLAN = valueSql('upgrade', 'plan');
const APPLIED = `select value from baleen.module_values where module = 'upgrade' and name = 'done' and key = :'plan'`;
const VERSIONS = `select key as name, value as version from baleen.module_values where module = 'upgrade' and name = 'module_version' order by key collate "C"`;
/* Seigniorage: the uluna that was burned since the epoch began. */
const SEIGNIORAGE = `select greatest(0, (c.coin ->> 'amount')::numeric - s.amount) as seigniorage
from baleen.module_values v
cross join lateral jsonb_array_elements(v.value) as c (coin)
join baleen.supply s on s.chain_id = v.chain_id and s.denom = c.coin ->> 'denom'
where v.module = 'treasury' and v.name = 'epoch_initial_issuance' and s.denom = 'uluna'`;

const printCaps = (rows: readonly Row[]): unknown[] => rows.map(({ denom, tax_cap }) => ({ denom, tax_cap }));
const values = (rows: readonly Row[]): unknown[] => rows.map(({ value }) => value);
const zeroWhenAbsent = (rows: readonly Row[]): unknown => onlyValue(rows) ?? '0.000000000000000000';

const legacy = (api: Api, taxCap: string): Route[] => [
  { api, path: '/minting/inflation', sql: MINTER, print: minter('inflation') },
  { api, path: '/minting/annual-provisions', sql: MINTER, print: minter('annual_provisions') },
  { api, path: '/market/terra_pool_delta', sql: DELTA, print: zeroWhenAbsent },
  { api, path: '/treasury/tax_rate', sql: TAX_RATE, print: onlyValue },
  { api, path: '/treasury/reward_weight', sql: REWARD_WEIGHT, print: onlyValue },
  { api, path: '/treasury/seigniorage_proceeds', sql: SEIGNIORAGE, print: ([row]) => row!.seigniorage },
  { api, path: '/treasury/tax_proceeds', sql: TAX_PROCEEDS, print: (rows) => onlyValue(rows) ?? [] },
  { api, path: '/treasury/tax_caps', sql: TAX_CAPS, print: (rows) => nilWhenEmpty(printCaps(rows)) },
  { api, path: '/treasury/tax_cap/{denom}', sql: taxCap, print: (rows) => rows[0]!.tax_cap },
];

const gateway = 'gateway-0.44';
const treasury = '/terra/treasury/v1beta1';
const wrapped =
  (name: string, print: (rows: readonly Row[]) => unknown): Route['print'] =>
  (rows) => ({
    [name]: print(rows),
  });

export const moduleRoutes: readonly Route[] = [
  ...legacy('amino-0.39', TAX_CAP),
  ...legacy('amino-0.44', TAX_CAP_5),
  { api: 'amino-0.39', path: '/evidence', sql: EVIDENCE, print: values, set: '' },
  {
    api: 'amino-0.44',
    path: '/evidence',
    sql: EVIDENCE,
    print: (rows) => values(rows).map((value) => aminoMessage(value as Row)),
    set: '',
  },
  {
    api: 'amino-0.39',
    path: '/upgrade/current',
    sql: PLAN,
    print: (rows) => onlyValue(rows) ?? NOT_FOUND,
    isNothing404: true,
  },
  {
    api: gateway,
    path: '/cosmos/mint/v1beta1/inflation',
    sql: MINTER,
    print: wrapped('inflation', minter('inflation')),
  },
  {
    api: gateway,
    path: '/cosmos/mint/v1beta1/annual_provisions',
    sql: MINTER,
    print: wrapped('annual_provisions', minter('annual_provisions')),
  },
  {
    api: gateway,
    path: '/terra/market/v1beta1/terra_pool_delta',
    sql: DELTA,
    print: wrapped('terra_pool_delta', zeroWhenAbsent),
  },
  { api: gateway, path: `${treasury}/tax_rate`, sql: TAX_RATE, print: wrapped('tax_rate', onlyValue) },
  {
    api: gateway,
    path: `${treasury}/reward_weight`,
    sql: REWARD_WEIGHT,
    print: wrapped('reward_weight', onlyValue),
  },
  {
    api: gateway,
    path: `${treasury}/tax_proceeds`,
    sql: TAX_PROCEEDS,
    print: wrapped('tax_proceeds', onlyValue),
  },
  {
    api: gateway,
    path: `${treasury}/seigniorage_proceeds`,
    sql: SEIGNIORAGE,
    print: ([row]) => ({ seigniorage_proceeds: row!.seigniorage }),
  },
  {
    api: gateway,
    path: '/cosmos/upgrade/v1beta1/applied_plan/{plan}',
    sql: APPLIED,
    print: (rows) => ({ height: onlyValue(rows) ?? '0' }),
  },
  {
    api: gateway,
    path: '/cosmos/upgrade/v1beta1/module_versions',
    sql: VERSIONS,
    print: (rows) => ({ module_versions: rows }),
  },
  { api: gateway, path: `${treasury}/tax_caps`, sql: TAX_CAPS, print: wrapped('tax_caps', printCaps) },
  {
    api: gateway,
    path: `${treasury}/tax_caps/{denom}`,
    sql: TAX_CAP_5,
    print: wrapped('tax_cap', (rows) => rows[0]!.tax_cap),
  },
  {
    api: gateway,
    path: '/cosmos/upgrade/v1beta1/current_plan',
    sql: PLAN,
    print: (rows) => ({ plan: onlyValue(rows) ?? null }),
  },
  {
    api: gateway,
    path: '/cosmos/evidence/v1beta1/evidence',
    sql: EVIDENCE,
    print: (rows) => listed('evidence', values(rows)),
    set: 'evidence',
  },
];
