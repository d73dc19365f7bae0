/** What one endpoint says of itself and what it keeps. */
import { BaleenError, type BlockRange } from '@baleen/chain';
import {
  type AnsweredSigns,
  answeredSigns,
  type ConsensusEra,
  eraOfAnswers,
  readVersions,
  versionOf,
} from '@baleen/decode/consensus';
import { operatorError, sourceError } from '../errors.ts';
import type { Answer } from './caller.ts';
import type { Endpoint, EndpointDescription } from './endpoint.ts';
import { EndpointPool, type Question } from './endpoint-pool.ts';
import { EXTRAS } from './extras.ts';
import { RpcRefusal, TransientError } from './failures.ts';
import { isNotThere } from './refusals.ts';
import { type NodeStatus, readStatus, readStatusOfBlock } from './status.ts';

/** Statuses that are asked for where the first one names a lowest height above 1: behind one address may stand several nodes. */
const STATUSES = 6;
/** Rounds of questions before a kind of fact is taken for denied. */
const PROBE_ROUNDS = 2;

/** Asks for its status, for a block, for results at both ends of what it keeps, and for the extras.
 * @throws BaleenError operator `SOURCE_EMPTY`, `SOURCE_ERA_UNSUPPORTED`; source `SOURCE_OVERSTATED`; what asking throws */
