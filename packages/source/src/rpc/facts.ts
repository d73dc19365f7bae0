/** Asks for the facts about a height. A validator set or params that do not change are asked for only once. */
import { dataError, sourceError } from '../errors.ts';
import { type Endpoint, isAbove, keepsBlock, keepsResults } from './endpoint.ts';
import { atRoute } from './endpoint-address.ts';
import type { EndpointPool, PoolAnswer, Question } from './endpoint-pool.ts';
import type { Envelope } from './envelope.ts';
import { EXTRAS, isDeniedByAll, whoGives } from './extras.ts';
import { RpcRefusal } from './failures.ts';
import { isNotThere, isPruned } from './refusals.ts';

/** Number of validator sets that are remembered. It is enough even if each height that is fetched ahead changes the set, and for recent
 * evidence. */
const KEPT_SETS = 64;
const PER_PAGE = 100;
/** Most validators in a set, Tendermint's own limit (types/vote_set.go `MaxVotesCount`). */
const MOST_VALIDATORS = 10_000;

/** An answer, and the endpoint that gave it. */
export type Fact = PoolAnswer;

/** A `/block` answer, with the fields that the source reads from it. */
export interface BlockFact extends Fact {
  readonly envelope: Envelope;
}

/** The answers to `/validators` that together are one validator set, in order of pages. */
export interface Pages {
  readonly pages: readonly unknown[];
  readonly by: Endpoint;
}

/** Which endpoint to ask, for callers to which it matters. */
export type EndpointPreference = Pick<Question, 'prefer' | 'except' | 'isTentative' | 'isFresh'>;

const ANY: EndpointPreference = {};

export interface Facts {
  /** Asks for a block.
   * @throws BaleenError of kind source: `SOURCE_PRUNED`, `SOURCE_MISSING` */
  block(height: number, preference: EndpointPreference, signal?: AbortSignal): Promise<BlockFact>;
  /** Asks for the results of a block. Returns undefined, like all methods below, if no endpoint has what is asked for. */
  results(height: number, preference: EndpointPreference, signal?: AbortSignal): Promise<Fact | undefined>;
  /** Asks for the validator set with this hash, which votes on `height`. */
  validators(
    hash: string,
    height: number,
    preference: EndpointPreference,
    signal?: AbortSignal,
  ): Promise<Pages | undefined>;
  /** Asks for the validator set that votes on a height whose header was not read, so that its hash is not known. */
  validatorsAt(height: number, signal?: AbortSignal): Promise<Pages | undefined>;
  /** Asks for a validator set again, even if it is remembered. */
  validatorsAnew(
    height: number,
    preference: EndpointPreference,
    signal?: AbortSignal,
  ): Promise<Pages | undefined>;
  /** Replaces the remembered validator set of this hash, which was wrong. */
  correct(hash: string, pages: Pages): void;
  correctAt(height: number, pages: Pages): void;
  consensusParams(
    height: number,
    preference: EndpointPreference,
    signal?: AbortSignal,
  ): Promise<Fact | undefined>;
}

