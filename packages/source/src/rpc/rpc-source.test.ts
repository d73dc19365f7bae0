import type { BaleenError, RawRpcBlock, RpcRef } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { consensusEras } from '@baleen/decode/consensus';
import {
  answerJson,
  type Fault,
  fixture,
  fixtureData,
  type ReplayOptions,
  type ReplayServer,
  readJsonLines,
  replayRpc,
} from '@baleen/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { openSource } from '../open-source.ts';
import type { CandidateSource } from '../source.ts';
import type { SourceOptions } from '../source-options.ts';
import { rawOf } from './candidate.ts';
import { readersOf, shareLimits } from './shared-limit.ts';

const COLUMBUS_4 = fixture('terra-columbus4-devnet', 'rpc.jsonl.gz');
const COLUMBUS_5 = fixture('terra-columbus5-devnet', 'rpc.jsonl.gz');

let server: ReplayServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(file: string, options: ReplayOptions = {}): Promise<ReplayServer> {
  server = await replayRpc([file], options);
  return server;
}

const HASTY: SourceOptions = { retryMs: 1, timeoutMs: 1_000 };

const rpcAt = (url: string): RpcRef => ({ kind: 'rpc', endpoints: [url] });

/** What a cache gives that knows the route and not its query. */
const STALE_BLOCK = JSON.stringify(
  answerJson(readJsonLines(COLUMBUS_4).find(({ request }) => request === '/block?height=7')!),
);

async function readAll(source: CandidateSource, from: number, to: number): Promise<RawRpcBlock[]> {
  const blocks: RawRpcBlock[] = [];
  for await (const each of source.candidates({ from, to }, undefined, false))
    blocks.push(rawOf(each, source.info));
  return blocks;
}

async function read(
  url: string,
  from: number,
  to: number,
  options: SourceOptions = HASTY,
): Promise<RawRpcBlock[]> {
  using source = await openSource(rpcAt(url), options);
  const blocks: RawRpcBlock[] = [];
  for await (const each of source.candidates({ from, to }, undefined, false))
    blocks.push(rawOf(each, source.info));
  return blocks;
}

/** Kind, code and message without the port. */
async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    const { kind, code, message } = error as BaleenError;
    return `${kind} ${code}: ${message.replace(/127\.0\.0\.1:\d+/g, 'node')}`;
  }
  throw new TypeError('nothing was thrown');
}

const heights = (blocks: readonly RawRpcBlock[]): number[] => blocks.map(({ height }) => height);

