import type { Route, Row } from '../route.ts';
import { coins, listed, one } from './shapes.ts';

const gateway = 'gateway-0.44';
const bank = '/cosmos/bank/v1beta1';
const BALANCES = `select denom, amount from baleen.balances where address = :'address'`;
const inOrder = `${BALANCES} order by denom`;
const SUPPLY = 'select denom, amount from baleen.supply order by denom';
const OF_DENOM = `select denom, amount from baleen.supply where denom = :'denom'`;
const METADATA = 'select metadata from baleen.denoms order by denom';
const PARAMS = `select coalesce(jsonb_object_agg(name, value), '{}') as params from baleen.module_params where subspace = 'bank'`;

const printCoins = (rows: readonly Row[]): unknown => coins(rows);

/** A coin that isn't there is none of it. */
const printCoin = (rows: readonly Row[], { denom }: { denom?: string }): unknown =>
  coins(rows)[0] ?? { denom, amount: '0' };

const printTotal = (rows: readonly Row[]): unknown => ({
  supply: coins(rows),
  pagination: { total: String(rows.length) },
});

interface SendEnabled {
  readonly denom: string;
  readonly enabled: boolean;
}

/** The store leaves out what is false. */
function bankParams(rows: readonly Row[]): unknown {
  const params = rows[0]!.params as { send_enabled?: readonly Partial<SendEnabled>[] };
  const enabled = (params.send_enabled ?? []).map((each) => ({ enabled: false, ...each }));
  return { params: { ...params, send_enabled: enabled } };
}

/** @param rows  one more than the page has, if there is one: the next page begins with it; a limit asks for no total */
const firstPage = (rows: readonly Row[], limit: number): unknown => {
  const next = rows[limit];
  return {
    supply: coins(rows.slice(0, limit)),
    pagination: {
      next_key: next === undefined ? null : Buffer.from(next.denom as string).toString('base64'),
      total: '0',
    },
  };
};

export const bankRoutes: readonly Route[] = [
  { api: 'amino-0.39', path: '/bank/balances/{address}', sql: inOrder, print: printCoins },
  { api: 'amino-0.44', path: '/bank/balances/{address}', sql: inOrder, print: printCoins },
  {
    api: gateway,
    path: `${bank}/balances/{address}`,
    sql: inOrder,
    print: (rows) => listed('balances', coins(rows)),
  },
  {
    api: gateway,
    path: `${bank}/balances/{address}/by_denom?denom={denom}`,
    sql: `${BALANCES} and denom = :'denom'`,
    print: (rows, parts) => ({ balance: printCoin(rows, parts) }),
  },
  { api: 'amino-0.39', path: '/supply/total', sql: SUPPLY, print: printCoins },
  {
    api: 'amino-0.39',
    path: '/supply/total/{denom}',
    sql: OF_DENOM,
    print: (rows) => rows[0]?.amount ?? '0',
  },
  { api: 'amino-0.44', path: '/bank/total', sql: SUPPLY, print: printTotal },
  { api: 'amino-0.44', path: '/bank/total/{denom}', sql: OF_DENOM, print: printCoin },
  {
    api: gateway,
    path: `${bank}/supply?pagination.limit={limit}`,
    sql: `select denom, amount from baleen.supply order by denom collate "C" limit :'limit'::int8 + 1`,
    print: (rows, { limit }) => firstPage(rows, Number(limit)),
  },
  { api: gateway, path: `${bank}/supply`, sql: SUPPLY, print: (rows) => listed('supply', coins(rows)) },
  {
    api: gateway,
    path: `${bank}/supply/{denom}`,
    sql: OF_DENOM,
    print: (rows, parts) => ({ amount: printCoin(rows, parts) }),
  },
  {
    api: gateway,
    path: `${bank}/denoms_metadata`,
    sql: METADATA,
    print: (rows) =>
      listed(
        'metadatas',
        rows.map(({ metadata }) => metadata),
      ),
  },
  {
    api: gateway,
    path: `${bank}/denoms_metadata/{denom}`,
    sql: `select metadata from baleen.denoms where denom = :'denom'`,
    print: one((row) => ({ metadata: row.metadata })),
  },
  { api: gateway, path: `${bank}/params`, sql: PARAMS, print: bankParams },
];
