import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { inJsonOf037 } from './json-of-037.ts';
import { type Fault, type ReplayServer, replayRpc } from './replay-rpc.ts';

export interface ReplayNodeOptions {
  /** The node's newest height at the start. */
  readonly head: number;
  /** Lowest height that the node has; default 1. */
  readonly base?: number;
  /** Returns the fault with which the node meets a request; undefined if it gives its usual answer, as in `ReplayOptions.fault`. */
  readonly fault?: (route: string, answer: string, nth: number) => Fault | undefined;
}

export interface Identity {
  /** Version of the node's software: `0.37.2`. */
  readonly version?: string;
  readonly chainId?: string;
}

/** A node that replays a recorded chain. It answers nothing about heights above its present head. */
export interface ReplayNode extends ReplayServer {
  readonly head: number;
  /** Moves the head to a height, and announces it over the websockets, in the order of a real node: the block, its results, the event.
   * @param results  highest height with results; default: the same height */
  advance(height: number, results?: number): void;
  /** Turns the node into another one: from now on its JSON is that of this version, and its blocks are of this chain. */
  become(node: Identity): void;
  /** Number of websockets that are open and subscribed. */
  readonly subscribers: number;
}

/** Starts a server that behaves like the node of a recorded chain.
 * @param files  the recordings, as for `replayRpc` */
export async function replayNode(files: readonly string[], options: ReplayNodeOptions): Promise<ReplayNode> {
  const base = options.base ?? 1;
  const events = createEvents();
  let head = options.head;
  let resultsHead = options.head;
  let node: Identity = {};

  const answerAt = (route: string, answer: string): string => {
    const { pathname, searchParams } = new URL(route, 'http://node');
    if (pathname === '/status') return statusAt(answer, base, head, node);
    const height = Number(searchParams.get('height'));
    if (!searchParams.has('height')) return answer;
    if (height > (pathname === '/validators' ? head + 1 : head))
      return refusal(`height ${height} must be less than or equal to the current blockchain height ${head}`);
    if (height < base) return refusal(`height ${height} is not available, lowest height is ${base}`);
    if (pathname === '/block_results' && height > resultsHead)
      return refusal(`could not find results for height #${height}`);
    return answerOf(node, pathname, answer);
  };

  const server = await replayRpc(files, {
    onUpgrade: events.accept,
    fault: (route, answer, nth) => {
      const now = answerAt(route, answer);
      const fault = options.fault?.(route, now, nth);
      if (fault !== undefined || now === answer) return fault;
      return { kind: 'answer', status: now.startsWith(REFUSED) ? 500 : 200, body: now };
    },
  });
  return {
    url: server.url,
    routes: server.routes,
    get mostAtOnce() {
      return server.mostAtOnce;
    },
    get head() {
      return head;
    },
    get subscribers() {
      return events.count;
    },
    advance(height, results = height) {
      head = height;
      resultsHead = results;
      if (results >= height) events.tell(height);
    },
    become(now) {
      node = now;
    },
    close() {
      events.close();
      return server.close();
    },
  };
}

const REFUSED = '{"jsonrpc":"2.0","id":-1,"error"';
const refusal = (data: string): string =>
  `${REFUSED}:${JSON.stringify({ code: -32603, message: 'Internal error', data })}}`;

function statusAt(answer: string, base: number, head: number, node: Identity): string {
  const status = JSON.parse(answer);
  const { node_info, sync_info } = status.result;
  sync_info.latest_block_height = String(head);
  sync_info.earliest_block_height = String(base);
  if (node.version !== undefined) node_info.version = node.version;
  if (node.chainId !== undefined) node_info.network = node.chainId;
  return JSON.stringify(status);
}

/** Changes a recorded answer into that of a node of another version or chain. */
function answerOf({ version, chainId }: Identity, pathname: string, answer: string): string {
  if (chainId !== undefined && pathname === '/block')
    return answer.replace(/("chain_id":\s*)"[^"]*"/, `$1${JSON.stringify(chainId)}`);
  return version?.startsWith('0.37.') ? inJsonOf037(pathname, answer) : answer;
}

/** The fixed text from which a websocket server computes Sec-WebSocket-Accept (RFC 6455, section 1.3). */
const ACCEPT_KEY = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Makes the server's side of websockets. A client counts as subscribed when it has sent something. */
function createEvents() {
  const open = new Set<Duplex>();
  const subscribed = new Set<Duplex>();
  return {
    get count() {
      return subscribed.size;
    },
    accept(request: IncomingMessage, socket: Duplex): void {
      const key = `${request.headers['sec-websocket-key']}${ACCEPT_KEY}`;
      const accept = createHash('sha1').update(key).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
      );
      open.add(socket);
      socket.on('data', () => {
        if (!subscribed.has(socket)) socket.write(frame('{"jsonrpc":"2.0","id":1,"result":{}}'));
        subscribed.add(socket);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        subscribed.delete(socket);
      });
    },
    /** Sends the event of a new block, in the shape of 0.33 to 0.38. It only matters that the event comes. */
    tell(height: number): void {
      const data = { type: 'tendermint/event/NewBlockHeader', value: { header: { height: String(height) } } };
      const result = { query: "tm.event='NewBlockHeader'", data, events: { 'tm.event': ['NewBlockHeader'] } };
      for (const socket of subscribed) socket.write(frame(JSON.stringify({ jsonrpc: '2.0', id: 1, result })));
    },
    close(): void {
      for (const socket of open) socket.destroy();
    },
  };
}

/** Encodes a websocket text frame of at most 65,535 bytes. */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const header = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.from([0x81, 126, 0, 0]);
  if (body.length >= 126) header.writeUInt16BE(body.length, 2);
  return Buffer.concat([header, body]);
}
