import type { BaleenError, RawRpcBlock, RpcRef } from '@baleen/chain';
import { type Fault, fixture, type ReplayOptions, type ReplayServer, replayRpc } from '@baleen/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { openSource, sourceAt } from '../open-source.ts';
import type { CandidateSource } from '../source.ts';
import type { EndpointHealth } from '../source-info.ts';
import type { SourceOptions } from '../source-options.ts';
import { rawOf } from './candidate.ts';

const COLUMBUS_4 = fixture('terra-columbus4-devnet', 'rpc.jsonl.gz');
const COLUMBUS_5 = fixture('terra-columbus5-devnet', 'rpc.jsonl.gz');
const HASTY: SourceOptions = { retryMs: 1, timeoutMs: 5_000, bech32Prefix: 'terra' };

const servers: ReplayServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(options: ReplayOptions = {}, file = COLUMBUS_4): Promise<ReplayServer> {
  const server = await replayRpc([file], options);
  servers.push(server);
  return server;
}

const rpcOf = (...nodes: readonly ReplayServer[]): RpcRef => ({
  kind: 'rpc',
  endpoints: nodes.map(({ url }) => url),
});

async function readAll(source: CandidateSource, from: number, to: number): Promise<RawRpcBlock[]> {
  const blocks: RawRpcBlock[] = [];
  for await (const each of source.candidates({ from, to }, undefined, false))
    blocks.push(rawOf(each, source.info));
  return blocks;
}

const heights = (blocks: readonly RawRpcBlock[]): number[] => blocks.map(({ height }) => height);
const span = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** Heights that a route was asked for. */
const asked = ({ routes }: ReplayServer, route: string): number[] =>
  routes.flatMap((each) => {
    const height = new RegExp(`^/${route}\\?height=(\\d+)$`).exec(each)?.[1];
    return height === undefined ? [] : [Number(height)];
  });

const answer = (body: string, status = 200, headers: Record<string, string> = {}): Fault => ({
  ...{ kind: 'answer', status, headers, body },
});

/** A node whose status says something else. */
const saying =
  (...changes: readonly (readonly [RegExp | string, string])[]) =>
  (route: string, recorded: string): Fault | undefined =>
    route === '/status'
      ? answer(changes.reduce((text, [from, to]) => text.replace(from, to), recorded))
      : undefined;

/** A node whose blocks are of no shape that is known. */
const ofNoEra = (route: string): Fault | undefined =>
  route.startsWith('/block?')
    ? answer('{"jsonrpc":"2.0","id":-1,"result":{"block":{"height":"7"}}}')
    : undefined;

const refusal = (data: string): Fault =>
  answer(
    JSON.stringify({ jsonrpc: '2.0', id: -1, error: { code: -32603, message: 'Internal error', data } }),
    500,
  );

/** Kind, code and message, with names for the nodes. */
async function failureOf(work: Promise<unknown>, ...nodes: readonly ReplayServer[]): Promise<string> {
  const failure = await work.then(
    () => undefined,
    (error: BaleenError) => error,
  );
  if (failure === undefined) throw new TypeError('nothing was thrown');
  return named(`${failure.kind} ${failure.code}: ${failure.message}`, nodes);
}

const named = (text: string, nodes: readonly ReplayServer[]): string =>
  nodes.reduce((told, { url }, at) => told.replaceAll(url, 'ABC'[at]!), text);

const healthOf = (source: CandidateSource, { url }: ReplayServer): EndpointHealth =>
  source.health().find(({ address }) => address === url)!;

