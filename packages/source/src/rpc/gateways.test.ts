import type { RpcRef } from '@baleen/chain';
import { fixture, type ReplayServer, replayRpc } from '@baleen/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSource } from '../open-source.ts';
import type { CandidateSource } from '../source.ts';
import type { SourceOptions } from '../source-options.ts';
import { rawOf } from './candidate.ts';
import { type Gateway, startGateway } from './gateway.fixture.ts';

const HASTY: SourceOptions = { retryMs: 1, timeoutMs: 5_000, bech32Prefix: 'terra' };

let node: ReplayServer;
const gateways: Gateway[] = [];
beforeEach(async () => {
  node = await replayRpc([fixture('terra-columbus5-devnet', 'rpc.jsonl.gz')]);
});
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((each) => each.close()));
  await node.close();
});

async function gateway(deny: Parameters<typeof startGateway>[1]): Promise<Gateway> {
  const started = await startGateway(node.url, deny);
  gateways.push(started);
  return started;
}

const rpcAt = (url: string, headers?: Record<string, string>): RpcRef => ({
  kind: 'rpc',
  endpoints: [url],
  ...(headers && { headers }),
});

async function readSome(source: CandidateSource): Promise<number[]> {
  const heights: number[] = [];
  for await (const each of source.candidates({ from: 4, to: 12 }, undefined, false)) {
    const { height, results } = rawOf(each, source.info);
    expect(results).toBeDefined();
    heights.push(height);
  }
  return heights;
}

const HEIGHTS = [4, 5, 6, 7, 8, 9, 10, 11, 12];
const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;

describe('a provider that wants a key', () => {
  test.each<[string, (url: string) => string, Record<string, string> | undefined, string]>([
    ['in the query', (url) => `${url}/?apikey=K3Y`, undefined, 'apikey'],
    ['as password', (url) => url.replace('//', '//me:100%@'), undefined, basic('me:100%')],
    ['as password without a name', (url) => url.replace('//', '//:K3Y@'), undefined, basic(':K3Y')],
    ['in a header', (url) => url, { 'x-api-key': 'K3Y' }, 'x-api-key'],
    ['as a bearer', (url) => url, { Authorization: 'Bearer K3Y' }, 'Bearer K3Y'],
  ])('%s gets it with every request, and nobody else does', async (_where, typed, headers, expected) => {
    const { url, seen } = await gateway((request) => {
      const isKnown =
        expected === 'apikey'
          ? new URL(request.url, 'http://x').searchParams.get('apikey') === 'K3Y'
          : expected === 'x-api-key'
            ? request.headers['x-api-key'] === 'K3Y'
            : request.headers.authorization === expected;
      return isKnown ? undefined : { status: 401, body: '{"message":"Unauthorized"}' };
    });
    using source = await openSource(rpcAt(typed(url), headers), HASTY);
    expect(await readSome(source)).toEqual(HEIGHTS);
    expect(seen.length).toBeGreaterThan(18);
    expect(JSON.stringify([source.info, source.health()])).not.toMatch(/K3Y|100%/);
    if (expected === 'apikey') expect(source.info.path).toBe(`${url}?apikey=***`);
  });

  test('says so where it is not given, with what to type', async () => {
    const { url } = await gateway(() => ({ status: 401, body: '{"message":"Unauthorized"}' }));
    await expect(openSource(rpcAt(`${url}/?wrong=K3Y`), HASTY)).rejects.toMatchObject({
      kind: 'operator',
      code: 'SOURCE_REFUSED',
      message:
        `ask ${url}/status?wrong=***: expected an answer, found HTTP status 401; the node wants a login: ` +
        "http://user:password@host, http://host/?apikey=KEY or --header 'Name: value'",
    });
  });
});

describe('a gateway that takes one method only', () => {
  test.each([
    ['GET', 405],
    ['POST', 404],
    ['POST', 405],
    ['POST', 403],
  ])('%s, all else is answered with %i: the other is tried once', async (method, status) => {
    const { url, seen } = await gateway((request) =>
      request.method === method ? undefined : { status, body: '<html>no</html>' },
    );
    using source = await openSource(rpcAt(url), { retryMs: 1 });
    expect(await readSome(source)).toEqual(HEIGHTS);
    expect(source.info.bech32Prefix).toBe('terra');
    const others = seen.filter((request) => !request.startsWith(method));
    expect(others).toEqual(method === 'GET' ? [] : ['GET /status']);
  });
});

describe('a redirect', () => {
  test.each([301, 302, 307, 308])('%i to another port is followed', async (status) => {
    const { url } = await gateway((request) => ({
      status,
      headers: { location: `${node.url}${request.url}` },
    }));
    using source = await openSource(rpcAt(url), HASTY);
    expect(await readSome(source)).toEqual(HEIGHTS);
  });

  test.each(['/rpc', '/rpc/'])('%s: the path stays as it was typed', async (path) => {
    const { url, seen } = await gateway((request) => {
      if (request.url === '/rpc') return { status: 301, headers: { location: '/rpc/' } };
      if (!request.url.startsWith('/rpc/')) return { status: 404 };
      return request.method === 'GET' ? { status: 405 } : undefined;
    });
    using source = await openSource(rpcAt(`${url}${path}`), HASTY);
    expect(await readSome(source)).toEqual(HEIGHTS);
    expect(seen.includes('POST /rpc')).toBe(path === '/rpc');
  });

  test('to a place that wants a login says why it did not get it', async () => {
    const other = await gateway(({ headers }) => (headers.authorization ? undefined : { status: 401 }));
    const { url } = await gateway((request) => ({
      status: 301,
      headers: { location: `${other.url}${request.url}` },
    }));
    await expect(openSource(rpcAt(url.replace('//', '//me:pw@')), HASTY)).rejects.toMatchObject({
      code: 'SOURCE_REFUSED',
      message: expect.stringMatching(
        /\(redirected to http:.*\/status\).*a login goes to the address alone that it was given for/,
      ),
    });
  });
});

test('a gateway that refuses by GET what it answers by POST is asked by POST', async () => {
  const refusal = '{"jsonrpc":"2.0","id":-1,"error":{"code":-32602,"message":"Invalid params"}}';
  const { url, seen } = await gateway(({ method }) =>
    method === 'GET' ? { status: 200, body: refusal } : undefined,
  );
  using source = await openSource(rpcAt(`${url}/?apikey=K3Y`), HASTY);
  expect(await readSome(source)).toEqual(HEIGHTS);
  expect(seen.filter((request) => request.startsWith('GET'))).toEqual(['GET /status?apikey=K3Y']);
});
