import { type Api, NOT_FOUND, NOT_FROM_STATE, type Route, type Row } from '../route.ts';
import { grouped, nilWhenEmpty, one } from './shapes.ts';

const RATES = 'select denom, rate from baleen.oracle_prices_now order by denom';
const TAXES = 'select denom, tax from baleen.oracle_tobin_taxes_now order by denom';
const RATE = `select rate from baleen.oracle_prices_now where denom = :'denom' union all select 1.000000000000000000 where :'denom' = 'uluna'`;
const TAX = `select tax from baleen.oracle_tobin_taxes_now where denom = :'denom'`;
const FEEDER = `select feeder from baleen.oracle_operators where operator_address = :'operator'`;
const MISSES = `select coalesce((select misses from baleen.oracle_operators where operator_address = :'operator'), 0) as misses`;
/* For an operator that is no validator REST prints the operator's own account. */
const orOwn =
  (print: (row: Row) => unknown): Route['print'] =>
  ([row]) =>
    row === undefined ? NOT_FROM_STATE : print(row);
const AGGREGATE_PREVOTES =
  'select operator_address, hash, submit_block from baleen.oracle_prevotes_now where denom is null';
const AGGREGATE_VOTES = 'select operator_address, denom, rate from baleen.oracle_votes_now where aggregate';
const PREVOTES =
  'select operator_address, denom, hash, submit_block from baleen.oracle_prevotes_now where denom is not null';
const VOTES = 'select operator_address, denom, rate from baleen.oracle_votes_now where not aggregate';
const BY_OPERATOR = `operator_address = :'operator'`;
const BY_DENOM = `denom = :'denom'`;

const printRates = (rows: readonly Row[]): unknown[] =>
  rows.map(({ denom, rate }) => ({ denom, amount: rate }));
const printTaxes = (rows: readonly Row[]): unknown[] =>
  rows.map(({ denom, tax }) => ({ name: denom, tobin_tax: tax }));
const printDenoms = (rows: readonly Row[]): unknown[] => rows.map(({ denom }) => denom);
const printAggregatePrevote = (row: Row): unknown => ({
  hash: row.hash,
  voter: row.operator_address,
  submit_block: row.submit_block,
});
const printAggregateVotes = (rows: readonly Row[]): unknown[] =>
  grouped(rows, 'operator_address').map((own) => ({
    exchange_rate_tuples: own.map(({ denom, rate }) => ({ denom, exchange_rate: rate })),
    voter: own[0]!.operator_address,
  }));
const firstOf =
  (print: (rows: readonly Row[]) => unknown[]) =>
  (rows: readonly Row[]): unknown =>
    print(rows)[0] ?? NOT_FOUND;

/** Routes that both legacy servers print alike. */
const legacy = (api: Api): Route[] => [
  { api, path: '/oracle/denoms/actives', sql: RATES, print: printDenoms },
  {
    api,
    path: '/oracle/denoms/exchange_rates',
    sql: RATES,
    print: (rows) => nilWhenEmpty(printRates(rows)),
  },
  { api, path: '/oracle/denoms/{denom}/exchange_rate', sql: RATE, print: one(({ rate }) => rate) },
  {
    api,
    path: '/oracle/denoms/vote_targets',
    sql: TAXES,
    print: (rows) => nilWhenEmpty(printDenoms(rows)),
  },
  {
    api,
    path: '/oracle/denoms/tobin_taxes',
    sql: TAXES,
    print: (rows) => nilWhenEmpty(printTaxes(rows)),
  },
  { api, path: '/oracle/denoms/{denom}/tobin_tax', sql: TAX, print: one(({ tax }) => tax) },
  { api, path: '/oracle/voters/{operator}/feeder', sql: FEEDER, print: orOwn(({ feeder }) => feeder) },
  { api, path: '/oracle/voters/{operator}/miss', sql: MISSES, print: one(({ misses }) => misses) },
  {
    api,
    path: '/oracle/voters/{operator}/aggregate_prevote',
    sql: `${AGGREGATE_PREVOTES} and ${BY_OPERATOR}`,
    print: one(printAggregatePrevote),
  },
  {
    api,
    path: '/oracle/voters/{operator}/aggregate_vote',
    sql: `${AGGREGATE_VOTES} and ${BY_OPERATOR} order by rate_index`,
    print: firstOf(printAggregateVotes),
  },
];

const printPrevotes = (rows: readonly Row[]): unknown =>
  rows.map((row) => ({
    hash: row.hash,
    denom: row.denom,
    voter: row.operator_address,
    submit_block: row.submit_block,
  }));