describe('several endpoints of one chain', () => {
  test('share the heights; none is asked for what another has answered', async () => {
    const [a, b] = [await serve(), await serve()];
    using source = await openSource(rpcOf(a, b), HASTY);
    const opened = [a.routes.length, b.routes.length];
    expect(heights(await readAll(source, 1, 100))).toEqual(span(1, 100));
    const [left, right] = [a.routes.slice(opened[0]), b.routes.slice(opened[1])];
    for (const routes of [left, right]) expect(routes.length).toBeGreaterThan(50);
    expect(new Set([...left, ...right]).size).toBe(left.length + right.length);
    for (const node of [a, b]) {
      expect(node.mostAtOnce).toBeLessThanOrEqual(4);
      const health = healthOf(source, node);
      expect(health).toMatchObject({ backend: 'rpc', base: 1, head: 290, errors: 0, trouble: undefined });
      expect(health.requests).toBeGreaterThan(50);
      expect(health.bytes).toBeGreaterThan(100_000);
      expect(health.concurrency).toBeLessThanOrEqual(4);
    }
  });

  test('keep together what one of them has pruned and another does not have yet', async () => {
    const pruned = await serve({
      fault: saying([/"earliest_block_height":\s*"1"/, '"earliest_block_height":"150"']),
    });
    const lagging = await serve({
      fault: saying([/"latest_block_height":\s*"290"/, '"latest_block_height":"200"']),
    });
    using source = await openSource(rpcOf(pruned, lagging), HASTY);
    expect(source.info).toMatchObject({ base: 1, head: 290, resultsBase: 1, resultsHead: 290 });
    expect(source.info.notes).toEqual([
      `${pruned.url}: blocks below 150 are not there: pruned, or the chain or the node began there`,
    ]);
    expect(heights(await readAll(source, 1, 290))).toEqual(span(1, 290));
    for (const route of ['block', 'block_results', 'validators']) {
      expect(Math.min(...asked(pruned, route))).toBeGreaterThanOrEqual(150);
      expect(Math.max(...asked(lagging, route))).toBeLessThanOrEqual(200);
    }
  });

  test('what they said is not asked again in another thread', async () => {
    const nodes = [await serve(), await serve()];
    using first = await openSource(rpcOf(...nodes), HASTY);
    const before = nodes.map(({ routes }) => routes.length);
    using second = await openSource(rpcOf(...nodes), {
      ...HASTY,
      known: structuredClone(first.info),
    });
    expect(second.info).toEqual(first.info);
    expect(nodes.map(({ routes }) => routes.length)).toEqual(before);
    expect(heights(await readAll(second, 10, 20))).toEqual(span(10, 20));
  });

  test('an address that is named twice is one endpoint', async () => {
    const node = await serve();
    using source = await openSource({ kind: 'rpc', endpoints: [node.url, `${node.url}/`] }, HASTY);
    expect(source.health().map(({ address }) => address)).toEqual([node.url]);
  });
});

describe('an endpoint that fails is left for another', () => {
  test.each<[string, Fault]>([
    ['answers 429 with Retry-After', answer('slow down', 429, { 'retry-after': '60' })],
    ['answers 503', answer('', 503)],
    ['answers a web page', answer('<html>welcome</html>')],
    ['cuts answers short', { kind: 'cut', bytes: 100 }],
    ['stalls', { kind: 'stall' }],
    ['refuses', refusal('disk on fire')],
    ['has pruned meanwhile', refusal('height is not available, lowest height is 289')],
    ['answers another height', answer('{"jsonrpc":"2.0","id":-1,"result":{"height":"7"}}')],
    ['wants a login', answer('', 401)],
  ])('that %s', async (_what, fault) => {
    const sound = await serve();
    const bad = await serve({
      fault: (route) => (/^\/block_results\?height=(2|3|4)\d$/.test(route) ? fault : undefined),
    });
    const options = fault.kind === 'stall' ? { ...HASTY, timeoutMs: 1_000 } : HASTY;
    using source = await openSource(rpcOf(bad, sound), options);
    const blocks = await readAll(source, 15, 55);
    expect(heights(blocks)).toEqual(span(15, 55));
    expect(blocks.every(({ results }) => results !== undefined)).toBe(true);
  });

  test('and comes back', async () => {
    const sound = await serve();
    let isDown = true;
    const flapping = await serve({
      fault: (route) => (isDown && route.startsWith('/block?') ? answer('', 503) : undefined),
    });
    using source = await openSource(rpcOf(flapping, sound), HASTY);
    await readAll(source, 1, 40);
    const health = healthOf(source, flapping);
    expect(health.errors).toBeGreaterThan(0);
    expect(health.concurrency).toBeLessThan(4);
    isDown = false;
    const before = asked(flapping, 'block').length;
    while (asked(flapping, 'block').length < before + 20) await readAll(source, 41, 60);
    expect(healthOf(source, flapping).trouble).toBeUndefined();
  });

  test('that rests tells why, and is not asked meanwhile', async () => {
    const sound = await serve();
    const busy = await serve({
      fault: (route) => (route.startsWith('/block?') ? answer('', 429, { 'retry-after': '60' }) : undefined),
    });
    using source = await openSource(rpcOf(busy, sound), HASTY);
    await readAll(source, 1, 60);
    // Those that were under way together.
    expect(asked(busy, 'block').length).toBeLessThanOrEqual(4);
    expect(healthOf(source, busy).trouble).toBe('HTTP status 429');
    expect(healthOf(source, sound).trouble).toBeUndefined();
  });

  test('until none is left: then each is named with what was found', async () => {
    const bad = (fault: Fault): ReplayOptions => ({
      fault: (route) => (route === '/block?height=20' ? fault : undefined),
    });
    const [a, b, c] = [
      await serve(bad(answer('', 503))),
      await serve(bad(refusal('disk on fire'))),
      await serve(),
    ];
    await c.close();
    servers.pop();
    using source = await openSource(rpcOf(a, b, c), HASTY);
    expect(await failureOf(readAll(source, 15, 25), a, b, c)).toMatch(
      /^source SOURCE_UNREACHABLE: ask \/block\?height=20 of 3 endpoints: expected an answer, found none: A: HTTP status 503, 8 times; B: disk on fire, \d times; C: (left alone: .*ECONNREFUSED.*|not asked); name another endpoint$/,
    );
  });
});