export async function describeEndpoint(
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<EndpointDescription> {
  const { address } = endpoint;
  const ask = askAlone(endpoint, signal);
  const { status, isMixed } = await readStatuses(endpoint, signal);
  const { latest } = status;
  if (latest === 0)
    throw operatorError(
      'SOURCE_EMPTY',
      `open ${address}: expected blocks, found none; wait until the node has some`,
    );
  endpoint.isMixed ||= isMixed;
  const base = status.earliest ?? (await findBase(ask, latest));
  const results = await findResults(ask, base, latest);
  const block = await blockAt(ask, latest);
  if (block === undefined && (results.range?.to ?? 0) < latest - 1) throw overstated(address, latest);
  const sample = block ?? (await blockAt(ask, base));
  const { denied, params } = await findExtras(ask, base, latest);
  const { version } = status;
  const signs = answeredSigns({ block: sample, results: results.sample, params, version });
  const era = eraOf(signs, status, address);
  return {
    chainId: status.chainId,
    era: era.name,
    nodeVersion: status.version,
    nodeId: status.nodeId,
    base,
    head: latest,
    resultsBase: results.range?.from,
    resultsHead: results.range?.to,
    denied: [...denied.keys()],
    notes: [
      ...notesOf(status, base, results),
      ...[...denied].map(([route, why]) => `no ${NAMES[route]}: the endpoint refuses them (${why})`),
      ...versionNotes(status, era),
      ...redirectNotes(endpoint),
    ],
  };
}

const NAMES: Readonly<Record<string, string>> = {
  [EXTRAS.validators]: 'validator sets',
  [EXTRAS.params]: 'consensus params',
};

const overstated = (address: string, latest: number): BaleenError =>
  sourceError(
    'SOURCE_OVERSTATED',
    `open ${address}: expected block ${latest}, of which its status tells, found that it does not have it; use another endpoint`,
  );

type Ask = (route: string, how?: Pick<Question, 'isExtra' | 'where'>) => Promise<Answer>;

/** A refusal at the ends of what is kept is asked for again and again: one of several nodes behind the address may lack it. */
const AT_AN_END: Pick<Question, 'where'> = { where: () => true };

function askAlone(endpoint: Endpoint, signal: AbortSignal): Ask {
  const pool = new EndpointPool([endpoint]);
  return (route, how) => pool.ask({ ...how, route }, signal);
}

/** The status of the address; of several nodes behind it, of the one that keeps most. */
async function readStatuses(
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<{ status: NodeStatus; isMixed: boolean }> {
  const ask = askAlone(endpoint, signal);
  const first = await statusOrBlock(endpoint, ask, signal);
  const statuses = [first];
  const mayBeMixed = (first.earliest ?? 1) > 1 && first.nodeId !== undefined;
  while (mayBeMixed && statuses.length < STATUSES) {
    const askAgain = (route: string) => endpoint.transport.ask(route, { signal, isFresh: true });
    const again = await readStatus(endpoint.transport, askAgain).catch(() => undefined);
    if (again === undefined || again.chainId !== first.chainId) break;
    statuses.push(again);
  }
  const earliest = Math.min(...statuses.map((each) => each.earliest ?? 1));
  const isMixed = new Set(statuses.map(({ nodeId }) => nodeId)).size > 1;
  return { status: isMixed ? { ...first, earliest } : first, isMixed };
}

/** A gateway may keep the status to itself: the newest block tells the chain and the head as well. */
async function statusOrBlock(endpoint: Endpoint, ask: Ask, signal: AbortSignal): Promise<NodeStatus> {
  const few: Ask = (route) => ask(route, { isExtra: true });
  try {
    return await readStatus(endpoint.transport, few);
  } catch (error) {
    signal.throwIfAborted();
    if (isOfConnection(error)) throw error;
    const status = await readStatusOfBlock(endpoint.transport, few).catch(() => undefined);
    endpoint.hasNoStatus = status !== undefined;
    if (status !== undefined) return status;
    if (error instanceof BaleenError && error.kind === 'operator') throw error;
    return readStatus(endpoint.transport, ask);
  }
}

/** Nobody listens at the address, or nobody answers in time. */
const isOfConnection = (error: unknown): boolean =>
  error instanceof BaleenError &&
  error.kind === 'source' &&
  !(error.cause instanceof TransientError || error.cause instanceof RpcRefusal);

function notesOf(status: NodeStatus, base: number, { range, denied }: Results): string[] {
  const notes: string[] = [];
  if (status.catchingUp)
    notes.push(`the node is catching up: its head ${status.latest} is behind the chain's`);
  if (base > 1)
    notes.push(`blocks below ${base} are not there: pruned, or the chain or the node began there`);
  if (denied !== undefined) notes.push(`no results: the endpoint refuses them (${denied})`);
  else if (range === undefined) notes.push('no results: pruned or discarded by the node');
  else if (range.from > base || range.to < status.latest)
    notes.push(`results are there for ${range.from}..${range.to} of ${base}..${status.latest}`);
  return notes;
}

/** @throws BaleenError operator `SOURCE_ERA_UNSUPPORTED` */
function eraOf(signs: AnsweredSigns | undefined, { version }: NodeStatus, address: string): ConsensusEra {
  const era = signs && eraOfAnswers(signs);
  if (era !== undefined) return era;
  throw operatorError(
    'SOURCE_ERA_UNSUPPORTED',
    `open ${address}: expected answers of ${readVersions()}, found those of no known version ` +
      `(the node names version '${version}'); this version of baleen cannot read it`,
  );
}

function versionNotes({ version }: NodeStatus, { versions, serves }: ConsensusEra): string[] {
  const named = versionOf(version);
  if (named !== undefined && serves(named)) return [];
  return [`the node names version '${version}': its answers are those of ${versions}, and are read so`];
}

const redirectNotes = ({ transport: { redirectedTo } }: Endpoint): string[] =>
  redirectedTo === undefined
    ? []
    : [`each request is redirected to ${new URL(redirectedTo).origin}: name that address to save one of two`];

/** Nodes before 0.33.4 don't say where their blocks begin, and don't prune: at 1, or where they were started from. */
async function findBase(ask: Ask, head: number): Promise<number> {
  const has = async (height: number): Promise<boolean> => (await blockAt(ask, height)) !== undefined;
  return (await has(1)) ? 1 : firstWith(has, 1, head);
}

/** Asks for a block; undefined if the node says that it does not have it. */
async function blockAt(ask: Ask, height: number): Promise<unknown> {
  try {
    const { result } = await ask(`/block?height=${height}`, AT_AN_END);
    const isThere =
      typeof result === 'object' && result !== null && 'block' in result && result.block !== null;
    return isThere ? result : undefined;
  } catch (error) {
    if (error instanceof RpcRefusal) return undefined;
    throw error;
  }
}

interface Results {
  readonly range: BlockRange | undefined;
  /** One of the endpoint's answers; undefined if it gave none. */
  readonly sample: unknown;
  /** Why the endpoint gives none to anybody, in words. */
  readonly denied: string | undefined;
}

async function findResults(ask: Ask, base: number, head: number): Promise<Results> {
  const route = '/block_results';
  const probed = await probe(ask, route, [head, base]);
  if (probed.denied !== undefined) return { range: undefined, sample: undefined, denied: probed.denied };
  let { sample } = probed;
  const has = async (height: number): Promise<boolean> => {
    if (height === probed.height) return true;
    const isEnd = height === base || height >= head - 1;
    const result = await unlessRefused(ask(`${route}?height=${height}`, isEnd ? AT_AN_END : {}));
    if (typeof result === 'object') sample ??= result;
    return result !== undefined;
  };
  return { range: await rangeWith(has, base, head), sample, denied: undefined };
}

/** Awaits an answer. Returns undefined if the node says that it does not have it, `refused` if it can't answer for just this height. */
async function unlessRefused(asked: Promise<Answer>): Promise<unknown> {
  try {
    return (await asked).result;
  } catch (error) {
    if (error instanceof BaleenError && error.code === 'SOURCE_HEIGHT_REFUSED') return 'refused';
    if (error instanceof RpcRefusal && isNotThere(error.data)) return undefined;
    throw error;
  }
}

/** Finds the range of heights that have results. A node prunes from below, or was told to discard results from some height on. So the range
 * begins at the lowest height or ends at the highest one. */
async function rangeWith(
  has: (height: number) => Promise<boolean>,
  base: number,
  head: number,
): Promise<BlockRange | undefined> {
  for (const top of new Set([head, Math.max(base, head - 1)])) {
    if (!(await has(top))) continue;
    return { from: top === base || (await has(base)) ? base : await firstWith(has, base, top), to: top };
  }
  if (!(await has(base))) return undefined;
  let [low, high] = [base, head];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (await has(middle)) low = middle;
    else high = middle;
  }
  return { from: base, to: low };
}

/** Routes of extras that the endpoint answers nobody, with what it says instead; and consensus params. */
async function findExtras(
  ask: Ask,
  base: number,
  head: number,
): Promise<{ denied: Map<string, string>; params: unknown }> {
  const denied = new Map<string, string>();
  const validators = await probe(ask, EXTRAS.validators, [head, base]);
  const params = await probe(ask, EXTRAS.params, [head, base]);
  if (validators.denied !== undefined) denied.set(EXTRAS.validators, validators.denied);
  if (params.denied !== undefined) denied.set(EXTRAS.params, params.denied);
  return { denied, params: params.sample };
}

interface Probed {
  /** The endpoint's refusal, if it gives the fact at no height although it gives blocks; undefined if it may give the fact. */
  readonly denied: string | undefined;
  /** The first answer, and of which height. */
  readonly sample?: unknown;
  readonly height?: number;
}

/** Whether a kind of fact can be had from an endpoint at all. Asking for a block in between waits while trouble lasts that is not
 * of the fact. */
async function probe(ask: Ask, route: string, heights: readonly [number, ...number[]]): Promise<Probed> {
  let denied = '';
  for (let round = 0; round < PROBE_ROUNDS; round++)
    for (const height of heights) {
      try {
        const { result } = await ask(`${route}?height=${height}`, { isExtra: true, ...AT_AN_END });
        return { denied: undefined, sample: result, height };
      } catch (error) {
        if (!(error instanceof RpcRefusal || error instanceof BaleenError)) throw error;
        if (error instanceof RpcRefusal && isNotThere(error.data)) return { denied: undefined };
        denied = error.cause instanceof Error ? error.cause.message : error.message;
      }
      await ask(`/block?height=${heights[0]}`);
    }
  return { denied };
}

/** Lowest height with `has`, which is false at `without` and true at `found`. */
async function firstWith(
  has: (height: number) => Promise<boolean>,
  without: number,
  found: number,
): Promise<number> {
  let [low, high] = [without, found];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (await has(middle)) high = middle;
    else low = middle;
  }
  return high;
}
