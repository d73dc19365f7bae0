/** Which questions are put to a REST server: its routes in turn, each about accounts, validators and txs that the database names. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type Api, type Route, requestOf, routePattern, type Texts } from '../route.ts';
import { createRouteTable } from '../route-table.ts';

export interface Question {
  readonly route: Route;
  readonly parts: Texts;
  /** Path and query, without the height. */
  readonly request: string;
}

export interface SampleOptions {
  readonly chainId: string;
  /** Height of the state in the questions. Blocks and txs in them are at this height or below. */
  readonly height: number;
  readonly apis: readonly Api[];
  /** Most questions that are made. */
  readonly sample: number;
  /** Decides which questions are made. The same seed and database give the same questions. */
  readonly seed: string;
}

/** @returns at most `sample` questions, no two alike; fewer where the database names fewer things */
export async function chooseQuestions(client: pg.ClientBase, options: SampleOptions): Promise<Question[]> {
  const rank = (text: string): string => createHash('md5').update(`${options.seed} ${text}`).digest('hex');
  const routes = createRouteTable(options.apis)
    .routes.filter(isAsked)
    .toSorted((one, other) => (rank(one.api + one.path) < rank(other.api + other.path) ? -1 : 1));
  const things = new Map<string, readonly Texts[]>();
  const chosen = new Map<string, Question>();
  for (let round = 0; chosen.size < options.sample; round++) {
    let isExhausted = true;
    for (const route of routes) {
      const parts = (await thingsFor(route, things, client, options))[round];
      if (parts === undefined || chosen.size >= options.sample) continue;
      isExhausted = false;
      const request = requestOf(route.path, parts);
      chosen.set(request, { route, parts, request });
    }
    if (isExhausted) break;
  }
  return [...chosen.values()];
}

/** What a node's head has to do with is not at the state's height; what makes a node read a whole store is not asked. */
const isAsked = (route: Route): boolean =>
  route.of !== 'chain' && !route.isHeavy && sampleOf(route) !== undefined;

async function thingsFor(
  route: Route,
  things: Map<string, readonly Texts[]>,
  client: pg.ClientBase,
  { chainId, height, sample, seed }: SampleOptions,
): Promise<readonly Texts[]> {
  const sql = sampleOf(route)!;
  const known = things.get(sql);
  if (known !== undefined) return known;
  const values = [chainId, seed, sample, ...(sql.includes('$4') ? [height] : [])];
  const { rows } = await client.query<Texts>(sql, values);
  things.set(sql, rows);
  return rows;
}

/** Returns SQL for values with which a route's placeholders can be filled; undefined if there is none for this route. */
function sampleOf({ api, of, path }: Route): string | undefined {
  const names = routePattern(path).names.toSorted().join(' ');
  if (names === '') return NO_PARTS;
  return SAMPLES[`${api}: ${names}`] ?? SAMPLES[`${of ?? 'state'}: ${names}`];
}

const NO_PARTS = 'select where $1::text is not null and $2::text is not null limit least(1, $3::int8)';

/** SQL that selects at most $3 things of the chain $1, in an order that the seed $2 decides. */
const inOrder = (things: string): string =>
  `select * from (${things}) thing order by md5($2::text || thing::text) limit $3::int8`;

const named = (columns: string, view: string): string =>
  inOrder(`select distinct ${columns} from ${view} each where chain_id = $1::text`);

/** The things at or behind addresses that are no one's, one lookup each: a whole store is not read for a few of its keys. */
const scattered = (columns: string, view: string, address: string): string =>
  inOrder(`select distinct thing.* from (
    select c.bech32_prefix || '1' || translate(md5($2::text || n), '0123456789abcdef', 'qpzry9x8gf2tvdw0') as start
    from baleen.chains c cross join generate_series(1, $3::int8) n where c.chain_id = $1::text
  ) each cross join lateral (
    select ${columns} from ${view} where chain_id = $1::text and ${address} >= each.start order by ${address} limit 1
  ) thing`);

/** Heights at even chances in each range of a kind that is there, up to the state's ($4). */
const heights = (kind: string): string => `
  select distinct from_height + ('x' || substr(md5($2::text || n || from_height), 1, 12))::bit(48)::int8
    % (least(to_height, $4::int8) - from_height + 1) as height
  from baleen.coverage cross join generate_series(1, $3::int8) n
  where chain_id = $1::text and kind = '${kind}' and from_height <= $4::int8`;

const TX_HASHES = `select distinct tx.tx_hash as hash from (${inOrder(heights('results'))}) each
  cross join lateral (
    select tx_hash from baleen.txs where chain_id = $1::text and height between each.height and $4::int8
    order by height, tx_index limit 1
  ) tx`;

const PAIRS = `(select one.chain_id, '1000000' || one.denom as offer, other.denom as ask
  from baleen.oracle_prices_now one join baleen.oracle_prices_now other using (chain_id) where one.denom <> other.denom)`;
const ALLOWED = `(select chain_id, granter, grantee from baleen.grants
  union select chain_id, granter, grantee from baleen.fee_allowances)`;
const VOTABLE =
  '(select s.chain_id, s.denom, v.operator_address from baleen.supply s join baleen.validators v using (chain_id))';

/** SQL for the values of a route's placeholders. The key has what the route is about and the placeholders' names. Some names mean different
 * things to different servers. */
const SAMPLES: Readonly<Record<string, string>> = {
  'state: address': scattered('address', 'baleen.accounts', 'address'),
  'state: address denom': scattered('address, denom', 'baleen.balances', 'address'),
  'state: delegator': scattered('delegator', 'baleen.delegations', 'delegator'),
  'state: delegator operator': scattered(
    'delegator, operator_address as operator',
    'baleen.delegations',
    'delegator',
  ),
  'state: operator': named('operator_address as operator', 'baleen.validators'),
  'state: consensus': named('consensus_address as consensus', 'baleen.signing_infos'),
  'state: denom': named('denom', 'baleen.supply'),
  'state: denom operator': named('denom, operator_address as operator', VOTABLE),
  'state: proposal': named('proposal_id::text as proposal', 'baleen.proposals_state'),
  'state: depositor': named('depositor', 'baleen.proposal_deposits_state'),
  'state: voter': named('voter', 'baleen.proposal_votes_state'),
  'state: depositor proposal': named(
    'depositor, proposal_id::text as proposal',
    'baleen.proposal_deposits_state',
  ),
  'state: proposal voter': named('proposal_id::text as proposal, voter', 'baleen.proposal_votes_state'),
  'state: grantee granter': named('grantee, granter', ALLOWED),
  'state: grantee granter type': named('grantee, granter, message_type as type', 'baleen.grants'),
  'state: grantee': named('grantee', 'baleen.fee_allowances'),
  'state: code': named('code_id::text as code', 'baleen.wasm_codes'),
  'state: contract': scattered('address as contract', 'baleen.wasm_contracts', 'address'),
  'state: ask offer': named('ask, offer', PAIRS),
  'state: key subspace': named('key, subspace', 'baleen.module_params'),
  'state: height': named('height::text as height', 'baleen.historical_infos'),
  'amino-0.39: key': named(`consensus_pubkey #>> '{}' as key`, 'baleen.validators'),
  'gateway-0.44: contract key': scattered(
    `contract, translate(encode(key, 'base64'), E'\\n', '') as key`,
    `(select * from baleen.contract_state where key <> '') entry`,
    'contract',
  ),
  'block: height': inOrder(`select height::text as height from (${heights('blocks')}) each`),
  'block: hash': inOrder(TX_HASHES),
};