describe('opening several endpoints', () => {
  test('leaves one of another chain with a note, when the others agree', async () => {
    const [a, b, c] = [await serve(), await serve({}, COLUMBUS_5), await serve()];
    using source = await openSource(rpcOf(a, b, c), HASTY);
    expect(source.info.chainId).toBe('devnet-col4-a');
    expect(source.info.notes.map((note) => named(note, [a, b, c]))).toEqual([
      'B is not used: chain id baleen-col5-a, the others have devnet-col4-a',
    ]);
    const before = b.routes.length;
    await readAll(source, 1, 30);
    expect(b.routes).toHaveLength(before);
    expect(healthOf(source, b).trouble).toBe('chain id baleen-col5-a, the others have devnet-col4-a');
  });

  test('refuses two of two chains by name', async () => {
    const [a, b] = [await serve(), await serve({}, COLUMBUS_5)];
    expect(await failureOf(openSource(rpcOf(a, b), HASTY), a, b)).toMatchInlineSnapshot(
      `"operator SOURCE_NOT_ONE_CHAIN: open source: expected endpoints of one chain, found another chain id at each: A has devnet-col4-a, B has baleen-col5-a; name those of one chain"`,
    );
  });

  test('refuses two chains of one name by the hash of a block that both have', async () => {
    const other = await serve({
      fault: (route, recorded) =>
        route.startsWith('/commit?')
          ? answer(recorded.replaceAll(/("block_id":\s*\{\s*"hash":\s*")[0-9A-F]{8}/g, '$1DEADBEEF'))
          : undefined,
    });
    const node = await serve();
    expect(
      (await failureOf(openSource(rpcOf(node, other), HASTY), node, other)).replaceAll(
        /([0-9A-F]{8})[0-9A-F]{56}/g,
        '$1…',
      ),
    ).toMatchInlineSnapshot(
      `"operator SOURCE_NOT_ONE_CHAIN: open source: expected endpoints of one chain, found another hash of block 290 at each: A has 00F4E2FA…, B has DEADBEEF…; name those of one chain"`,
    );
  });

  test('goes on without one that is down, and asks it again', async () => {
    const node = await serve();
    let isDown = true;
    const late = await serve({ fault: () => (isDown ? answer('', 503) : undefined) });
    using source = await openSource(rpcOf(node, late), HASTY);
    expect(source.info.notes.map((note) => named(note, [node, late]))).toEqual([
      'B is asked again later: ask B/status: expected an answer, found HTTP status 503, 8 times; is the node up?',
    ]);
    expect(healthOf(source, late)).toMatchObject({ base: undefined, head: undefined });
    isDown = false;
    while (healthOf(source, late).base === undefined) await readAll(source, 1, 20);
    expect(healthOf(source, late)).toMatchObject({ base: 1, head: 290 });
  });

  test('of which none can be used says what was found at each', async () => {
    const [a, b] = [
      await serve({ fault: () => answer('', 503) }),
      await serve({ fault: () => answer('hello') }),
    ];
    expect(await failureOf(openSource(rpcOf(a, b), HASTY), a, b)).toMatchInlineSnapshot(
      `"source SOURCE_UNREACHABLE: open source: expected one of 2 endpoints that can be used, found none: A: ask A/status: expected an answer, found HTTP status 503, 8 times; is the node up?; B: ask B/status: expected a Tendermint RPC answer in JSON, found HTTP status 200: hello; give the address of port 26657"`,
    );
  });

  test('takes one whose answers cannot be read for no part of the pool', async () => {
    const [a, b] = [await serve(), await serve({ fault: ofNoEra })];
    using source = await openSource(rpcOf(a, b), HASTY);
    expect(source.info.notes.map((note) => named(note, [a, b])).join()).toMatch(
      /^B is not used: .*found those of no known version/,
    );
  });

  test('for a cross-check needs two', async () => {
    const node = await serve();
    expect(
      await failureOf(openSource(rpcOf(node), { ...HASTY, crossCheck: true }), node),
    ).toMatchInlineSnapshot(
      `"operator SOURCE_CROSS_CHECK: open source: --cross-check compares two endpoints, found A; name another address, or leave it out"`,
    );
  });

  test('mixes no folder in', () => {
    expect(() => sourceAt('http://localhost:1', '/data')).toThrow(
      expect.objectContaining({ kind: 'operator', code: 'SOURCE_NOT_ONE' }),
    );
  });
});
