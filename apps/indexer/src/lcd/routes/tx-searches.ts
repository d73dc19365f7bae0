/** Txs by an event, in pages: a node looks into its index of events, where each tx stands once. */
import type { Api, Route, Row, Texts } from '../route.ts';
import { aminoTx, gatewayAnswer, leanTx, TX_COLUMNS, unlessNameless, withoutIndex } from './txs.ts';

/* Of several byte-identical txs, only the last one is found. */
const search = (
  where: string,
  page: string,
  order = '',
): string => `select ${TX_COLUMNS}, count(*) over () as total
from baleen.txs t where ${where}
  and not exists (select from baleen.txs l where l.tx_hash = t.tx_hash and (l.height, l.tx_index) > (t.height, t.tx_index))
order by t.height${order}, t.tx_index${order} ${page}`;
/* The subquery is an array, so that Postgres runs it once, by the index on attributes. */
const byEvent = (type: string, key: string, value: string): string =>
  `t.tx_hash = any (array(select e.tx_hash from baleen.events e where e.type = ${type} and e.attributes @> jsonb_build_array(jsonb_build_array(${key}::text, ${value}::text))))`;
const BY_EVENT = byEvent(`:'type'`, `:'key'`, `:'value'`);
const BY_HEIGHT = `t.height = :'height'::int8`;

const numbers = (parts: Texts, rows: readonly Row[], limit: string): Record<string, string> => {
  const total = Number(rows[0]?.total ?? 0);
  const size = parts.limit ?? limit;
  return {
    total_count: String(total),
    count: String(rows.length),
    page_number: parts.page ?? '1',
    page_total: String(Math.ceil(total / Number(size))),
    limit: size,
  };
};

/** @param limit  size of a page if the query names none */
const aminoPage =
  (limit: string): Route['print'] =>
  (rows, parts) => ({ ...numbers(parts, rows, limit), txs: rows.map(aminoTx) });
/** What is 0 or empty is left out, but for the totals. */
const leanPage =
  (limit: string): Route['print'] =>
  (rows, parts) => {
    const { count, ...others } = numbers(parts, rows, limit);
    return rows.length === 0 ? others : { ...others, count, txs: rows.map(leanTx) };
  };

const PAGES = [
  ['', 'limit 30'],
  ['&limit={limit}', `limit :'limit'::int8`],
  ['&page={page}&limit={limit}', `limit :'limit'::int8 offset (:'page'::int8 - 1) * :'limit'::int8`],
] as const;

const legacySearches = (api: Api, print: Route['print']): Route[] =>
  PAGES.flatMap(([query, page]): Route[] =>
    (
      [
        [`/txs?tx.height={height}${query}`, 'block', BY_HEIGHT],
        [`/txs?{type}.{key}={value}${query}`, 'chain', BY_EVENT],
      ] as const
    ).map(([path, of, where]) => ({
      api,
      of,
      path,
      sql: search(where, page),
      print: unlessNameless(print),
      read: withoutIndex,
    })),
  );

/** The query's `type` and the action that the servers search for. SDK 0.44's events name actions otherwise, so there they find nothing. */
const ACTIONS = [
  ['bond', 'delegate'],
  ['unbond', 'begin_unbonding'],
  ['redelegate', 'begin_redelegate'],
] as const;

const ofDelegator = (api: Api, print: Route['print']): Route[] =>
  ACTIONS.map(([type, action]) => ({
    api,
    of: 'chain',
    path: `/staking/delegators/{delegator}/txs?type=${type}`,
    sql: search(
      `${byEvent(`'message'`, `'action'`, `'${action}'`)}\n  and ${byEvent(`'message'`, `'sender'`, `:'delegator'`)}`,
      'limit 100',
    ),
    print: unlessNameless((rows, parts) => [print(rows, parts)]),
    read: withoutIndex,
  }));

const GATEWAY_PAGES = [
  ['', 'limit 100', ''],
  ['&pagination.limit={limit}', `limit :'limit'::int8`, ''],
  ['&pagination.limit={limit}&pagination.offset={offset}', `limit :'limit'::int8 offset :'offset'::int8`, ''],
  ['&order_by=ORDER_BY_DESC&pagination.limit={limit}', `limit :'limit'::int8`, ' desc'],
] as const;

const printGateway = (rows: readonly Row[]): unknown => {
  const answers = rows.map(gatewayAnswer);
  return {
    txs: answers.map(({ tx }) => tx),
    tx_responses: answers.map(({ tx_response }) => tx_response),
    pagination: { next_key: null, total: String(rows[0]?.total ?? 0) },
  };
};

const gatewaySearches: readonly Route[] = GATEWAY_PAGES.flatMap(([query, page, order]): Route[] =>
  (
    [
      [`/cosmos/tx/v1beta1/txs?events=tx.height%3D{height}${query}`, 'block', BY_HEIGHT],
      [`/cosmos/tx/v1beta1/txs?events={type}.{key}%3D%27{value}%27${query}`, 'chain', BY_EVENT],
    ] as const
  ).map(([path, of, where]) => ({
    api: 'gateway-0.44',
    of,
    path,
    sql: search(where, page, order),
    print: printGateway,
    read: withoutIndex,
  })),
);

export const txSearchRoutes: readonly Route[] = [
  ...legacySearches('amino-0.39', aminoPage('30')),
  ...legacySearches('amino-0.44', leanPage('30')),
  ...ofDelegator('amino-0.39', aminoPage('100')),
  ...ofDelegator('amino-0.44', leanPage('100')),
  ...gatewaySearches,
];