describe('a source over RPC', () => {
  test.each([
    [COLUMBUS_4, { chainId: 'devnet-col4-a', era: 'tendermint-0.33', nodeVersion: '0.33.9', head: 290 }],
    [COLUMBUS_5, { chainId: 'baleen-col5-a', era: 'tendermint-0.34', nodeVersion: '0.34.14', head: 306 }],
  ])('tells what the node keeps', async (file, expected) => {
    const { url } = await serve(file);
    using source = await openSource(rpcAt(url));
    const { head } = expected;
    expect(source.info).toMatchObject({
      ...expected,
      backend: 'rpc',
      base: 1,
      resultsBase: 1,
      resultsHead: head,
      bech32Prefix: 'terra',
      notes: [],
    });
  });

  test('asks for each fact once, with at most four requests at a time', async () => {
    const node = await serve(COLUMBUS_4);
    using source = await openSource(rpcAt(node.url));
    const asked = node.routes.length;
    const blocks: RawRpcBlock[] = [];
    for (const range of [
      { from: 1, to: 120 },
      { from: 121, to: 290 },
    ])
      for await (const each of source.candidates(range)) blocks.push(rawOf(each, source.info));
    const routes = node.routes.slice(asked);
    expect(heights(blocks)).toEqual(Array.from({ length: 290 }, (_, index) => index + 1));
    expect(new Set(routes).size).toBe(routes.length);
    expect(node.mostAtOnce).toBeLessThanOrEqual(4);
    const sets = new Set(blocks.map(({ validators }) => validators));
    expect(routes.filter((route) => route.startsWith('/validators'))).toHaveLength(sets.size);
  });

  test('counts among those that read the node while it reads', async () => {
    const node = await serve(COLUMBUS_4);
    const sharedLimits = shareLimits(1);
    using source = await openSource(rpcAt(node.url), { ...HASTY, sharedLimits });
    const other = readersOf(sharedLimits);
    other.begin();
    expect(other.count).toBe(1);
    for await (const { block } of source.candidates({ from: 1, to: 3 })) {
      const { height } = block.envelope;
      expect([height, other.count]).toEqual([height, 2]);
    }
    expect(other.count).toBe(1);
  });

  test('asks for consensus params once where results repeat them in every block', async () => {
    const node = await serve(COLUMBUS_5);
    using source = await openSource(rpcAt(node.url), HASTY);
    const opened = node.routes.length;
    const blocks = await readAll(source, 1, 306);
    const asked = node.routes.slice(opened);
    expect(asked.filter((route) => route.startsWith('/consensus_params'))).toHaveLength(1);
    expect(new Set(blocks.map(({ consensusParams }) => consensusParams)).size).toBe(1);
  });

  test('what an earlier opening found is not asked for again', async () => {
    const node = await serve(COLUMBUS_4);
    using first = await openSource(rpcAt(node.url));
    const asked = node.routes.length;
    using second = await openSource(rpcAt(node.url), { known: first.info });
    expect(second.info).toEqual(first.info);
    expect(node.routes).toHaveLength(asked);
  });

  test.each([
    ['terra-columbus4-devnet', COLUMBUS_4, ['/genesis']],
    ['terra-columbus5-devnet', COLUMBUS_5, ['/genesis_chunked?chunk=0']],
  ] as const)('the genesis of %s is asked for once, and is that of state.db', async (name, file, routes) => {
    const node = await serve(file);
    using source = await openSource(rpcAt(node.url));
    using stored = await openSource({ kind: 'leveldb', path: fixtureData(name) });
    const summary = await source.genesis()!.summary();
    const expected = await stored.genesis()!.summary();
    expect(toHex(summary.hash)).toBe(toHex(expected.hash));
    expect(summary).toMatchObject({ bytes: expected.bytes, initialHeight: 1, fileSha256: undefined });
    let bytes = 0;
    for await (const chunk of source.genesis()!.chunks()) bytes += chunk.length;
    expect(bytes).toBe(expected.bytes);
    expect(node.routes.filter((route) => route.startsWith('/genesis'))).toEqual(routes);
  });
});

describe.each([
  ['Tendermint 0.33', COLUMBUS_4],
  ['Tendermint 0.34', COLUMBUS_5],
])('what a gateway in front of %s denies to everybody', (_era, file) => {
  const denials: [string, Fault, string][] = [
    ['403', { kind: 'answer', status: 403, body: '' }, 'HTTP status 403'],
    ['404', { kind: 'answer', status: 404, body: 'no' }, 'HTTP status 404'],
    ['504', { kind: 'answer', status: 504, body: '<html>' }, 'HTTP status 504'],
    ['a page', { kind: 'answer', body: '<html>blocked</html>' }, 'HTTP status 200: <html>blocked</html>'],
    ['nothing', { kind: 'answer', body: '' }, 'HTTP status 200: nothing'],
    ['an unknown method', refused('Method not found'), 'Method not found'],
  ];

  test.each(denials)('the genesis, by %s: it is read without, and says so', async (_how, fault, words) => {
    const node = await serve(file, { fault: (route) => (route.startsWith('/genesis') ? fault : undefined) });
    using source = await openSource(rpcAt(node.url), HASTY);
    expect(source.info).toMatchObject({ genesis: undefined, bech32Prefix: undefined });
    expect(source.info.notes).toEqual([expect.stringMatching(/^no genesis document: the endpoint answers /)]);
    expect(source.info.notes[0]).toContain(words.replace(/^HTTP status 200: (?:nothing)?/, ''));
    expect(source.genesis()).toBeUndefined();
    expect(source.health()).toMatchObject([{ trouble: undefined }]);
    await expectWhole(source, { results: true, validators: true, consensusParams: true });
  });

  test.each(denials)(
    'validators, params and results, by %s: the blocks are read',
    async (_how, fault, words) => {
      const denied = /^\/(validators|consensus_params|block_results)/;
      const node = await serve(file, { fault: (route) => (denied.test(route) ? fault : undefined) });
      using source = await openSource(rpcAt(node.url), { ...HASTY, bech32Prefix: 'terra' });
      expect(source.info.notes).toEqual([
        `no results: the endpoint refuses them (${words})`,
        `no validator sets: the endpoint refuses them (${words})`,
        `no consensus params: the endpoint refuses them (${words})`,
      ]);
      const opened = node.routes.length;
      await expectWhole(source, { results: false, validators: false, consensusParams: false });
      expect(node.routes.slice(opened).filter((route) => denied.test(route))).toEqual([]);
      using thread = await openSource(rpcAt(node.url), { ...HASTY, known: structuredClone(source.info) });
      await expectWhole(thread, { results: false, validators: false, consensusParams: false });
    },
  );

  test.each(denials)(
    'its status, by %s: the newest block tells the chain and the head',
    async (_how, fault) => {
      const node = await serve(file, {
        fault: (route, answer) => {
          if (route === '/status') return fault;
          return route === '/block' ? { kind: 'answer', body: newestOf(file) || answer } : undefined;
        },
      });
      using source = await openSource(rpcAt(node.url), { ...HASTY, bech32Prefix: 'terra' });
      expect(source.info).toMatchObject({ base: 1, head: file === COLUMBUS_4 ? 290 : 306, nodeVersion: '' });
      await expectWhole(source, { results: true, validators: true, consensusParams: true });
    },
  );

  async function expectWhole(
    source: CandidateSource,
    expected: Record<'results' | 'validators' | 'consensusParams', boolean>,
  ): Promise<void> {
    const blocks = await readAll(source, 5, 9);
    expect(heights(blocks)).toEqual([5, 6, 7, 8, 9]);
    for (const { results, validators, consensusParams } of blocks)
      expect({
        results: results !== undefined,
        validators: validators !== undefined,
        consensusParams: consensusParams !== undefined,
      }).toEqual(expected);
  }
});