/** @param readBlock  reads a `/block` answer; throws a BaleenError of kind data if it can't be the block that was asked for */
export function createFacts(
  pool: EndpointPool,
  readBlock: (height: number, block: unknown, by: Endpoint) => Envelope,
): Facts {
  const sets = new Map<string, Promise<Pages | undefined>>();
  const hashes = new Map<number, string>();
  const keyAt = (height: number): string => hashes.get(height) ?? `the one at ${height}`;
  const at = (height: number): Pick<Question, 'where' | 'perhaps'> => ({
    where: (endpoint) => keepsBlock(endpoint, height),
    perhaps: (endpoint) => isAbove(endpoint, height),
  });

  const validatorsAnew: Facts['validatorsAnew'] = async (height, preference, signal) => {
    if (isDeniedByAll(pool, EXTRAS.validators)) return undefined;
    const where = whoGives(EXTRAS.validators, height);
    return ifThere(() => askPages(pool, height, { ...preference, ...where }, signal));
  };

  const validators: Facts['validators'] = (hash, height, preference, signal) => {
    remember(hashes, height, hash);
    const known = sets.get(hash);
    if (known !== undefined) return known;
    const pages = validatorsAnew(height, preference, signal);
    remember(sets, hash, pages);
    pages.catch(() => sets.delete(hash));
    return pages;
  };

  const ask = (question: Question, height: number, field: string, signal?: AbortSignal) =>
    ifThere(() =>
      pool.ask(
        { ...question, check: (result, by) => checkHeight(result, field, height, question.route, by) },
        signal,
      ),
    );

  return {
    async block(height, preference, signal) {
      let envelope: Envelope | undefined;
      const check: Question['check'] = (result, by) => {
        envelope = readBlock(height, result, by);
      };
      const route = `/block?height=${height}`;
      const fact = await orMissing(height, () =>
        pool.ask({ ...preference, ...at(height), route, check }, signal),
      );
      return { ...fact, envelope: envelope! };
    },
    results: (height, preference, signal) => {
      const route = `/block_results?height=${height}`;
      const where = (endpoint: Endpoint): boolean => keepsResults(endpoint, height);
      return ask({ ...preference, ...at(height), where, route }, height, 'height', signal);
    },
    validators,
    validatorsAt: (height, signal) => validators(keyAt(height), height, ANY, signal),
    validatorsAnew,
    correct: (hash, pages) => remember(sets, hash, Promise.resolve(pages)),
    correctAt: (height, pages) => remember(sets, keyAt(height), Promise.resolve(pages)),
    async consensusParams(height, preference, signal) {
      if (isDeniedByAll(pool, EXTRAS.params)) return undefined;
      const route = `${EXTRAS.params}?height=${height}`;
      return ask(
        { ...preference, ...whoGives(EXTRAS.params, height), route },
        height,
        'block_height',
        signal,
      );
    },
  };
}

/** Runs `ask`. Returns undefined if every endpoint that was asked says that it does not have the answer. */
export async function ifThere<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof RpcRefusal)) throw error;
    if (isNotThere(error.data)) return undefined;
    throw sourceError(
      'SOURCE_MISSING',
      `ask ${error.url}: expected an answer, found '${error.data}'; use another endpoint`,
      error,
    );
  }
}

async function orMissing(height: number, ask: () => Promise<Fact>): Promise<Fact> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof RpcRefusal)) throw error;
    const pruned = isPruned(error.data);
    throw sourceError(
      pruned ? 'SOURCE_PRUNED' : 'SOURCE_MISSING',
      `read block ${height} from ${error.url.replace(/\/block\?height=\d+&?/, '?').replace(/\?$/, '')}: expected a block, found '${error.data}'; ${pruned ? 'the node has pruned it meanwhile, use an archive node' : 'use another endpoint'}`,
      error,
    );
  }
}

/** Checks that an answer is about the height that was asked for. A node, or a cache in front of it, may return that of another height. */
function checkHeight(result: unknown, field: string, height: number, route: string, by: Endpoint): void {
  const found = fieldOf(result, field);
  if (Number(found) === height) return;
  throw dataError(
    'SOURCE_CORRUPT',
    `ask ${atRoute(by.address, route)}: ${field}: expected ${height}, found ${String(found)}; use another endpoint`,
  );
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= KEPT_SETS) return;
    map.delete(oldest);
  }
}

/** Asks for all pages of a validator set. The first page says how many validators there are. The others come from the same endpoint if
 * possible. */
async function askPages(
  pool: EndpointPool,
  height: number,
  preference: Omit<Question, 'route' | 'check'>,
  signal?: AbortSignal,
): Promise<Pages> {
  const route = `${EXTRAS.validators}?height=${height}&per_page=${PER_PAGE}`;
  const check = (result: unknown, by: Endpoint): void => {
    checkHeight(result, 'block_height', height, route, by);
    if (totalOf(result) <= MOST_VALIDATORS) return;
    throw dataError(
      'SOURCE_CORRUPT',
      `ask ${atRoute(by.address, route)}: total: expected at most ${MOST_VALIDATORS} validators, found ${totalOf(result)}`,
    );
  };
  const { result: first, by } = await pool.ask({ ...preference, route, check }, signal);
  const pages = [first];
  const count = Math.ceil(totalOf(first) / PER_PAGE);
  for (let page = 2; page <= count; page++) {
    const question = { ...preference, prefer: by, route: `${route}&page=${page}`, check };
    pages.push((await pool.ask(question, signal)).result);
  }
  return { pages, by };
}

const totalOf = (page: unknown): number => Number(fieldOf(page, 'total') ?? 0);
