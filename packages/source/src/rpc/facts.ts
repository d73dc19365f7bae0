/** What is asked for about a height beside the block itself; each fact once. */
import { sourceError } from '../errors.ts';
import { RpcRefusal, type Transport } from './transport.ts';

/** The node says that it doesn't have it: pruned, discarded, or not yet executed. */
const NOT_THERE =
  /could not find|not persisting|no (results|validator)|not available|must be less than or equal|discard/i;

/** Sets that are remembered: enough for the heights fetched ahead, were each to change the set, and for fresh evidence. */
const KEPT_SETS = 32;
const PER_PAGE = 100;

export interface Facts {
  /** undefined: the node does not have them. */
  results(height: number, signal?: AbortSignal): Promise<Fact | undefined>;
  /** Pages of the set with this hash, which votes on `height`. */
  validators(hash: string, height: number, signal?: AbortSignal): Promise<readonly unknown[] | undefined>;
  /** Pages of the set that votes on a height whose header is not at hand. */
  validatorsAt(height: number, signal?: AbortSignal): Promise<readonly unknown[] | undefined>;
  consensusParams(height: number, signal?: AbortSignal): Promise<unknown>;
}

export interface Fact {
  readonly result: unknown;
  readonly bytes: number;
}

export function createFacts(transport: Transport): Facts {
  const sets = new Map<string, Promise<readonly unknown[] | undefined>>();
  const hashes = new Map<number, string>();
  const validators: Facts['validators'] = (hash, height, signal) => {
    remember(hashes, height, hash);
    const known = sets.get(hash);
    if (known !== undefined) return known;
    const pages = ifThere(`/validators?height=${height}`, () => askPages(transport, height, signal));
    remember(sets, hash, pages);
    pages.catch(() => sets.delete(hash));
    return pages;
  };
  const askIfThere = (route: string, signal?: AbortSignal): Promise<Fact | undefined> =>
    ifThere(route, () => transport.ask(route, signal));
  return {
    results: (height, signal) => askIfThere(`/block_results?height=${height}`, signal),
    validators,
    validatorsAt: (height, signal) =>
      validators(hashes.get(height) ?? `the one at ${height}`, height, signal),
    async consensusParams(height, signal) {
      const answer = await askIfThere(`/consensus_params?height=${height}`, signal);
      return answer?.result;
    },
  };

  /** undefined: the node says that it doesn't have it. */
  async function ifThere<Result>(route: string, ask: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof RpcRefusal)) throw error;
      if (NOT_THERE.test(error.data)) return undefined;
      throw sourceError(
        'SOURCE_MISSING',
        `ask ${transport.endpoint.address}${route}: expected an answer, found '${error.data}'; use another endpoint`,
        error,
      );
    }
  }
}

function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= KEPT_SETS) return;
    map.delete(oldest);
  }
}

/** The first page says how many validators there are. */
async function askPages(transport: Transport, height: number, signal?: AbortSignal): Promise<unknown[]> {
  const route = `/validators?height=${height}&per_page=${PER_PAGE}`;
  const first = (await transport.ask(route, signal)).result;
  const pages = [first];
  const count = Math.ceil(totalOf(first) / PER_PAGE);
  for (let page = 2; page <= count; page++)
    pages.push((await transport.ask(`${route}&page=${page}`, signal)).result);
  return pages;
}

const totalOf = (page: unknown): number =>
  typeof page === 'object' && page !== null && 'total' in page ? Number(page.total) : 0;
