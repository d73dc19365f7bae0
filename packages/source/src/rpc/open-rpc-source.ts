import { setTimeout as sleep } from 'node:timers/promises';
import { BaleenError, type RpcRef } from '@baleen/chain';
import { operatorError, sourceError } from '../errors.ts';
import { type GenesisText, lookInto } from '../genesis/genesis.ts';
import type { EndpointInfo, SourceInfo } from '../source-info.ts';
import type { SourceOptions } from '../source-options.ts';
import { describeEndpoint } from './describe-endpoint.ts';
import { createEndpoint, type Endpoint, type EndpointDescription } from './endpoint.ts';
import { atRoute, type EndpointAddress, parseEndpointAddress } from './endpoint-address.ts';
import { EndpointPool } from './endpoint-pool.ts';
import { RpcRefusal, TransientError, WrongAnswer } from './failures.ts';
import { rpcGenesis } from './genesis.ts';
import { isDescribed, refreshStatus } from './refresh-status.ts';
import { RpcSource } from './rpc-source.ts';
import { agreeOnChain } from './same-chain.ts';
import { createSharedLimit, shareLimits } from './shared-limit.ts';

/** Once one endpoint has told what it keeps, the others have this long to do so, too. One that doesn't is asked again later. */
const GRACE_MS = 5_000;

/** Opens the RPC of one or several nodes: asks each for its status, for results at both ends of what it keeps, and of several
 * for a block's hash; then where the genesis begins. */
export async function openRpcSource(ref: RpcRef, options: SourceOptions): Promise<RpcSource> {
  const addresses = new Map(
    ref.endpoints
      .map((address) => parseEndpointAddress(address, ref.headers))
      .map((endpoint) => [identityOf(endpoint), endpoint]),
  );
  const { sharedLimits = shareLimits(addresses.size) } = options;
  const endpoints = [...addresses.values()].map((address, index) =>
    createEndpoint(address, options, createSharedLimit(sharedLimits, index)),
  );
  const { known } = options;
  if (known !== undefined) for (const endpoint of endpoints) recall(endpoint, known);
  const notes = known?.notes ?? (await describeAll(endpoints));
  const usable = endpoints.filter(isUsable);
  if (options.crossCheck && usable.length < 2)
    throw needsTwo(usable.map(({ address }) => address).join(', ') || 'none that can be used');
  const pool: EndpointPool = new EndpointPool(endpoints, {
    revive: (endpoint, signal) => revive(endpoint, endpoints, signal),
    async isSame(endpoint) {
      if (isDescribed(endpoint)) await refreshStatus(endpoint, pool);
      return isDescribed(endpoint);
    },
  });
  const genesis = usable.map((endpoint) => rpcGenesis(pool, endpoint));
  const found = known ?? (await lookIntoGenesis(genesis, infoOf(endpoints, notes), options));
  const bech32Prefix = options.bech32Prefix ?? found.bech32Prefix;
  const isChosen = ({ place }: GenesisText): boolean => place.path === found.genesis?.path;
  const texts = genesis.some(isChosen)
    ? [...genesis.filter(isChosen), ...genesis.filter((text) => !isChosen(text))]
    : [];
  const applicationSigns = known?.applicationSigns ?? { ...found.applicationSigns, ...options.application };
  const info = { ...found, bech32Prefix, applicationSigns };
  return new RpcSource(ref, info, pool, texts, { ...options, sharedLimits });
}

/** Two keys of one provider are two endpoints. */
const identityOf = ({ base, query, headers }: EndpointAddress): string =>
  JSON.stringify([base.replace(/\/+$/, ''), query, headers]);

const isUsable = ({ described, refused }: Endpoint): boolean =>
  described !== undefined && refused === undefined;

function recall(endpoint: Endpoint, known: SourceInfo): void {
  const { chainId, era } = known;
  const info = known.endpoints?.find(({ address }) => address === endpoint.address);
  if (info === undefined) return;
  endpoint.refused = info.refused;
  if (info.keeps === undefined || info.nodeVersion === undefined) return;
  const { nodeVersion, nodeId, denied = [], isMixed = false, hasNoStatus = false } = info;
  endpoint.described = { ...info.keeps, chainId, era, nodeVersion, nodeId, denied, notes: [] };
  Object.assign(endpoint, { isMixed, hasNoStatus });
  endpoint.transport.hasAnswered = true;
}

/** @returns notes
 * @throws BaleenError of the only endpoint; of several, each by name with what was found there */
