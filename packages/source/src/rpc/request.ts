/** One HTTP request over a connection that is kept, with undici: as cheap as node:http and less than half of fetch.
 *
 * Follows redirects, and takes compressed answers, which proxies in front of public nodes give. */
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Agent, type Dispatcher, request as send } from 'undici';

export interface Response {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  /** Where a redirect led to, without query; undefined: the answer came from where it was asked for. */
  readonly redirectedTo: string | undefined;
  /** Ends with an error when the connection does, when the signal is aborted, and after silence. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface RequestOptions {
  /** JSON of a JSON-RPC call, sent by POST; undefined: the request is a GET. */
  readonly body?: string | undefined;
  /** Sent to the origin of the address alone. */
  readonly headers: Readonly<Record<string, string>>;
  /** Part of the address's query that is for its origin alone: `apikey=KEY`. */
  readonly secretQuery?: string;
  /** Of silence: before the first byte, and between any two. The time that the reader takes does not count. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Asks past caches and over a new connection, which a balancer may lead to another node. */
  readonly isFresh?: boolean;
}

const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];
/** Longer than between two blocks, shorter than a Go server keeps an idle connection (10 s at a node's default). */
const IDLE_MS = 8_000;
/** The server had closed a kept connection at the moment that it was used again, or closes new ones. */
const CLOSED = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/** Connections to one address, as many as requests may be in flight. */
const MOST_CONNECTIONS = 4;

const KEPT = new Agent({ keepAliveTimeout: IDLE_MS, connections: MOST_CONNECTIONS });
const NEW_EACH_TIME = new Agent({ pipelining: 0 });

/** @throws Error of the connection or of silence; the signal's reason */
export async function request(url: string, options: RequestOptions): Promise<Response> {
  const origin = new URL(url).origin;
  let target = new URL(url);
  let { body } = options;
  for (let redirects = 0; ; redirects++) {
    const isHome = target.origin === origin;
    const response = await sendOnce(target, { ...options, body, headers: isHome ? options.headers : {} });
    const { location } = response.headers;
    const isRedirect = REDIRECTS.includes(response.statusCode) && typeof location === 'string';
    if (!isRedirect || redirects === MOST_REDIRECTS || !URL.canParse(location, target.href))
      return answerOf(
        response,
        redirects === 0 ? undefined : `${target.origin}${target.pathname}`,
        options.timeoutMs,
      );
    await response.body.dump().catch(() => undefined);
    // All others keep the method: a call by POST changes nothing at a node, and would be lost as a GET.
    if (response.statusCode === 303) body = undefined;
    target = withQueryOf(new URL(location, target), origin, options.secretQuery ?? '');
  }
}

/** The key is repeated for its own origin, if the redirect has dropped it, and kept from any other. */
function withQueryOf(target: URL, origin: string, secretQuery: string): URL {
  for (const [name, value] of new URLSearchParams(secretQuery)) {
    if (target.origin !== origin) target.searchParams.delete(name);
    else if (!target.searchParams.has(name)) target.searchParams.set(name, value);
  }
  return target;
}

async function sendOnce(url: URL, options: RequestOptions): Promise<Dispatcher.ResponseData> {
  const { body, headers, timeoutMs, signal, isFresh } = options;
  const settings = {
    dispatcher: isFresh ? NEW_EACH_TIME : KEPT,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'accept-encoding': 'gzip',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(isFresh && { 'cache-control': 'no-cache' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
    ...(signal !== undefined && { signal }),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  } as const;
  try {
    return await send(url, settings).catch((error: NodeJS.ErrnoException) => {
      if (!CLOSED.includes(error.code ?? '') || signal?.aborted) throw error;
      return send(url, settings);
    });
  } catch (error) {
    throw timely(error, timeoutMs);
  }
}

function answerOf(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  redirectedTo: string | undefined,
  timeoutMs: number,
): Response {
  return {
    status: statusCode,
    headers,
    redirectedTo,
    chunks: timelyChunks(headers['content-encoding'] === 'gzip' ? unzipped(body) : body, timeoutMs),
  };
}

async function* timelyChunks(body: Readable, timeoutMs: number): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw timely(error, timeoutMs);
  }
}

/** Says of silence how long it was. */
function timely(error: unknown, timeoutMs: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const isSilence = code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT';
  return isSilence ? new Error(`no byte for ${timeoutMs} ms`, { cause: error }) : error;
}

function unzipped(body: Readable): Readable {
  const gunzip = createGunzip();
  body.once('error', (error) => gunzip.destroy(error));
  return body.pipe(gunzip);
}
