import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { readJsonLines } from './recordings.ts';

/** What a server does instead of answering. `cut`: it closes the connection after this many bytes of the answer. `stall`: it never
 * answers. */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly delayMs?: number;
      readonly status?: number;
      readonly headers?: Record<string, string>;
      readonly body: string;
    }
  | { readonly kind: 'cut'; readonly bytes: number }
  | { readonly kind: 'stall' };

export interface ReplayOptions {
  /** Returns the fault with which the server meets a request; undefined if it gives the recorded answer.
   * @param nth  how often this route was asked for before */
  readonly fault?: (route: string, answer: string, nth: number) => Fault | undefined;
  /** Called with a request for a websocket. If it is missing, the server closes the connection. */
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex) => void;
}

/** A server that gives the recorded answers of a node. */
export interface ReplayServer {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** The routes that were asked for, in order of time. */
  readonly routes: readonly string[];
  /** The greatest number of requests that were open at the same time. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

/** Starts a server that gives the answers in `rpc.jsonl.gz` files, by request path, or for JSON-RPC calls by method and params.
 *
 * It also answers some requests that were recorded in another form: the first page of up to 100 validators, and consensus params at any
 * height (the recordings have one or two heights, and the params never change in them).
 * @param files  paths of the recordings. Answers of a later file replace those of earlier ones */
export async function replayRpc(
  files: readonly string[],
  options: ReplayOptions = {},
): Promise<ReplayServer> {
  const answers = readAnswers(files);
  const routes: string[] = [];
  const asked = new Map<string, number>();
  let open = 0;
  let mostAtOnce = 0;
  const server = createServer(async (request, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++open);
    response.once('close', () => open--);
    const route = normalised(request.method === 'POST' ? await calledRoute(request) : request.url!);
    const nth = asked.get(route) ?? 0;
    asked.set(route, nth + 1);
    routes.push(route);
    const answer = find(answers, route);
    give(response, answer, options.fault?.(route, answer, nth));
  });
  if (options.onUpgrade !== undefined) server.on('upgrade', options.onUpgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    routes,
    get mostAtOnce() {
      return mostAtOnce;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Answers = ReadonlyMap<string, string>;

/** A cache of the recordings by path, since most tests start several servers with the same recording. */
const read = new Map<string, Answers>();

function readAnswers(files: readonly string[]): Answers {
  const each = files.map((file) => {
    const known = read.get(file) ?? readFile(file);
    read.set(file, known);
    return known;
  });
  return each.length === 1 ? each[0]! : new Map(each.flatMap((answers) => [...answers]));
}

const readFile = (file: string): Answers =>
  new Map(
    readJsonLines(file).map(({ request, response }) => [
      normalised(request),
      typeof response === 'string' ? response : JSON.stringify(response),
    ]),
  );

/** Returns the route with its params in order of their names, without params that only state the default. */
function normalised(route: string): string {
  const url = new URL(route, 'http://node');
  const params = [...url.searchParams].filter(
    ([name, value]) => `${name}=${value}` !== 'page=1' && `${name}=${value}` !== 'per_page=100',
  );
  const query = params
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&');
  return query === '' ? url.pathname : `${url.pathname}?${query}`;
}

async function calledRoute(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { method, params } = JSON.parse(body) as { method: string; params: Record<string, string> };
  return `/${method}?${new URLSearchParams(params)}`;
}

function find(answers: Answers, route: string): string {
  const recorded = answers.get(route);
  if (recorded !== undefined) return recorded;
  const height = /^\/consensus_params\?height=(\d+)$/.exec(route)?.[1];
  if (height === undefined) return refusal(`${route} was not recorded`);
  const recordedParams = [...answers].filter(([other]) => other.startsWith('/consensus_params?height='));
  const hash = consensusHash(answers, height);
  const same = recordedParams.filter(([other]) => consensusHash(answers, other.split('=')[1]!) === hash);
  const nearest = (same.length === 0 ? recordedParams : same).sort(
    ([left], [right]) => distance(left, height) - distance(right, height),
  )[0];
  if (nearest === undefined) return refusal('could not find consensus params');
  return nearest[1].replace(/("block_height":\s*)"\d+"/, `$1"${height}"`);
}

/** Returns the hash of the params in force at a height, from the block's header; undefined if the block was not recorded. */
const consensusHash = (answers: Answers, height: string): string | undefined =>
  /"consensus_hash":\s*"(\w+)"/.exec(answers.get(`/block?height=${height}`) ?? '')?.[1];

const distance = (route: string, height: string): number =>
  Math.abs(Number(route.split('=')[1]) - Number(height));

const refusal = (data: string): string =>
  JSON.stringify({ jsonrpc: '2.0', id: -1, error: { code: -32603, message: 'Internal error', data } });

function give(response: ServerResponse, answer: string, fault: Fault | undefined): void {
  if (fault?.kind === 'stall') return;
  if (fault?.kind === 'answer') {
    const { status = 200, headers, body, delayMs } = fault;
    const answerIt = (): void => void response.writeHead(status, headers).end(body);
    if (delayMs === undefined) answerIt();
    else setTimeout(answerIt, delayMs);
    return;
  }
  const isRefusal = /^\{"jsonrpc":\s*"2\.0",\s*"id":\s*[^,]+,\s*"error"/.test(answer);
  response.writeHead(isRefusal ? 500 : 200, { 'content-type': 'application/json' });
  if (fault?.kind === 'cut') response.write(answer.slice(0, fault.bytes), () => response.destroy());
  else response.end(answer);
}