async function describeAll(endpoints: readonly Endpoint[]): Promise<string[]> {
  const failures = new Map<Endpoint, unknown>();
  const tooLate = new AbortController();
  const begun = endpoints.map(async (endpoint) => {
    try {
      const described = await describeEndpoint(endpoint, tooLate.signal);
      if (!tooLate.signal.aborted) endpoint.described = described;
    } catch (error) {
      if (!tooLate.signal.aborted) failures.set(endpoint, error);
      throw error;
    }
  });
  await Promise.any(begun).catch(() => undefined);
  await Promise.race([Promise.allSettled(begun), sleepUnref(GRACE_MS)]);
  tooLate.abort();
  for (const error of failures.values()) if (!(error instanceof BaleenError)) throw error;
  if (!endpoints.some(isUsable)) throw noneUsable(endpoints, failures as ReadonlyMap<Endpoint, BaleenError>);
  return [
    ...(await agreeOnChain(endpoints)),
    ...endpoints.flatMap((endpoint) => notesOn(endpoint, endpoints, failures)),
  ];
}

const sleepUnref = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

function notesOn(
  endpoint: Endpoint,
  endpoints: readonly Endpoint[],
  failures: ReadonlyMap<Endpoint, unknown>,
): string[] {
  if (endpoint.refused !== undefined) return [];
  const failure = failures.get(endpoint);
  if (isForGood(failure)) {
    endpoint.refused = failure.message;
    return [`${endpoint.address} is not used: ${failure.message}`];
  }
  if (endpoint.described === undefined) {
    const why = failure instanceof Error ? failure.message : 'it has not answered yet';
    if (isOverstated(failure)) endpoint.breaker.recordLie(why);
    else endpoint.breaker.failed(why, performance.now(), 1, undefined);
    return [`${endpoint.address} is asked again later: ${why}`];
  }
  const { notes } = endpoint.described;
  return endpoints.length === 1 ? [...notes] : notes.map((note) => `${endpoint.address}: ${note}`);
}

/** All else may be mended: a node that wants a login, has no block yet, or whose proxy shows a page. */
const isForGood = (error: unknown): error is BaleenError =>
  error instanceof BaleenError && error.code === 'SOURCE_ERA_UNSUPPORTED';

const isOverstated = (error: unknown): boolean =>
  error instanceof BaleenError && error.code === 'SOURCE_OVERSTATED';

function noneUsable(
  endpoints: readonly Endpoint[],
  failures: ReadonlyMap<Endpoint, BaleenError>,
): BaleenError {
  const [first] = failures.values();
  if (first !== undefined && endpoints.length === 1) return first;
  const told = endpoints.map(
    (endpoint) => `${endpoint.address}: ${failures.get(endpoint)?.message ?? 'no answer'}`,
  );
  const message = `open source: expected one of ${endpoints.length} endpoints that can be used, found none: ${told.join('; ')}`;
  return [...failures.values()].every(({ kind }) => kind === 'operator')
    ? operatorError(first?.code ?? 'SOURCE_UNREACHABLE', message)
    : sourceError('SOURCE_UNREACHABLE', message, first);
}

/** Learns what an endpoint keeps that could not be asked when the source was opened. */
async function revive(
  endpoint: Endpoint,
  endpoints: readonly Endpoint[],
  signal: AbortSignal,
): Promise<void> {
  const begunAt = performance.now();
  try {
    const described = await describeEndpoint(endpoint, signal);
    const chain = endpoints.find((other) => isUsable(other))?.described;
    if (chain !== undefined && (chain.chainId !== described.chainId || chain.era !== described.era))
      endpoint.refused = `chain ${described.chainId} (${described.era}), the others have ${chain.chainId} (${chain.era})`;
    else endpoint.described = described;
    endpoint.breaker.answered();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (isForGood(error)) endpoint.refused = why;
    else if (isOverstated(error)) endpoint.breaker.recordLie(why);
    else
      endpoint.breaker.failed(
        why,
        begunAt,
        1,
        error instanceof TransientError ? error.retryAfterMs : undefined,
      );
  }
}

function infoOf(endpoints: readonly Endpoint[], notes: readonly string[]): SourceInfo {
  const used = endpoints.filter(isUsable) as (Endpoint & { described: EndpointDescription })[];
  const all = used.map(({ described }) => described);
  const [first] = all as [EndpointDescription, ...EndpointDescription[]];
  const withResults = all.flatMap(({ resultsBase, resultsHead }) =>
    resultsBase === undefined || resultsHead === undefined ? [] : [{ resultsBase, resultsHead }],
  );
  const hasResults = withResults.length > 0;
  const { address } = used[0]!;
  return {
    path: endpoints.map((endpoint) => endpoint.address).join(', '),
    databases: [],
    backend: 'rpc',
    chainId: first.chainId,
    era: first.era,
    software: undefined,
    nodeVersion: [...new Set(all.map(({ nodeVersion }) => nodeVersion))].join(', '),
    initialHeight: undefined,
    base: Math.min(...all.map(({ base }) => base)),
    head: Math.max(...all.map(({ head }) => head)),
    resultsBase: hasResults ? Math.min(...withResults.map(({ resultsBase }) => resultsBase)) : undefined,
    resultsHead: hasResults ? Math.max(...withResults.map(({ resultsHead }) => resultsHead)) : undefined,
    stateHeight: undefined,
    notes,
    losses: [],
    endpoints: endpoints.map(endpointInfo),
    genesis: { kind: 'rpc', path: atRoute(address, '/genesis') },
    bech32Prefix: undefined,
    live: true,
    estimatedBytes: undefined,
  };
}

