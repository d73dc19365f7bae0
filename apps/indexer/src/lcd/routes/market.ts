/** What a swap would give, and the treasury's indicators, which are sums of swaps. */
import { type Api, PANIC, type Route, type Row } from '../route.ts';
import { one } from './shapes.ts';

const QUOTE = String.raw`select denom, amount from baleen.swap_quote(trunc(substring(:'offer' from '^\d+(?:\.\d+)?')::numeric), substring(:'offer' from '[a-zA-Z].*$'), :'ask')`;
const SWAP = 'swap?offer_coin={offer}&ask_denom={ask}';
const INDICATORS = 'select trl_year, trl_month from baleen.treasury_indicators';

/** A node computes on where a price is missing or a divisor is 0, panics, and answers with that error. */
const panicWhenUnknown =
  (print: (row: Row) => unknown): Route['print'] =>
  (rows) =>
    rows.some((row) => Object.values(row).includes(null)) ? PANIC : one(print)(rows);

const coin = ({ denom, amount }: Row): unknown => ({ denom, amount });
const indicators = ({ trl_year, trl_month }: Row): unknown => ({ trl_year, trl_month });

const legacy = (api: Api): Route[] => [
  { api, path: `/market/${SWAP}`, sql: QUOTE, print: panicWhenUnknown(coin) },
  { api, path: '/treasury/indicators', sql: INDICATORS, print: panicWhenUnknown(indicators) },
];

export const marketRoutes: readonly Route[] = [
  ...legacy('amino-0.39'),
  ...legacy('amino-0.44'),
  {
    api: 'gateway-0.44',
    path: `/terra/market/v1beta1/${SWAP}`,
    sql: QUOTE,
    print: panicWhenUnknown((row) => ({ return_coin: coin(row) })),
  },
  {
    api: 'gateway-0.44',
    path: '/terra/treasury/v1beta1/indicators',
    sql: INDICATORS,
    print: panicWhenUnknown(indicators),
  },
];
