import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { readJsonLines } from './recordings.ts';

/** What a server does instead of answering. `cut`: bytes of the answer after which it hangs up; `stall`: never answers. */
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
  /** @param nth  how often this route was asked for before; undefined: the recorded answer is given */
  readonly fault?: (route: string, answer: string, nth: number) => Fault | undefined;
  /** A request for a websocket. None: it is hung up on. */
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex) => void;
}

/** A node that answers what was recorded. */
export interface ReplayServer {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Routes that were asked for, in order. */
  readonly routes: readonly string[];
  /** Most requests that were open at once. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

/** Serves `rpc.jsonl.gz` files by request path, and JSON-RPC calls by method and params.
 *
 * What was asked for in other words is found as well: the first page of up to 100 validators, and consensus params at any
 * height (the recordings have one or two heights; the params in them never change).
 * @param files  a later file's answers replace those of earlier ones */
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

/** Of the files that were read: most tests start several servers of one recording. */
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

/** Params in order of name, without those that say what is so anyway. */
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

/** The hash of the params in force, as the block of that height has it; undefined: the block was not recorded. */
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
