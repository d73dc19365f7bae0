/** Questions to one node: `/route?name=value`, each asked once, by GET or as a JSON-RPC call by POST. */
import { type Answer, type AskOptions, RpcCaller } from './caller.ts';
import type { EndpointAddress } from './endpoint-address.ts';
import { RpcRefusal, TransientError } from './failures.ts';
import { createLimiter } from './limiter.ts';
import type { SharedLimit, SharedLimits } from './shared-limit.ts';

/** Milliseconds without a byte after which a request has failed, by default. */
const TIMEOUT_MS = 15_000;

export interface TransportOptions {
  readonly maxRps?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly retryMs?: number | undefined;
  readonly sharedLimits?: SharedLimits | undefined;
}

export interface Transport {
  readonly endpoint: EndpointAddress;
  /** @throws TransientError, RpcRefusal; BaleenError operator `SOURCE_NOT_RPC`, `SOURCE_REFUSED`, source `SOURCE_UNREACHABLE` of an
   *   address that has never answered, source `SOURCE_TOO_LARGE` */
  ask(route: string, options?: AskOptions): Promise<Answer>;
  /** The bytes of an answer as they come, however many. Between two of them it may throw TransientError. */
  stream(route: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  readonly counts: Counts;
  /** Requests that may be in flight now, and those that are or wait for it. */
  readonly concurrency: number;
  readonly load: number;
  /** Whether the address has answered as a node does: then whatever goes wrong may pass. */
  hasAnswered: boolean;
  /** Address to which redirects lead, without query; undefined if there are none. */
  readonly redirectedTo: string | undefined;
}

export interface Counts {
  /** Requests answered, requests that failed, bytes of answers. */
  readonly requests: number;
  readonly errors: number;
  readonly bytes: number;
}

/** @param limit  shared with other threads that ask the same endpoint
 * @param mayBegin  throws when a request that has waited for its turn should not be made any more */
export function createTransport(
  endpoint: EndpointAddress,
  options: TransportOptions,
  limit: SharedLimit,
  mayBegin: () => void,
): Transport {
  const limiter = createLimiter(options.maxRps, (error) => error instanceof TransientError, limit);
  const caller = new RpcCaller(endpoint, options.timeoutMs ?? TIMEOUT_MS);
  const counts = { requests: 0, errors: 0, bytes: 0 };

  async function counted<Result>(work: () => Promise<Result>): Promise<Result> {
    mayBegin();
    try {
      const result = await work();
      counts.requests++;
      return result;
    } catch (error) {
      if (error instanceof RpcRefusal) counts.requests++;
      else if ((error as Error).name !== 'AbortError') counts.errors++;
      throw error;
    }
  }

  return {
    endpoint,
    counts,
    get concurrency() {
      return limiter.limit;
    },
    get load() {
      return limiter.load;
    },
    get hasAnswered() {
      return caller.hasAnswered;
    },
    set hasAnswered(value) {
      caller.hasAnswered = value;
    },
    get redirectedTo() {
      return caller.redirectedTo;
    },
    ask(route, asked = {}) {
      const onBytes = (firstByte: () => void) => (bytes: number) => {
        firstByte();
        counts.bytes += bytes;
      };
      const work = (firstByte: () => void): Promise<Answer> =>
        counted(() => caller.ask(route, asked, onBytes(firstByte)));
      return limiter.run(work, asked.signal);
    },
    stream: (route, signal) => limiter.run(() => counted(() => caller.stream(route, { signal })), signal),
  };
}
