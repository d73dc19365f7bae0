/** Questions of a staking dashboard about the accounts, validators and txs of the columbus-4 fixture. */
import { fixture, readJsonLines } from '@baleen/testing';
import { type Route, routePattern, type Texts } from '../../apps/indexer/src/lcd/route.ts';
import { routes } from '../../apps/indexer/src/lcd/routes/index.ts';

export interface Question {
  /** What is asked for, e.g. `balances of an account`. */
  readonly kind: string;
  /** Path and query of the REST server. */
  readonly request: string;
  /** Its parts, as the route names them. */
  readonly parts: Texts;
  /** The SQL, and how REST prints its rows. */
  readonly route: Route;
}

const CHAIN = 'terra-columbus4-devnet';
const API = 'amino-0.39';

/** Kinds by their routes, whose SQL is that of docs/lcd-to-sql.md. */
const KINDS: readonly (readonly [kind: string, route: Route])[] = [
  ['balances of an account', routeOf('/bank/balances/{address}')],
  ['its delegations', routeOf('/staking/delegators/{delegator}/delegations')],
  ['its unbondings', routeOf('/staking/delegators/{delegator}/unbonding_delegations')],
  ['its pending rewards', routeOf('/distribution/delegators/{delegator}/rewards')],
  ['its txs', routeOf('/txs?{type}.{key}={value}&page={page}&limit={limit}')],
  ['the validators', routeOf('/staking/validators')],
  ["a validator's delegations", routeOf('/staking/validators/{operator}/delegations')],
  ['a tx by its hash', routeOf('/txs/{hash}')],
];

function routeOf(path: string): Route {
  const route = routes.find((each) => each.api === API && each.path === path);
  if (route === undefined) throw new Error(`apps/indexer/src/lcd has no route ${path} of ${API}`);
  return route;
}

/** Returns `count` questions, the kinds in turn, about things that the recording was asked about. */
export function dashboardQuestions(count: number): Question[] {
  const requests = recordedRequests();
  const all = [...requests, ...requests.flatMap(txsOfAccount)];
  const kinds = KINDS.map(([kind, route]) => questionsOf(kind, route, all));
  return Array.from({ length: count }, (_, index) => {
    const ofKind = kinds[index % kinds.length]!;
    return ofKind[Math.floor(index / kinds.length) % ofKind.length]!;
  });
}

/** Recorded requests about state and single txs, without the height. */
function recordedRequests(): string[] {
  const files = ['lcd-state.jsonl.gz', 'lcd-txs.jsonl.gz'];
  const known = files
    .flatMap((file) => readJsonLines(fixture(CHAIN, file)))
    .filter(({ request, status }) => status === 200 && !request.startsWith('/txs?'));
  return [...new Set(known.map(({ request }) => request.replace(/\?height=\d+$/, '')))];
}

/** Few accounts were asked for theirs when the chain was recorded. */
function txsOfAccount(request: string): string[] {
  const address = /^\/bank\/balances\/(\w+)$/.exec(request)?.[1];
  return address === undefined ? [] : [`/txs?message.sender=${address}&page=1&limit=10`];
}

function questionsOf(kind: string, route: Route, requests: readonly string[]): Question[] {
  const { pattern, names } = routePattern(route.path);
  const found = requests.flatMap((request): Question[] => {
    const match = pattern.exec(request);
    if (match === null) return [];
    const parts = Object.fromEntries(names.map((name, index) => [name, match[index + 1]!]));
    return [{ kind, request, parts, route }];
  });
  if (found.length === 0) throw new Error(`the recording of ${CHAIN} has no request like ${route.path}`);
  return found;
}
