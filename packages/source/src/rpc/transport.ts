/** Questions to a node: `GET /route?name=value`, each asked once.
 *
 * @cosmjs/tendermint-rpc's HttpClient takes an answer of any size into memory, gives its timeout to the whole answer however
 * long a block is, and knows neither 429 nor Retry-After. So it asks for the status only (status.ts), and all else goes
 * through here. */
import type { BaleenError } from '@baleen/chain';
import { operatorError, sourceError } from '../errors.ts';
import type { Endpoint } from './endpoint.ts';
import { createLimiter } from './limiter.ts';
import { request as send } from './request.ts';
import type { SharedLimit, Together } from './shared-limit.ts';

/** Above the largest results known (tens of megabytes); with the requests in flight it bounds memory. */
const MOST_ANSWER_BYTES = 256 * 1024 * 1024;
/** Of a Retry-After: a node that asks for more is not there for us now. */
const LONGEST_PAUSE_MS = 120_000;
/** Without a byte. */
const TIMEOUT_MS = 15_000;

export interface Answer {
  /** `result` of the JSON-RPC envelope. */
  readonly result: unknown;
  readonly bytes: number;
}

/** The node understood, and says that it can't: `data` is its reason. */
export class RpcRefusal extends Error {
  readonly data: string;
  readonly url: string;
  constructor(data: string, url: string) {
    super(data);
    this.name = 'RpcRefusal';
    this.data = data;
    this.url = url;
  }
}

/** No answer, for a reason that may pass. */
export class Trouble extends Error {
  readonly retryAfterMs: number | undefined;
  constructor(message: string, options: { cause?: unknown; retryAfterMs?: number | undefined } = {}) {
    super(message, { cause: options.cause });
    this.name = 'Trouble';
    this.retryAfterMs = options.retryAfterMs;
  }
}

export interface TransportOptions {
  readonly maxRps?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly retryMs?: number | undefined;
  readonly together?: Together | undefined;
}

export interface Transport {
  readonly endpoint: Endpoint;
  /** @throws Trouble, RpcRefusal; BaleenError operator `SOURCE_NOT_RPC`, `SOURCE_REFUSED`, source `SOURCE_TOO_LARGE` */
  ask(route: string, signal?: AbortSignal): Promise<Answer>;
  /** The bytes of an answer as they come, however many. Between two of them it may throw Trouble. */
  stream(route: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Runs a request that is made elsewhere under the same bounds. */
  bounded<Result>(work: () => Promise<Result>): Promise<Result>;
  readonly counts: Counts;
  /** Requests that may be in flight now, and those that are or wait for it. */
  readonly concurrency: number;
  readonly load: number;
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
  endpoint: Endpoint,
  options: TransportOptions,
  limit: SharedLimit,
  mayBegin: () => void,
): Transport {
  const limiter = createLimiter(options.maxRps, (error) => error instanceof Trouble, limit);
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const counts = { requests: 0, errors: 0, bytes: 0 };
  const urlOf = (route: string): string => `${endpoint.address}${route}`;

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

  async function ask(route: string, firstByte: () => void, signal?: AbortSignal): Promise<Answer> {
    const url = urlOf(route);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const response = await request(url, endpoint, timeoutMs, signal);
    for await (const chunk of response.chunks) {
      firstByte();
      bytes += chunk.length;
      counts.bytes += chunk.length;
      if (bytes > MOST_ANSWER_BYTES)
        throw sourceError(
          'SOURCE_TOO_LARGE',
          `ask ${url}: expected at most ${MOST_ANSWER_BYTES} bytes, found more; use the node's LevelDB directory`,
        );
      chunks.push(chunk);
    }
    return { result: interpret(url, response, Buffer.concat(chunks).toString('utf8')), bytes };
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
    ask: (route, signal) => limiter.run((firstByte) => counted(() => ask(route, firstByte, signal)), signal),
    async stream(route, signal) {
      const begin = (): Promise<Response> => beginStream(urlOf(route), endpoint, timeoutMs, signal);
      return (await limiter.run(() => counted(begin), signal)).chunks;
    },
    bounded: (work) => limiter.run(() => counted(work)),
  };
}

/** Of a refusal only the status is looked at. */
async function beginStream(
  url: string,
  endpoint: Endpoint,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Response> {
  const response = await request(url, endpoint, timeoutMs, signal);
  const { status, retryAfterMs } = response;
  if (status < 400) return response;
  response.cancel();
  if (status === 429 || status > 500) throw new Trouble(`HTTP status ${status}`, { retryAfterMs });
  throw new RpcRefusal(`HTTP status ${status}`, url);
}

interface Response {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Gives the rest up. */
  cancel(): void;
}

/** Begins a request; what ends it is Trouble, unless the signal does. */
async function request(
  url: string,
  { headers }: Endpoint,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Response> {
  const trouble = (cause: unknown): unknown =>
    signal?.aborted ? signal.reason : new Trouble(reasonOf(cause), { cause });
  const response = await send(url, { headers, timeoutMs, signal }).catch((cause: unknown) => {
    throw trouble(cause);
  });
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* response.chunks;
    } catch (cause) {
      throw trouble(cause);
    }
  }
  return {
    status: response.status,
    retryAfterMs: retryAfter(response.headers['retry-after'] ?? null),
    chunks: chunks(),
    cancel: response.cancel,
  };
}

/** Seconds or a date. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_PAUSE_MS, Math.max(0, ms));
}

/** Tendermint answers refusals with a JSON-RPC error, from 0.34 on with HTTP status 500. */
function interpret(url: string, { status, retryAfterMs }: Response, text: string): unknown {
  if (status === 429 || (status >= 500 && retryAfterMs !== undefined))
    throw new Trouble(`HTTP status ${status}`, { retryAfterMs });
  if (status === 401 || status === 403)
    throw operatorError(
      'SOURCE_REFUSED',
      `ask ${url}: expected an answer, found HTTP status ${status}; the node wants a login: http://user:password@host`,
    );
  const envelope = parse(url, status, text);
  if (isObject(envelope) && isObject(envelope.error)) throw new RpcRefusal(refusalText(envelope.error), url);
  if (isObject(envelope) && 'result' in envelope) return envelope.result;
  if (status >= 500) throw new Trouble(`HTTP status ${status}`);
  throw notRpc(url, `${status}: ${text.slice(0, 80)}`);
}

function parse(url: string, status: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (status >= 500) throw new Trouble(`HTTP status ${status}`, { cause });
    if (text.trimStart().startsWith('{')) throw new Trouble('an answer that is cut short', { cause });
    throw notRpc(url, `HTTP status ${status}: ${text.slice(0, 80).trim() || 'nothing'}`);
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The reason stands in `data`, `message` only says `Internal error`. */
const refusalText = ({ data, message }: Readonly<Record<string, unknown>>): string =>
  String(data || message || 'no reason');

export const notRpc = (url: string, found: string): BaleenError =>
  operatorError(
    'SOURCE_NOT_RPC',
    `ask ${url}: expected a Tendermint RPC answer in JSON, found ${found}; give the address of port 26657`,
  );

export const unreachable = (url: string, why: string, cause: unknown): BaleenError =>
  sourceError('SOURCE_UNREACHABLE', `ask ${url}: expected an answer, found ${why}; is the node up?`, cause);

/** fetch hides the system's reason in the cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const { code } = cause as NodeJS.ErrnoException;
  return cause.message || code || error.message;
}
