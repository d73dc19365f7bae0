/** Questions to a node: `GET /route?name=value`, each asked once, and again only when no answer came.
 *
 * @cosmjs/tendermint-rpc's HttpClient takes an answer of any size into memory, gives its timeout to the whole answer however
 * long a block is, and knows neither 429 nor Retry-After. So it asks for the status only (status.ts), and all else goes
 * through here. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BaleenError } from '@baleen/chain';
import { operatorError, sourceError } from '../errors.ts';
import type { Endpoint } from './endpoint.ts';
import { createLimiter } from './limiter.ts';

/** Above the largest results known (tens of megabytes); with the requests in flight it bounds memory. */
const MOST_ANSWER_BYTES = 256 * 1024 * 1024;
const ATTEMPTS = 6;
const RETRY_MS = 250;
const LONGEST_RETRY_MS = 15_000;
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
  constructor(data: string) {
    super(data);
    this.name = 'RpcRefusal';
    this.data = data;
  }
}

/** No answer, for a reason that may pass. */
class Trouble extends Error {
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
}

export interface Transport {
  readonly endpoint: Endpoint;
  /** @throws RpcRefusal; BaleenError source `SOURCE_UNREACHABLE`, operator `SOURCE_NOT_RPC`, `SOURCE_REFUSED` */
  ask(route: string, signal?: AbortSignal): Promise<Answer>;
  /** The bytes of an answer as they come, however many; not asked again. */
  stream(route: string, signal?: AbortSignal): AsyncGenerator<Uint8Array>;
  /** Runs a request that is made elsewhere under the same bounds. */
  bounded<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createTransport(endpoint: Endpoint, options: TransportOptions = {}): Transport {
  const limiter = createLimiter(options.maxRps, (error) => error instanceof Trouble);
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const urlOf = (route: string): string => `${endpoint.address}${route}`;
  const failure = (route: string, error: unknown): unknown => {
    if (!(error instanceof Trouble)) return error;
    return unreachable(urlOf(route), `${error.message}, ${ATTEMPTS} times`, error);
  };

  async function askOnce(route: string, firstByte: () => void, signal?: AbortSignal): Promise<Answer> {
    const url = urlOf(route);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const response = await request(url, endpoint, timeoutMs, signal);
    for await (const chunk of response.chunks) {
      firstByte();
      bytes += chunk.length;
      if (bytes > MOST_ANSWER_BYTES)
        throw sourceError(
          'SOURCE_TOO_LARGE',
          `ask ${url}: expected at most ${MOST_ANSWER_BYTES} bytes, found more; use the node's LevelDB directory`,
        );
      chunks.push(chunk);
    }
    return { result: interpret(url, response, Buffer.concat(chunks).toString('utf8')), bytes };
  }

  async function retrying<Result>(
    route: string,
    signal: AbortSignal | undefined,
    once: (firstByte: () => void) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await limiter.run(once, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof Trouble) || attempt === ATTEMPTS) throw failure(route, error);
        const delay = retryDelay(error, attempt, options.retryMs ?? RETRY_MS);
        if (error.retryAfterMs !== undefined) limiter.pause(delay);
        await sleep(delay, undefined, signal && { signal });
      }
    }
  }

  return {
    endpoint,
    ask: (route, signal) => retrying(route, signal, (firstByte) => askOnce(route, firstByte, signal)),
    async *stream(route, signal) {
      const begin = (): Promise<Response> => beginStream(urlOf(route), endpoint, timeoutMs, signal);
      try {
        yield* (await retrying(route, signal, begin)).chunks;
      } catch (error) {
        throw failure(route, error);
      }
    },
    bounded: (work) => limiter.run(work),
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
  await response.cancel();
  if (status === 429 || status > 500) throw new Trouble(`HTTP status ${status}`, { retryAfterMs });
  throw new RpcRefusal(`HTTP status ${status}`);
}

function retryDelay(trouble: Trouble, attempt: number, retryMs: number): number {
  if (trouble.retryAfterMs !== undefined) return trouble.retryAfterMs;
  const delay = Math.min(LONGEST_RETRY_MS, retryMs * 2 ** (attempt - 1));
  // Spread, so that several workers don't come back at once.
  return delay * (0.5 + Math.random() / 2);
}

interface Response {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Gives the rest up. */
  cancel(): Promise<void>;
}

/** Begins a request; silence for `timeoutMs` ends it, before the first byte and between any two. The time that the reader
 * takes does not count. */
async function request(
  url: string,
  { headers }: Endpoint,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Response> {
  const silence = createSilence(timeoutMs);
  const trouble = (cause: unknown): unknown => {
    silence.disarm();
    if (signal?.aborted) return cause;
    if (silence.signal.aborted) return new Trouble(`no byte for ${timeoutMs} ms`, { cause });
    return new Trouble(reasonOf(cause), { cause });
  };
  const signals = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
  silence.arm();
  const response = await fetch(url, { headers, signal: signals }).catch((cause: unknown) => {
    throw trouble(cause);
  });
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader();
    try {
      for (;;) {
        silence.arm();
        const read = await reader?.read();
        silence.disarm();
        if (read === undefined || read.done) return;
        yield read.value;
      }
    } catch (cause) {
      throw trouble(cause);
    } finally {
      silence.disarm();
      await reader?.cancel().catch(() => undefined);
    }
  }
  return {
    status: response.status,
    retryAfterMs: retryAfter(response.headers.get('retry-after')),
    chunks: chunks(),
    async cancel() {
      silence.disarm();
      await response.body?.cancel();
    },
  };
}

interface Silence {
  readonly signal: AbortSignal;
  arm(): void;
  disarm(): void;
}

function createSilence(timeoutMs: number): Silence {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const disarm = (): void => clearTimeout(timer);
  return {
    signal: controller.signal,
    disarm,
    arm() {
      disarm();
      timer = setTimeout(() => controller.abort(), timeoutMs);
    },
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
  if (isObject(envelope) && isObject(envelope.error)) throw new RpcRefusal(refusalText(envelope.error));
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
