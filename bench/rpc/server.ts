/** A node that costs next to nothing: answers made beforehand, written as they are. A process of its own (`fork`).
 *
 * Arguments: a recording, the height of the chain that is made of it, milliseconds before each answer. Sends `{ url }`. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { longChain } from './long-chain.ts';

/** What it sends once it can be asked. */
export interface ServerReady {
  readonly url: string;
}

/** Reads as much of HTTP as Baleen and the fetch loop send: no body is longer than its packet. */
function serve(answers: ReadonlyMap<string, string>, delayMs: number): void {
  const encoded = new Map([...answers].map(([route, body]) => [route, encode(200, body)]));
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (packet) => {
      const answer = answerTo(packet.toString('latin1'), answers, encoded);
      if (delayMs === 0) socket.write(answer);
      else setTimeout(() => writeIfOpen(socket, answer), delayMs);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.send!({ url: `http://127.0.0.1:${port}` } satisfies ServerReady);
  });
}

function writeIfOpen(socket: Socket, answer: Buffer): void {
  if (socket.writable) socket.write(answer);
}

function answerTo(
  request: string,
  answers: ReadonlyMap<string, string>,
  encoded: ReadonlyMap<string, Buffer>,
): Buffer {
  const route = request.startsWith('POST') ? calledRoute(request) : request.split(' ', 2)[1]!;
  const known = encoded.get(route);
  if (known !== undefined) return known;
  const height = /^\/consensus_params\?height=(\d+)$/.exec(route)?.[1];
  if (height === undefined) return encode(500, refusal(`${route} is not served`));
  return encode(200, answers.get('/consensus_params')!.replace(/("block_height": )"\d+"/, `$1"${height}"`));
}

const calledRoute = (request: string): string =>
  `/${(JSON.parse(request.slice(request.indexOf('\r\n\r\n'))) as { method: string }).method}`;

const refusal = (data: string): string =>
  JSON.stringify({ jsonrpc: '2.0', id: -1, error: { code: -32603, message: 'Internal error', data } });

function encode(status: number, body: string): Buffer {
  const head = `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Internal Server Error'}\r\ncontent-type: application/json\r\n`;
  return Buffer.from(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

serve(longChain(process.argv[2]!, Number(process.argv[3])), Number(process.argv[4]));