function endpointInfo({ address, refused, described, isMixed, hasNoStatus }: Endpoint): EndpointInfo {
  if (described === undefined) return { address, refused, nodeVersion: undefined, keeps: undefined };
  const { base, head, resultsBase, resultsHead, nodeVersion, nodeId, denied } = described;
  const keeps = { base, head, resultsBase, resultsHead };
  return { address, refused, nodeVersion, nodeId, denied, isMixed, hasNoStatus, keeps };
}

/** Statuses by which a gateway in front of a node denies a route for good, as most do with /genesis. */
const DENYING = [401, 403, 404, 405, 410, 451, 501];

/** Rounds over the endpoints for a genesis document that none refuses and none gives whole, and the time after which no other begins. */
const MOST_GENESIS_ROUNDS = 4;
const GENESIS_ROUNDS_MS = 30_000;
/** Half of the time before the second round, by default. */
const GENESIS_RETRY_MS = 250;

/** Reads what the genesis document tells of the chain. It can be done without where endpoints refuse it: they are no worse for that. One
 * that fails is asked again, since the application that is chosen without the document would stay.
 * @throws BaleenError data `SOURCE_DISAGREEMENT`, `SOURCE_CHAIN_MISMATCH` */
async function lookIntoGenesis(
  texts: readonly GenesisText[],
  info: SourceInfo,
  options: SourceOptions,
): Promise<SourceInfo> {
  const begunAt = performance.now();
  let left = texts;
  let refusal = '';
  for (let round = 1; ; round++) {
    const found = await tryGenesis(left, texts, options);
    if (!('failed' in found)) return { ...info, ...found };
    refusal ||= found.why;
    left = found.failed;
    const isLate = round === MOST_GENESIS_ROUNDS || performance.now() - begunAt > GENESIS_ROUNDS_MS;
    if (left.length === 0 || isLate) break;
    await sleep((options.retryMs ?? GENESIS_RETRY_MS) * 2 ** round);
  }
  const note = `no genesis document: the endpoint answers '${refusal}'`;
  return { ...info, genesis: undefined, notes: [...info.notes, note] };
}

type FoundGenesis = Pick<SourceInfo, 'genesis' | 'bech32Prefix' | 'applicationSigns'>;

/** @param texts  those to try, in this order
 * @param all     of every endpoint, for a cross-check
 * @returns those that may be had later, and in words why the first of all was not */
async function tryGenesis(
  texts: readonly GenesisText[],
  all: readonly GenesisText[],
  { crossCheck }: SourceOptions,
): Promise<FoundGenesis | { readonly failed: readonly GenesisText[]; readonly why: string }> {
  const failed: GenesisText[] = [];
  const reasons: string[] = [];
  for (const text of texts) {
    try {
      const { bech32Prefix, modules } = await lookInto([text]);
      if (crossCheck) await comparePrefix(all[(all.indexOf(text) + 1) % all.length]!, text, bech32Prefix);
      return { genesis: text.place, bech32Prefix, applicationSigns: { modules } };
    } catch (error) {
      if (!(error instanceof RpcRefusal || error instanceof BaleenError)) throw error;
      if (error instanceof BaleenError && REFUTED.includes(error.code)) throw error;
      if (error instanceof BaleenError && !isDenied(error)) failed.push(text);
      reasons.push(error.cause instanceof Error ? error.cause.message : error.message);
    }
  }
  return { failed, why: reasons[0] ?? 'nothing' };
}

const isDenied = ({ cause }: BaleenError): boolean =>
  cause instanceof WrongAnswer && DENYING.includes(cause.status);

/** What is wrong with a document that is there. */
const REFUTED = ['SOURCE_DISAGREEMENT', 'SOURCE_CHAIN_MISMATCH'];

async function comparePrefix(
  other: GenesisText,
  text: GenesisText,
  prefix: string | undefined,
): Promise<void> {
  const { bech32Prefix: found } = await lookInto([other]);
  if (found === prefix) return;
  throw new BaleenError(
    'data',
    'SOURCE_DISAGREEMENT',
    `cross-check genesis: prefix of addresses: ${text.place.path} has ${prefix}, ${other.place.path} has ${found}`,
  );
}

const needsTwo = (found: string): BaleenError =>
  operatorError(
    'SOURCE_CROSS_CHECK',
    `open source: --cross-check compares two endpoints, found ${found}; name another address, or leave it out`,
  );