/** The answer to `/block` without a height. */
function newestOf(file: string): string {
  const route = `/block?height=${file === COLUMBUS_4 ? 290 : 306}`;
  return JSON.stringify(answerJson(readJsonLines(file).find(({ request }) => request === route)!));
}

test('a genesis longer than one chunk, with spaces, is put together', async () => {
  const document = JSON.stringify({
    chain_id: 'baleen-col5-a',
    initial_height: '5',
    app_state: { a: '}"{', b: [1] },
  });
  const half = Math.floor(document.length / 2);
  const chunk = (index: number, text: string): Fault => {
    const result = { chunk: String(index), total: '2', data: Buffer.from(text).toString('base64') };
    return { kind: 'answer', body: JSON.stringify({ jsonrpc: '2.0', id: -1, result }, null, 2) };
  };
  const node = await serve(COLUMBUS_5, {
    fault: (route) => {
      if (route === '/genesis_chunked?chunk=0') return chunk(0, document.slice(0, half));
      return route === '/genesis_chunked?chunk=1' ? chunk(1, document.slice(half)) : undefined;
    },
  });
  using source = await openSource(rpcAt(node.url), HASTY);
  const summary = await source.genesis()!.summary();
  expect(summary).toMatchObject({ bytes: document.length, initialHeight: 5 });
});

test('a genesis that ends in the middle is asked for again, as often as it takes: what it tells is for good', async () => {
  let asked = 0;
  const node = await serve(COLUMBUS_4, {
    fault: (route, answer) =>
      route === '/genesis' && ++asked < 4
        ? { kind: 'answer', body: answer.slice(0, 200 * asked) }
        : undefined,
  });
  using source = await openSource(rpcAt(node.url), { retryMs: 1, timeoutMs: 5_000 });
  expect(source.info).toMatchObject({ notes: [], bech32Prefix: 'terra' });
  expect(source.info.applicationSigns?.modules).toContain('msgauth');
});

test('a genesis that a gateway denies is done without at once: it is not asked for in a second round', async () => {
  const asked = async (status: number): Promise<number> => {
    const node = await serve(COLUMBUS_4, {
      fault: (route) => (route.startsWith('/genesis') ? { kind: 'answer', status, body: 'no' } : undefined),
    });
    using source = await openSource(rpcAt(node.url), { retryMs: 1, timeoutMs: 5_000 });
    expect(source.info.genesis).toBeUndefined();
    return node.routes.filter((route) => route.startsWith('/genesis')).length;
  };
  expect([await asked(403), await asked(404)]).toEqual([6, 6]);
  expect(await asked(502)).toBe(24);
});

test('a genesis answer is cut out of its envelope, however it is spaced and cut', async () => {
  const document = { chain_id: 'devnet-col4-a', app_state: { text: '"}]\\', list: [{ a: '{' }] } };
  const body = JSON.stringify({ jsonrpc: '2.0', id: '', result: { genesis: document } }, null, 2);
  const node = await serve(COLUMBUS_4, {
    fault: (route) => (route === '/genesis' ? { kind: 'answer', body } : undefined),
  });
  using source = await openSource(rpcAt(node.url), HASTY);
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.genesis()!.chunks()) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe(JSON.stringify(document));
});

