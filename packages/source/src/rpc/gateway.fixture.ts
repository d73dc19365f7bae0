/** What providers put in front of a node: it takes some requests and turns others away. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Gateway {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** `GET /status`, in order. */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

/** What it answers itself. */
export interface Denial {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @param nodeUrl  of what stands behind it
 * @param deny  undefined: the request is passed on, without what the gateway alone understands */
export async function startGateway(
  nodeUrl: string,
  deny: (request: IncomingMessage & { readonly url: string }) => Denial | undefined,
): Promise<Gateway> {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const denial = deny(request as IncomingMessage & { readonly url: string });
    if (denial !== undefined) {
      response.writeHead(denial.status, denial.headers).end(denial.body ?? '');
      return;
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = request.method === 'POST' ? { method: 'POST', body: Buffer.concat(chunks) } : {};
    const url = new URL(`${nodeUrl}/${request.url!.replace(/^.*\//, '')}`);
    url.searchParams.delete('apikey');
    const answer = await fetch(url, body);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
