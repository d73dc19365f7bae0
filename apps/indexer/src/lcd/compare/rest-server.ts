/** A node's REST server, asked one question at a time and never faster than it was promised. */
import { BaleenError } from '@baleen/chain';
import { parseEndpointAddress, withoutSecrets } from '@baleen/source';
import { isGateway, type RestAnswer } from '../answer.ts';

export interface RestServer {
  /** The server's address for messages, without passwords and without the values of its query. */
  readonly shown: string;
  /** Sends a request to the server.
   * @param height  height of the state in question; undefined if the request names a block or a tx
   * @throws BaleenError source `LCD_UNREACHABLE`, `LCD_HEIGHT_GONE` */
  ask(request: string, height: number | undefined): Promise<Pick<RestAnswer, 'status' | 'text' | 'json'>>;
}

export interface RestServerOptions {
  readonly url: string;
  /** HTTP headers that are sent with every request, beside those that follow from the address. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Most requests per second. */
  readonly rps: number;
  /** Longest time to wait for an answer. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** Time, so that tests need not wait for it. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Ends early when `signal` is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** An answer of SDK 0.39 with all delegations of a large validator has about 30 MB. */
const MOST_BYTES = 64 * 2 ** 20;
const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Pauses before a question is asked again that the server was in trouble over. */
const PAUSES_MS = [1_000, 4_000, 16_000];
/** What servers and the proxies before them say when they are overloaded or restarted. */
const TROUBLED = new Set([408, 425, 429, 502, 503, 504]);

export function openRestServer(options: RestServerOptions): RestServer {
  const { clock, rps, signal } = options;
  const base = baseOf(options);
  let freeAt = clock.now();

  /** Waits for its turn. After an answer the server has at least as much rest as it took. */
  async function askInTurn(request: string, height: number | undefined): Promise<Told> {
    await clock.wait(freeAt - clock.now(), signal);
    signal.throwIfAborted();
    const startedAt = clock.now();
    try {
      return await get(base, request, height, options);
    } finally {
      const endedAt = clock.now();
      freeAt = Math.max(startedAt + 1000 / rps, endedAt + (endedAt - startedAt));
    }
  }

  return {
    shown: base.shown,
    async ask(request, height) {
      let trouble = '';
      for (const pause of [0, ...PAUSES_MS]) {
        await clock.wait(pause, signal);
        const told = await askInTurn(request, height);
        if ('trouble' in told) trouble = told.trouble;
        else return checkHeight(told, `${base.shown} for ${request}`, height);
        if (told.isAddress) break;
      }
      throw unreachable(`${base.shown} for ${request}`, trouble);
    },
  };
}

type Told = Answer | Trouble;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: unknown;
  /** Height of the state in the answer; undefined if the answer does not say it. */
  readonly height: number | undefined;
}

/** No answer; another try may have one. */
interface Trouble {
  readonly trouble: string;
  /** Nothing listens there: trying again would not help. */
  readonly isAddress?: boolean;
}

async function get(
  { urlOf, headers }: Base,
  request: string,
  height: number | undefined,
  { signal, timeoutSeconds }: RestServerOptions,
): Promise<Told> {
  const common: Record<string, string> = { accept: 'application/json' };
  if (height !== undefined) common['x-cosmos-block-height'] = String(height);
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
    const response = await getFollowing(urlOf(request, height), common, headers, within);
    return read(response, await textOf(response));
  } catch (error) {
    signal.throwIfAborted();
    const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
    if (name === 'TimeoutError') return { trouble: `no answer within ${timeoutSeconds} s` };
    const isAddress = cause?.code === 'ECONNREFUSED' || cause?.code === 'ENOTFOUND';
    return { trouble: cause?.message || cause?.code || message, isAddress };
  }
}

/** @param secrets  sent to the host that was named, not to one that it redirects to */
async function getFollowing(
  named: string,
  common: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  let url = named;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const isNamed = new URL(url).host === new URL(named).host;
    const headers = { ...common, ...(isNamed && secrets) };
    const response = await fetch(url, { headers, redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (location === null || !REDIRECTS.has(response.status)) return response;
    url = new URL(location, url).href;
  }
  throw new Error(`more than ${MOST_REDIRECTS} redirects`);
}

function read(response: Response, text: string): Told {
  const { status } = response;
  const json = parsed(text);
  if (TROUBLED.has(status)) return { trouble: `HTTP ${status}: ${shortened(text)}` };
  if (status === 200 && json === undefined) return { trouble: `HTTP 200 without JSON: ${shortened(text)}` };
  const { height: told, result } = (json ?? {}) as { height?: unknown; result?: unknown };
  const header = response.headers.get('grpc-metadata-x-cosmos-block-height');
  // SDK 0.39 says 0 where it looked into no state, as for an account that is not there.
  const height = Number(header ?? (result === undefined ? 0 : told));
  return { status, text, json, height: Number.isSafeInteger(height) && height > 0 ? height : undefined };
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`an answer of more than ${MOST_BYTES / 2 ** 20} MiB`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Matches the errors of all server versions which say that the server does not have the state of a height. */
const GONE =
  /failed to load state at height|version (does not exist|mismatch)|height in the future|no commit info found|(state|height|version)\b.*\b(pruned|not available|no longer)|lowest height is/i;

function checkHeight(answer: Answer, shown: string, height: number | undefined): Answer {
  if (height === undefined) return answer;
  if (answer.status !== 200 && GONE.test(answer.text))
    throw heightGone(shown, height, shortened(answer.text));
  if (answer.height !== undefined && answer.height !== height)
    throw heightGone(shown, height, `an answer about height ${answer.height}`);
  return answer;
}

interface Base {
  readonly shown: string;
  /** A login, keys: for the host of the address alone. */
  readonly headers: Readonly<Record<string, string>>;
  /** The gateway takes the height from a header, the legacy servers from the query. */
  urlOf(request: string, height: number | undefined): string;
}

/** Splits an address into what each request needs, as for RPC endpoints: path and query (`?apikey=…`) are part of each request, and a login
 * becomes a header. */
function baseOf({ url, headers }: RestServerOptions): Base {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new BaleenError(
      'operator',
      'CLI_LCD_URL',
      `compare: expected the address of a REST server like http://localhost:1317, found "${withoutSecrets(url)}"`,
    );
  const { address, base, query, headers: sent } = parseEndpointAddress(url, headers);
  const root = base.replace(/\/$/, '');
  return {
    shown: address,
    headers: sent,
    urlOf(request, height) {
      const ofHeight = height === undefined || isGateway(request) ? '' : `height=${height}`;
      const more = [ofHeight, query].filter((part) => part !== '').join('&');
      if (more === '') return root + request;
      return `${root}${request}${request.includes('?') ? '&' : '?'}${more}`;
    },
  };
}

const shortened = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 200);

const unreachable = (shown: string, trouble: string): BaleenError =>
  new BaleenError(
    'source',
    'LCD_UNREACHABLE',
    `compare: ask ${shown}: expected an answer of a node's REST server, found ${trouble}; is the server running, and is --lcd its address (port 1317 unless set otherwise)?`,
  );

const heightGone = (shown: string, height: number, found: string): BaleenError =>
  new BaleenError(
    'source',
    'LCD_HEIGHT_GONE',
    `compare: ask ${shown}: expected the state at height ${height}, which the database has, found ${found}; take a newer state (baleen state SOURCE) or ask a server that keeps this height`,
  );