test('more than a hundred validators come in pages', async () => {
  const validator = (index: number) => ({ address: String(index).padStart(40, '0') });
  const page = (from: number, count: number): Fault => {
    const validators = Array.from({ length: count }, (_, index) => validator(from + index));
    const result = { block_height: '20', validators, count: String(count), total: '250' };
    return { kind: 'answer', body: JSON.stringify({ jsonrpc: '2.0', id: -1, result }) };
  };
  const node = await serve(COLUMBUS_4, {
    fault: (route) => {
      if (route === '/validators?height=20') return page(0, 100);
      if (route === '/validators?height=20&page=2') return page(100, 100);
      return route === '/validators?height=20&page=3' ? page(200, 50) : undefined;
    },
  });
  const [block] = await read(node.url, 20, 20);
  const pages = block!.validators as unknown as { validators: unknown[] }[];
  expect(pages.flatMap(({ validators }) => validators)).toEqual(
    Array.from({ length: 250 }, (_, i) => validator(i)),
  );
});

const refused = (data: string): Fault => ({
  kind: 'answer',
  status: 500,
  body: JSON.stringify({ jsonrpc: '2.0', id: -1, error: { code: -32603, message: 'Internal error', data } }),
});

/** A fault on the first few requests of a route. */
const first =
  (times: number, route: string, fault: Fault) =>
  (asked: string, _answer: string, nth: number): Fault | undefined =>
    asked === route && nth < times ? fault : undefined;

describe('an answer that does not come is asked for again', () => {
  test.each<[string, Fault]>([
    [
      'with 429 and Retry-After',
      { kind: 'answer', status: 429, headers: { 'retry-after': '0' }, body: 'slow down' },
    ],
    ['with 502 in HTML', { kind: 'answer', status: 502, body: '<html>Bad Gateway</html>' }],
    ['cut short', { kind: 'cut', bytes: 100 }],
    ['cut short as if whole', { kind: 'answer', body: '{"jsonrpc":"2.0","id":-1,"resu' }],
    ['stalled', { kind: 'stall' }],
    ['empty', { kind: 'answer', body: '' }],
    ['with a page', { kind: 'answer', body: '<html><title>Just a moment...</title></html>' }],
    ['with text for an error', { kind: 'answer', body: '{"error":"API rate limit exceeded"}' }],
    ...[401, 403, 404, 405, 408, 503].map((status): [string, Fault] => [
      `with ${status}`,
      { kind: 'answer', status, body: 'no' },
    ]),
    ['with a rate limit', { ...refused('rate limit exceeded, try again later'), status: 200 } as Fault],
    ['as the node ends', refused('leveldb: closed')],
    ['after a panic', refused('runtime error: invalid memory address or nil pointer dereference')],
    ['too late for the node', refused('context deadline exceeded')],
    ['by another node, which has pruned it', refused('height 20 is not available, lowest height is 30')],
    ['by another node, which has not come to it', refused('height 20 must be less than or equal to 9')],
    ['from a stale cache', { kind: 'answer', body: STALE_BLOCK }],
    ['without its txs', { kind: 'answer', body: '{"jsonrpc":"2.0","id":-1,"result":{"block":null}}' }],
  ])('%s', async (_name, fault) => {
    const node = await serve(COLUMBUS_4, { fault: first(2, '/block?height=20', fault) });
    expect(heights(await read(node.url, 15, 25))).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
    expect(node.routes.filter((route) => route === '/block?height=20')).toHaveLength(3);
  });

  test('eight times, then the source is unreachable', async () => {
    const node = await serve(COLUMBUS_4, {
      fault: first(99, '/block?height=20', { kind: 'answer', status: 503, body: '' }),
    });
    expect(await failureOf(read(node.url, 15, 25))).toMatchInlineSnapshot(
      `"source SOURCE_UNREACHABLE: ask http://node/block?height=20: expected an answer, found HTTP status 503, 8 times; is the node up?"`,
    );
    expect(node.routes.filter((route) => route === '/block?height=20')).toHaveLength(8);
  });
});

