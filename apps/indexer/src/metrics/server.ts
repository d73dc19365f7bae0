/** The small HTTP server for Prometheus and for probes. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BaleenError } from '@baleen/chain';
import type { ListenAddress } from './listen-address.ts';
import type { Readiness } from './readiness.ts';

export interface Answers {
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  readiness(): Promise<Readiness>;
}

export interface MetricsServer {
  /** `http://127.0.0.1:9464` */
  readonly url: string;
  close(): Promise<void>;
}

/** @throws BaleenError operator `CLI_METRICS_PORT`: the port is taken, or may not be used */
export async function startServer(address: ListenAddress, answers: Answers): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    answer(request, response, answers).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, 500, 'text/plain', `${error instanceof Error ? error.message : String(error)}\n`);
    });
  });
  await listen(server, address);
  const { address: host, family, port } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${host}]` : host}:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  try {
    server.listen({ port, ...(host !== undefined && { host }) });
    await once(server, 'listening');
  } catch (cause) {
    const where = `${host ?? ''}:${port}`;
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program listens there' : message;
    throw new BaleenError(
      'operator',
      'CLI_METRICS_PORT',
      `serve metrics on ${where}: ${why}; choose another port with --metrics (0: any free one)`,
      { cause },
    );
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, answers: Answers): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://baleen');
  if (request.method !== 'GET' && request.method !== 'HEAD')
    send(response, 405, 'text/plain', 'only GET\n', { allow: 'GET, HEAD' });
  else if (pathname === '/metrics') {
    const { contentType, text } = await answers.metrics();
    send(response, 200, contentType, text);
  } else if (pathname === '/healthz') {
    // Answering at all proves that the event loop turns.
    send(response, 200, 'application/json', '{"alive":true}\n');
  } else if (pathname === '/readyz') {
    const readiness = await answers.readiness();
    send(response, readiness.ready ? 200 : 503, 'application/json', `${JSON.stringify(readiness)}\n`);
  } else send(response, 404, 'text/plain', 'there are /metrics, /healthz and /readyz\n');
}

function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store', ...headers })
    .end(body);
}
