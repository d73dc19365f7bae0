/** What is asked for about a height; each fact once. */
import { dataError, sourceError } from '../errors.ts';
import { type Endpoint, isAbove, keepsBlock, keepsResults } from './endpoint.ts';
import { atRoute } from './endpoint-address.ts';
import type { EndpointPool, PoolAnswer, Question } from './endpoint-pool.ts';
import type { Envelope } from './envelope.ts';
import { EXTRAS, isDeniedByAll, whoGives } from './extras.ts';
import { RpcRefusal } from './failures.ts';
import { isNotThere, isPruned } from './refusals.ts';

/** Sets that are remembered: enough for the heights fetched ahead, were each to change the set, and for fresh evidence. */
const KEPT_SETS = 64;
const PER_PAGE = 100;
/** Tendermint's own bound (types/vote_set.go `MaxVotesCount`). */
const MOST_VALIDATORS = 10_000;

/** An answer, and who gave it. */
export type Fact = PoolAnswer;

/** A `/block` answer, with what a source reads of it. */
export interface BlockFact extends Fact {
  readonly envelope: Envelope;
}

/** Pages of a validator set in order. */
export interface Pages {
  readonly pages: readonly unknown[];
  readonly by: Endpoint;
}

/** EndpointPreference to ask, where it matters. */
export type EndpointPreference = Pick<Question, 'prefer' | 'except' | 'isTentative' | 'isFresh'>;

const ANY: EndpointPreference = {};

export interface Facts {
  /** @throws BaleenError source `SOURCE_PRUNED`, `SOURCE_MISSING` */
  block(height: number, preference: EndpointPreference, signal?: AbortSignal): Promise<BlockFact>;
  /** undefined, as of all that follows: no endpoint has them. */
  results(height: number, preference: EndpointPreference, signal?: AbortSignal): Promise<Fact | undefined>;
  /** The set with this hash, which votes on `height`. */
  validators(
    hash: string,
    height: number,
    preference: EndpointPreference,
    signal?: AbortSignal,
  ): Promise<Pages | undefined>;
  /** The set that votes on a height whose header is not at hand. */
  validatorsAt(height: number, signal?: AbortSignal): Promise<Pages | undefined>;
  /** Asked for although it may be known. */
  validatorsAnew(
    height: number,
    preference: EndpointPreference,
    signal?: AbortSignal,
  ): Promise<Pages | undefined>;
  /** What was known of this hash was wrong. */
  correct(hash: string, pages: Pages): void;
  correctAt(height: number, pages: Pages): void;
  consensusParams(
    height: number,
    preference: EndpointPreference,
    signal?: AbortSignal,
  ): Promise<Fact | undefined>;
}

/** @param readBlock  throws BaleenError data when an answer can't be the block that was asked for */
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

/** undefined: every endpoint that was asked says that it doesn't have it. */
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

/** A node or a cache before it may answer with what was asked for another height. */
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

/** The first page says how many validators there are; the others come from the same endpoint if they can. */
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