describe('a version is no more than a hint', () => {
  test.each([
    '',
    'ca2c9df',
    '0.34.x',
    'develop',
    'unreleased-release/v0.37.1-bd9ed68a',
    'v0.34.21-terra.1',
    '0.38.11',
  ])("'%s': the shape of answers tells the era", async (version) => {
    for (const [file, era] of [
      [COLUMBUS_4, 'tendermint-0.33'],
      [COLUMBUS_5, 'tendermint-0.34'],
    ] as const) {
      const node = await replayRpc([file], {
        fault: (route, answer) =>
          route === '/status'
            ? { kind: 'answer', body: answer.replace(/("version":\s*)"0\.3\d\.\d+"/, `$1"${version}"`) }
            : undefined,
      });
      try {
        using source = await openSource(rpcAt(node.url), HASTY);
        const told = version.replace(/^v/, '');
        expect(source.info).toMatchObject({ era, nodeVersion: told, bech32Prefix: 'terra' });
        const { versions } = consensusEras[era];
        const isOfEra = era === 'tendermint-0.34' && told.startsWith('0.34.');
        expect(source.info.notes).toEqual(
          isOfEra
            ? []
            : [`the node names version '${told}': its answers are those of ${versions}, and are read so`],
        );
        for (const block of await readAll(source, 5, 8))
          expect(block).toMatchObject({ attributes: 'base64' });
      } finally {
        await node.close();
      }
    }
  });
});