const printVotes = (rows: readonly Row[]): unknown =>
  rows.map((row) => ({ exchange_rate: row.rate, denom: row.denom, voter: row.operator_address }));

/** Votes for a single denom, which columbus-5 no longer has. */
const ONE_DENOM: readonly Route[] = [
  ['/oracle/denoms/{denom}/{kind}', BY_DENOM],
  ['/oracle/denoms/{denom}/{kind}/{operator}', `${BY_DENOM} and ${BY_OPERATOR}`],
  ['/oracle/voters/{operator}/{kind}', BY_OPERATOR],
].flatMap(([path, where]): Route[] => [
  {
    api: 'amino-0.39',
    path: path!.replace('{kind}', 'prevotes'),
    sql: `${PREVOTES} and ${where}`,
    print: printPrevotes,
    set: '',
  },
  {
    api: 'amino-0.39',
    path: path!.replace('{kind}', 'votes'),
    sql: `${VOTES} and ${where}`,
    print: printVotes,
    set: '',
  },
]);

const gateway = 'gateway-0.44';
const oracle = '/terra/oracle/v1beta1';
const wrapped =
  (name: string, print: (rows: readonly Row[]) => unknown) =>
  (rows: readonly Row[]): unknown => {
    const value = print(rows);
    return value === NOT_FOUND ? NOT_FOUND : { [name]: value };
  };

const GATEWAY: readonly Route[] = [
  { api: gateway, path: `${oracle}/denoms/actives`, sql: RATES, print: wrapped('actives', printDenoms) },
  {
    api: gateway,
    path: `${oracle}/denoms/exchange_rates`,
    sql: RATES,
    print: wrapped('exchange_rates', printRates),
  },
  {
    api: gateway,
    path: `${oracle}/denoms/{denom}/exchange_rate`,
    sql: RATE,
    print: one(({ rate }) => ({ exchange_rate: rate })),
  },
  {
    api: gateway,
    path: `${oracle}/denoms/vote_targets`,
    sql: TAXES,
    print: wrapped('vote_targets', printDenoms),
  },
  {
    api: gateway,
    path: `${oracle}/denoms/tobin_taxes`,
    sql: TAXES,
    print: wrapped('tobin_taxes', printTaxes),
  },
  {
    api: gateway,
    path: `${oracle}/denoms/{denom}/tobin_tax`,
    sql: TAX,
    print: one(({ tax }) => ({ tobin_tax: tax })),
  },
  {
    api: gateway,
    path: `${oracle}/validators/{operator}/feeder`,
    sql: FEEDER,
    print: orOwn(({ feeder }) => ({ feeder_addr: feeder })),
  },
  {
    api: gateway,
    path: `${oracle}/validators/{operator}/miss`,
    sql: MISSES,
    print: one(({ misses }) => ({ miss_counter: misses })),
  },
  {
    api: gateway,
    path: `${oracle}/validators/{operator}/aggregate_prevote`,
    sql: `${AGGREGATE_PREVOTES} and ${BY_OPERATOR}`,
    print: one((row) => ({ aggregate_prevote: printAggregatePrevote(row) })),
  },
  {
    api: gateway,
    // The chain spells it so.
    path: `${oracle}/valdiators/{operator}/aggregate_vote`,
    sql: `${AGGREGATE_VOTES} and ${BY_OPERATOR} order by rate_index`,
    print: wrapped('aggregate_vote', firstOf(printAggregateVotes)),
  },
  {
    api: gateway,
    path: `${oracle}/validators/aggregate_prevotes`,
    sql: AGGREGATE_PREVOTES,
    print: wrapped('aggregate_prevotes', (rows) => rows.map(printAggregatePrevote)),
    set: 'aggregate_prevotes',
  },
  {
    api: gateway,
    path: `${oracle}/validators/aggregate_votes`,
    sql: `${AGGREGATE_VOTES} order by operator_address, rate_index`,
    print: wrapped('aggregate_votes', printAggregateVotes),
    set: 'aggregate_votes',
  },
];

export const oracleRoutes: readonly Route[] = [
  ...legacy('amino-0.39'),
  ...ONE_DENOM,
  ...legacy('amino-0.44'),
  {
    api: 'amino-0.44',
    path: '/oracle/voters/aggregate_prevotes',
    sql: AGGREGATE_PREVOTES,
    print: (rows) => nilWhenEmpty(rows.map(printAggregatePrevote)),
    set: '',
  },
  {
    api: 'amino-0.44',
    path: '/oracle/voters/aggregate_votes',
    sql: `${AGGREGATE_VOTES} order by operator_address, rate_index`,
    print: (rows) => nilWhenEmpty(printAggregateVotes(rows)),
    set: '',
  },
  ...GATEWAY,
];
