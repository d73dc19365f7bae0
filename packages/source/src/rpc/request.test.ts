import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { type RequestOptions, request } from './request.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function read(url: string, options: Partial<RequestOptions> = {}): Promise<string> {
  const response = await request(url, { headers: {}, timeoutMs: 5_000, signal: undefined, ...options });
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.chunks) chunks.push(chunk);
  return `${response.status} ${Buffer.concat(chunks).toString()}`;
}

describe('an answer', () => {
  test('comes over a connection that is kept for the next one', async () => {
    const ports = new Set<number | undefined>();
    const { url } = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('block');
    });
    for (let time = 0; time < 20; time++) expect(await read(url)).toBe('200 block');
    expect(ports.size).toBeLessThanOrEqual(4);
  });

  test('that has to be fresh comes over a new connection, past caches', async () => {
    const seen: [port: number | undefined, cache: string | undefined][] = [];
    const { url } = await serve((request, response) => {
      seen.push([request.socket.remotePort, request.headers['cache-control']]);
      response.end('block');
    });
    for (let time = 0; time < 3; time++) await read(url, { isFresh: true });
    expect(new Set(seen.map(([port]) => port)).size).toBe(3);
    expect(seen.map(([, cache]) => cache)).toEqual(['no-cache', 'no-cache', 'no-cache']);
  });

  test('is unpacked where a proxy has packed it', async () => {
    const body = 'block '.repeat(50_000);
    const { url } = await serve((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(body));
    });
    expect(await read(url)).toBe(`200 ${body}`);
  });

  test.each([
    ['plain', {}, 'block'.repeat(10_000)],
    [
      'packed',
      { 'content-encoding': 'gzip' },
      gzipSync(Buffer.from(Array.from({ length: 9_999 }, (_, at) => at * at))),
    ],
  ])('cut short is an error: %s', async (_, headers, body) => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { ...headers, 'content-length': body.length });
      response.write(body.slice(0, body.length / 2), () => response.destroy());
    });
    await expect(read(url)).rejects.toThrow();
  });
});

describe('a redirect', () => {
  const login = { authorization: 'Basic eDp5', 'x-api-key': 'K3Y' };

  test.each([301, 302, 307, 308])(
    '%i is followed, with login and key on the same host and without them on another',
    async (status) => {
      const seen: (string | undefined)[][] = [];
      const note = ({ method, url, headers }: IncomingMessage): void =>
        void seen.push([method, url, headers.authorization, headers['x-api-key'] as string | undefined]);
      const other = await serve((request, response) => {
        note(request);
        response.end('there');
      });
      const { url } = await serve((request, response) => {
        note(request);
        // As nginx sends on: with the query to another host, without it to another folder.
        const location = request.url?.startsWith('/a') ? '/b?height=5' : `${other.url}/c?height=5&key=K3Y`;
        response.writeHead(status, { location }).end('moved');
      });
      const options = { headers: login, secretQuery: 'key=K3Y' };
      expect(await read(`${url}/a?height=5&key=K3Y`, options)).toBe('200 there');
      expect(seen).toEqual([
        ['GET', '/a?height=5&key=K3Y', login.authorization, 'K3Y'],
        ['GET', '/b?height=5&key=K3Y', login.authorization, 'K3Y'],
        ['GET', '/c?height=5', undefined, undefined],
      ]);
    },
  );

  test('leaves a call by POST what it is', async () => {
    const { url } = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      if (request.url === '/rpc') response.writeHead(301, { location: '/rpc/' }).end();
      else response.end(`${request.method} ${body}`);
    });
    expect(await read(`${url}/rpc`, { body: '{}' })).toBe('200 POST {}');
  });

  test('that leads to itself is an answer in the end', async () => {
    let asked = 0;
    const { url } = await serve((_request, response) => {
      asked++;
      response.writeHead(302, { location: '/' }).end('moved');
    });
    expect(await read(url)).toBe('302 moved');
    expect(asked).toBe(6);
  });
});

describe('a request ends', () => {
  test.each([
    ['before the first byte', (): void => undefined],
    ['after it', (response: { write(text: string): unknown }): unknown => response.write('blo')],
  ])('with silence %s', async (_, answer) => {
    const { url } = await serve((_request, response) => void answer(response));
    await expect(read(url, { timeoutMs: 50 })).rejects.toThrow('no byte for 50 ms');
  });

  test('not with a reader who takes longer than that', async () => {
    const { url } = await serve((_request, response) => {
      response.write('blo');
      setTimeout(() => response.end('ck'), 20);
    });
    const response = await request(url, { headers: {}, timeoutMs: 100, signal: undefined });
    let text = '';
    for await (const chunk of response.chunks) {
      text += Buffer.from(chunk).toString();
      await sleep(150);
    }
    expect(text).toBe('block');
  });

  test.each([
    ['before it began', 0],
    ['without an answer', 30],
  ])("with the signal's reason: %s", async (_, ms) => {
    const { url } = await serve(() => undefined);
    const stop = new AbortController();
    if (ms === 0) stop.abort(new Error('stopped'));
    else setTimeout(() => stop.abort(new Error('stopped')), ms);
    await expect(read(url, { signal: stop.signal })).rejects.toThrow('stopped');
  });

  test("with the signal's reason in the midst of an answer", async () => {
    const stop = new AbortController();
    const { url } = await serve((_request, response) => {
      response.write('blo', () => setTimeout(() => stop.abort(new Error('stopped')), 20));
    });
    await expect(read(url, { signal: stop.signal })).rejects.toThrow('stopped');
  });
});

test('a kept connection that the server closed while it was taken up again is replaced', async () => {
  let answered = 0;
  const { url } = await serve((request, response) => {
    if (answered === 1 && request.url === '/second') {
      answered++;
      request.socket.resetAndDestroy();
      return;
    }
    answered++;
    response.end(request.url);
  });
  expect(await read(`${url}/first`)).toBe('200 /first');
  expect(await read(`${url}/second`)).toBe('200 /second');
  expect(answered).toBe(3);
});