describe('what is wrong is told', () => {
  const open = (options: ReplayOptions): Promise<string> =>
    serve(COLUMBUS_4, options).then(({ url }) => failureOf(openSource(rpcAt(url), HASTY)));
  const altered = (route: string, from: string | RegExp, to: string): ReplayOptions => ({
    fault: (asked, answer) =>
      asked === route ? { kind: 'answer', body: answer.replace(from, to) } : undefined,
  });

  test('nobody listens', async () => {
    const node = await serve(COLUMBUS_4);
    await node.close();
    server = undefined;
    expect(await failureOf(openSource(rpcAt(node.url), HASTY))).toMatchInlineSnapshot(
      `"source SOURCE_UNREACHABLE: ask http://node/status: expected an answer, found connect ECONNREFUSED node; is the node up?"`,
    );
  });

  test('a web page', async () => {
    const fault = (): Fault => ({ kind: 'answer', body: '<!doctype html><title>hello</title>' });
    expect(await open({ fault })).toMatchInlineSnapshot(
      `"operator SOURCE_NOT_RPC: ask http://node/status: expected a Tendermint RPC answer in JSON, found HTTP status 200: <!doctype html><title>hello</title>; give the address of port 26657"`,
    );
  });

  test('another JSON server', async () => {
    const fault = (): Fault => ({ kind: 'answer', body: '{"jsonrpc":"2.0","id":1,"result":{"hello":1}}' });
    expect(await open({ fault })).toMatchInlineSnapshot(
      `"operator SOURCE_NOT_RPC: ask http://node/status: expected a Tendermint RPC answer in JSON, found one that is no status (Invalid input: expected object, received undefined); give the address of port 26657"`,
    );
  });

  test('answers that are not supported', async () => {
    const fault = (route: string): Fault | undefined =>
      route.startsWith('/block?')
        ? { kind: 'answer', body: '{"jsonrpc":"2.0","id":-1,"result":{"block":{"height":"7"}}}' }
        : undefined;
    const node = await serve(COLUMBUS_5, { fault });
    expect(await failureOf(openSource(rpcAt(node.url), HASTY))).toMatchInlineSnapshot(
      `"operator SOURCE_ERA_UNSUPPORTED: open http://node: expected answers of Tendermint 0.31 or 0.32, Tendermint 0.33, Tendermint 0.34 or CometBFT 0.37, CometBFT 0.38, CometBFT 1.x (key layout v1), found those of no known version (the node names version '0.34.14'); this version of baleen cannot read it"`,
    );
  });

  test('a node that stays silent', async () => {
    expect(await open({ fault: () => ({ kind: 'stall' }) })).toMatchInlineSnapshot(
      `"source SOURCE_UNREACHABLE: ask http://node/status: expected an answer, found no byte for 1000 ms; is the node up?"`,
    );
  });

  test('a pruned node holds fewer heights', async () => {
    const { url } = await serve(COLUMBUS_4, {
      ...altered('/status', /"earliest_block_height":\s*"1"/, '"earliest_block_height":"100"'),
    });
    using source = await openSource(rpcAt(url));
    expect(source.info).toMatchObject({ base: 100, resultsBase: 100 });
    expect(source.info.notes).toMatchInlineSnapshot(`
      [
        "blocks below 100 are not there: pruned, or the chain or the node began there",
      ]
    `);
    expect(await failureOf(read(url, 99, 101))).toMatchInlineSnapshot(
      `"operator SOURCE_OUT_OF_RANGE: read blocks 99..101 of http://node: expected heights within 100..290; name others with --heights"`,
    );
  });

  test('a node that prunes meanwhile', async () => {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: -1,
      error: {
        code: -32603,
        message: 'Internal error',
        data: 'height 20 is not available, lowest height is 30',
      },
    });
    const node = await serve(COLUMBUS_4, {
      fault: first(99, '/block?height=20', { kind: 'answer', status: 500, body }),
    });
    expect(await failureOf(read(node.url, 15, 25))).toMatchInlineSnapshot(
      `"source SOURCE_PRUNED: read block 20 from http://node: expected a block, found 'height 20 is not available, lowest height is 30'; the node has pruned it meanwhile, use an archive node"`,
    );
    // Confirmed: one of several nodes behind the address could have said so.
    expect(node.routes.filter((route) => route === '/block?height=20')).toHaveLength(12);
  });

  test('a node that lags says so', async () => {
    const { url } = await serve(COLUMBUS_4, altered('/status', '"catching_up":false', '"catching_up":true'));
    using source = await openSource(rpcAt(url));
    expect(source.info.notes).toEqual(["the node is catching up: its head 290 is behind the chain's"]);
  });

  test('a block of another chain', async () => {
    const node = await serve(COLUMBUS_4, altered('/block?height=20', '"devnet-col4-a"', '"devnet-col4-b"'));
    expect(await failureOf(read(node.url, 15, 25))).toMatchInlineSnapshot(
      `"data SOURCE_CHAIN_MISMATCH: read block 20 from http://node: expected chain id devnet-col4-a, found devnet-col4-b"`,
    );
  });

  test('a block of another height', async () => {
    const node = await serve(COLUMBUS_4, altered('/block?height=20', /"height":\s*"20"/, '"height":"19"'));
    expect(await failureOf(read(node.url, 15, 25))).toMatchInlineSnapshot(
      `"data SOURCE_CORRUPT: read block 20 from http://node: expected that block, found block 19"`,
    );
  });

  test('a height that the node can never answer, while it answers all others', async () => {
    const words = 'error marshalling response: cannot encode unregistered type crypto.PublicKey_Ed25519';
    const node = await serve(COLUMBUS_4, { fault: first(99, '/block_results?height=20', refused(words)) });
    using source = await openSource(rpcAt(node.url), HASTY);
    const failure = await failureOf(readAll(source, 15, 25));
    expect(failure).toMatch(
      /^data SOURCE_HEIGHT_REFUSED: ask \/block_results\?height=20: expected an answer as for other heights, found 'error marshalling .* times, from http:\/\/node; name an endpoint that can answer it, or a node's directory, and index this height again$/,
    );
    await expect(readAll(source, 15, 25)).rejects.toMatchObject({ height: 20 });
    expect(heights(await readAll(source, 21, 25))).toEqual([21, 22, 23, 24, 25]);
    expect(heights(await readAll(source, 15, 19))).toEqual([15, 16, 17, 18, 19]);
  });

  test('the same words for every height are trouble of the node', async () => {
    let isEnding = false;
    const node = await serve(COLUMBUS_4, {
      fault: (route) => (isEnding && route !== '/status' ? refused('leveldb: closed') : undefined),
    });
    using source = await openSource(rpcAt(node.url), HASTY);
    isEnding = true;
    expect(await failureOf(readAll(source, 15, 25))).toMatchInlineSnapshot(
      `"source SOURCE_UNREACHABLE: ask http://node/block?height=15: expected an answer, found it refused: leveldb: closed, 8 times; is the node up?"`,
    );
  });

  test('results that the node has not are missing, not wrong', async () => {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: -1,
      error: { code: -32603, message: 'Internal error', data: 'could not find results for height #3' },
    });
    const node = await serve(COLUMBUS_4, {
      fault: (route) => {
        const height = Number(/^\/block_results\?height=(\d+)$/.exec(route)?.[1] ?? 999);
        return height < 70 ? { kind: 'answer', status: 500, body } : undefined;
      },
    });
    using source = await openSource(rpcAt(node.url), HASTY);
    expect(source.info).toMatchObject({ base: 1, resultsBase: 70, resultsHead: 290 });
    expect(source.info.notes).toEqual(['results are there for 70..290 of 1..290']);
    const blocks = await read(node.url, 69, 70);
    expect(blocks.map(({ results }) => results === undefined)).toEqual([true, false]);
  });
});
