/** Sends requests to one RPC address, by the HTTP method that works there. */
import type { BaleenError } from '@baleen/chain';
import { sourceError } from '../errors.ts';
import { atRoute, type EndpointAddress } from './endpoint-address.ts';
import { RpcRefusal, reasonOf, TransientError, unreachable, WrongAnswer } from './failures.ts';
import { failureOfResponse, interpret } from './interpret.ts';
import { type Response, request } from './request.ts';

/** Most bytes of an answer. The largest known results have tens of megabytes. This and the number of requests in flight limit the
 * memory. */
const MOST_ANSWER_BYTES = 256 * 1024 * 1024;

/** Most chunks that are read of a refusal that comes in place of a stream. */
const MOST_CHUNKS_OF_REFUSAL = 4;

export interface Answer {
  /** `result` of the JSON-RPC envelope. */
  readonly result: unknown;
  readonly bytes: number;
}

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** True if the request bypasses caches and uses a new connection, which a load balancer may lead to another node. */
  readonly isFresh?: boolean | undefined;
}

type Method = 'GET' | 'POST';

/** Sends requests to one RPC address, by GET, which all nodes and most gateways accept, or by POST if only that works. */
export class RpcCaller {
  hasAnswered = false;
  redirectedTo: string | undefined;
  private method: Method = 'GET';
  /** True if `method` has brought an answer. */
  private isMethodSure = false;
  private readonly endpoint: EndpointAddress;
  private readonly timeoutMs: number;

  constructor(endpoint: EndpointAddress, timeoutMs: number) {
    this.endpoint = endpoint;
    this.timeoutMs = timeoutMs;
  }

  ask(route: string, options: AskOptions, onBytes: (bytes: number) => void): Promise<Answer> {
    return this.byEither(async (method) => {
      const response = await this.send(route, method, options);
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of this.chunksOf(response, options.signal)) {
        bytes += chunk.length;
        onBytes(chunk.length);
        if (bytes > MOST_ANSWER_BYTES) throw this.tooLarge(route);
        chunks.push(chunk);
      }
      const text = Buffer.concat(chunks).toString('utf8');
      return { result: interpret(this.shown(route), response, text), bytes };
    });
  }

  /** Yields the chunks of an answer of any length. If the answer is a refusal, only its beginning is read. */
  stream(route: string, options: AskOptions): Promise<AsyncIterable<Uint8Array>> {
    return this.byEither(async (method) => {
      const response = await this.send(route, method, options);
      if (response.status < 300) return this.chunksOf(response, options.signal);
      const chunks: Uint8Array[] = [];
      for await (const chunk of this.chunksOf(response, options.signal))
        if (chunks.push(chunk) === MOST_CHUNKS_OF_REFUSAL) break;
      interpret(this.shown(route), response, Buffer.concat(chunks).toString('utf8'));
      throw failureOfResponse(this.shown(route), response, '');
    });
  }

  /** Tries the other method once where nothing was had by this one yet, or it is not allowed. */
  private async byEither<Result>(work: (method: Method) => Promise<Result>): Promise<Result> {
    const { method } = this;
    try {
      return await this.noting(method, work(method));
    } catch (error) {
      if (!(error instanceof TransientError || error instanceof RpcRefusal)) throw error;
      const other = method === 'GET' ? 'POST' : 'GET';
      const result = this.mayOtherHelp(error)
        ? await this.noting(other, work(other)).catch(unlessNoAnswer)
        : undefined;
      if (result !== undefined) return result;
      throw (error instanceof TransientError && !this.hasAnswered ? error.verdict : undefined) ?? error;
    }
  }

  /** A gateway may understand neither GET's params nor a path, and say so in JSON-RPC's own form. */
  private mayOtherHelp(error: TransientError | RpcRefusal): boolean {
    if (error instanceof WrongAnswer && error.status === 405) return true;
    const isTold =
      error instanceof RpcRefusal || (error instanceof WrongAnswer && error.verdict !== undefined);
    return !this.isMethodSure && isTold;
  }

  private async noting<Result>(method: Method, work: Promise<Result>): Promise<Result> {
    try {
      const result = await work;
      this.method = method;
      this.isMethodSure = this.hasAnswered = true;
      return result;
    } catch (error) {
      if (error instanceof RpcRefusal) this.hasAnswered = true;
      throw error;
    }
  }

  private async send(
    route: string,
    method: Method,
    { signal, isFresh = false }: AskOptions,
  ): Promise<Response> {
    const { base, query, headers } = this.endpoint;
    const url = method === 'GET' ? atRoute(withKey(base, query), route) : withKey(base, query);
    const body = method === 'GET' ? undefined : callOf(route);
    const { timeoutMs } = this;
    const response = await request(url, {
      ...{ headers, body, timeoutMs, signal, isFresh },
      secretQuery: query,
    }).catch((cause: unknown) => {
      throw this.broken(route, cause, signal);
    });
    this.redirectedTo = response.redirectedTo;
    return response;
  }

  private async *chunksOf(response: Response, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    try {
      yield* response.chunks;
    } catch (cause) {
      throw signal?.aborted ? signal.reason : new TransientError(reasonOf(cause), { cause });
    }
  }

  /** A connection that nobody takes tells of a wrong address; one that is cut may be taken the next time. */
  private broken(route: string, cause: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    const why = reasonOf(cause);
    const isCut = /ECONNRESET|UND_ERR_SOCKET/.test((cause as NodeJS.ErrnoException).code ?? '');
    const verdict = isCut ? undefined : unreachable(this.shown(route), why, cause);
    return new TransientError(why, { cause, verdict });
  }

  private tooLarge(route: string): BaleenError {
    return sourceError(
      'SOURCE_TOO_LARGE',
      `ask ${this.shown(route)}: expected at most ${MOST_ANSWER_BYTES} bytes, found more; use the node's LevelDB directory`,
    );
  }

  private shown(route: string): string {
    return atRoute(this.endpoint.address, route);
  }
}

/** The other method was only tried: that it gives no answer either is not told. */
function unlessNoAnswer(error: unknown): undefined {
  if (!(error instanceof TransientError || error instanceof RpcRefusal)) throw error;
  return undefined;
}

const withKey = (base: string, query: string): string => (query === '' ? base : `${base}?${query}`);

/** `/block?height=5` as a JSON-RPC call: nodes take numbers as text. */
function callOf(route: string): string {
  const { pathname, searchParams } = new URL(route, 'http://node');
  return JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: pathname.slice(1),
    params: Object.fromEntries(searchParams),
  });
}
