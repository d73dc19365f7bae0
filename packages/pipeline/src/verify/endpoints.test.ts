/** What becomes of lies, when there is another endpoint to ask. */
import type { BaleenError, Block } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { type EndpointHealth, type SourceOptions, sourceAt } from '@baleen/source';
import {
  type Fault,
  type FixtureName,
  fixture,
  fixtureData,
  type ReplayServer,
  replayRpc,
} from '@baleen/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { openBlocks } from '../walk/open-blocks.ts';

const COLUMBUS_4 = 'terra-columbus4-devnet';
const COLUMBUS_5 = 'terra-columbus5-devnet';

const servers: ReplayServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A node, which lies where an answer is altered. */
async function serve(
  name: FixtureName,
  alter: (route: string, answer: string, nth: number) => string = (_route, answer) => answer,
): Promise<ReplayServer> {
  const fault = (route: string, answer: string, nth: number): Fault | undefined => {
    const body = alter(route, answer, nth);
    return body === answer ? undefined : { kind: 'answer', body };
  };
  const server = await replayRpc([fixture(name, 'rpc.jsonl.gz')], { fault });
  servers.push(server);
  return server;
}

interface Reading {
  readonly blocks: readonly Block[];
  readonly health: readonly EndpointHealth[];
}

async function read(
  nodes: readonly ReplayServer[],
  from: number,
  to: number,
  options: SourceOptions = {},
): Promise<Reading> {
  const hasty = { retryMs: 1, timeoutMs: 5_000, bech32Prefix: 'terra' };
  using source = await openBlocks(sourceAt(...nodes.map(({ url }) => url)), { ...hasty, ...options });
  const blocks: Block[] = [];
  for await (const { block } of source.blocks({ from, to })) blocks.push(block);
  return { blocks, health: source.health() };
}

async function stored(name: FixtureName, from: number, to: number): Promise<Block[]> {
  using source = await openBlocks(sourceAt(fixtureData(name)), { bech32Prefix: 'terra' });
  const blocks: Block[] = [];
  for await (const { block } of source.blocks({ from, to })) blocks.push(block);
  return blocks;
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${toHex(value)}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

/** Why each node is left alone, without hashes. */
const troubles = (health: readonly EndpointHealth[]): (string | undefined)[] =>
  health.map(({ trouble }) => trouble?.replaceAll(/[0-9a-f]{64}|[0-9A-F]{64}/g, 'hash'));

async function failureOf(work: Promise<unknown>, nodes: readonly ReplayServer[]): Promise<string> {
  const failure = await work.then(
    () => undefined,
    (error: BaleenError) => error,
  );
  if (failure === undefined) throw new TypeError('nothing was thrown');
  const told = `${failure.kind} ${failure.code} at ${failure.height}: ${failure.message}`;
  return nodes
    .reduce((text, { url }, at) => text.replaceAll(url, 'ABC'[at]!), told)
    .replaceAll(/[0-9a-f]{64}|[0-9A-F]{64}/g, 'hash');
}

/** Changes the first letter or digit of what the last group of `pattern` finds in the answers to `route`. */
const change =
  (route: string | RegExp, pattern: RegExp) =>
  (asked: string, answer: string): string => {
    if (typeof route === 'string' ? asked !== route : !route.test(asked)) return answer;
    const found = pattern.exec(answer);
    if (found === null) throw new TypeError(`${pattern} is not in the answer to ${asked}`);
    const at = found.index + found[0].length - found[1]!.length;
    return `${answer.slice(0, at)}${answer[at] === '4' ? '5' : '4'}${answer.slice(at + 1)}`;
  };

describe('a lie is corrected by another endpoint, and the liar left alone for it', () => {
  test.each<[string, FixtureName, string, RegExp, number]>([
    ['header field', COLUMBUS_4, '/block?height=20', /"app_hash":\s*"(\w+)"/, 20],
    ['parent hash', COLUMBUS_4, '/block?height=20', /"last_block_id":\s*\{\s*"hash":\s*"(\w+)/, 20],
    ['hash of itself', COLUMBUS_4, '/block?height=20', /"block_id":\s*\{\s*"hash":\s*"(\w+)/, 20],
    ['number of parts', COLUMBUS_5, '/block?height=20', /"total":\s*(\d)/, 20],
    ['hash of the results before', COLUMBUS_4, '/block?height=20', /"last_results_hash":\s*"(\w+)/, 20],
    ['tx', COLUMBUS_4, '/block?height=5', /"txs":\s*\["(\w+)/, 5],
    ['vote', COLUMBUS_4, '/block?height=20', /"signature":\s*"(\w+)/, 20],
    ['code of a tx', COLUMBUS_4, '/block_results?height=5', /"code":\s*(\d)/, 5],
    ['gas of a tx', COLUMBUS_5, '/block_results?height=3', /"gas_used":\s*"(\d+)/, 3],
    ['height of results', COLUMBUS_5, '/block_results?height=3', /"height":\s*"(\d+)/, 3],
    ["validator's power", COLUMBUS_4, '/validators?height=1', /"voting_power":\s*"(\d+)/, 1],
    ["validator's address", COLUMBUS_4, '/validators?height=1', /"address":\s*"(\w+)/, 1],
    ['most bytes of a block', COLUMBUS_5, '/consensus_params?height=1', /"max_bytes":\s*"(\d+)/, 1],
  ])('of a %s, %s %s', async (_what, name, route, pattern, height) => {
    let lies = 0;
    const lie = change(route, pattern);
    const liar = await serve(name, (asked, answer) => {
      const altered = lie(asked, answer);
      if (altered !== answer) lies++;
      return altered;
    });
    // Asked for the height by who is first; when the other one is, there is no lie.
    for (const nodes of [
      [liar, await serve(name)],
      [await serve(name), liar],
    ]) {
      const from = Math.max(1, height - 2);
      const { blocks, health } = await read(nodes, from, height + 3);
      expect(blocks.map(plain)).toEqual((await stored(name, from, height + 3)).map(plain));
      const [trouble, ...others] = troubles(health).filter((each) => each !== undefined);
      expect(others).toEqual([]);
      if (lies > 0) expect(health.find((each) => each.trouble !== undefined)?.address).toBe(liar.url);
      if (lies > 0) expect(trouble).toMatch(/expected|found/);
      if (lies > 0) break;
    }
    // Twice where its answer was refuted together with one of the other's: then each is asked for all of it.
    expect([1, 2]).toContain(lies);
  });

  test('in answers to every height: its answers are refuted once, then it is not asked', async () => {
    const liar = await serve(COLUMBUS_4, change(/^\/block\?/, /"app_hash":\s*"(\w*)"/));
    const { blocks } = await read([liar, await serve(COLUMBUS_4)], 2, 120, { retryMs: 50 });
    expect(blocks.map(plain)).toEqual((await stored(COLUMBUS_4, 2, 120)).map(plain));
    expect(liar.routes.filter((route) => route.startsWith('/block?')).length).toBeLessThanOrEqual(16);
  });

  test('that hides a field in another shape is corrected, too', async () => {
    const liar = await serve(COLUMBUS_4, (_route, answer) => answer.replaceAll(/"gasUsed":/g, '"gas":'));
    const { blocks, health } = await read([liar, await serve(COLUMBUS_4)], 1, 40);
    expect(blocks.map(plain)).toEqual((await stored(COLUMBUS_4, 1, 40)).map(plain));
    expect(troubles(health)[0]).toMatch(/Unrecognized key: "gas"/);
  });
});

test('liars are asked again where no other is left, and believed what is proved', async () => {
  const lie = change(/^\/block\?/, /"app_hash":\s*"(\w*)"/);
  const once = (route: string, answer: string, nth: number): string =>
    nth === 0 ? lie(route, answer) : answer;
  const nodes = [await serve(COLUMBUS_4, once), await serve(COLUMBUS_4, once)];
  const expected = (await stored(COLUMBUS_4, 2, 7)).map(plain);
  // Each reading is told the truth about the heights that one before it stumbled over.
  for (let reading = 1; ; reading++) {
    const { blocks } = await read(nodes, 2, 7).catch(() => ({ blocks: [] }));
    if (blocks.length > 0) {
      expect(blocks.map(plain)).toEqual(expected);
      break;
    }
    expect(reading).toBeLessThan(8);
  }
});

test('a lie about the validators at the height of evidence does not refute the honest', async () => {
  const alter = change(/^\/validators\?height=19$/, /"address":\s*"(\w+)/);
  let lies = 0;
  const lie = (route: string, answer: string): string => {
    const altered = alter(route, answer);
    if (altered !== answer) lies++;
    return altered;
  };
  for (const nodes of [
    [await serve(COLUMBUS_4, lie), await serve(COLUMBUS_4), await serve(COLUMBUS_4)],
    [await serve(COLUMBUS_4), await serve(COLUMBUS_4, lie), await serve(COLUMBUS_4)],
    [await serve(COLUMBUS_4), await serve(COLUMBUS_4), await serve(COLUMBUS_4, lie)],
  ]) {
    const { blocks } = await read(nodes, 21, 23);
    expect(blocks.map(plain)).toEqual((await stored(COLUMBUS_4, 21, 23)).map(plain));
  }
  expect(lies).toBeGreaterThan(0);
});

describe('a lie that every endpoint tells', () => {
  const everywhere = change('/block?height=20', /"app_hash":\s*"(\w+)"/);

  test('ends the reading at that height, with what each answered', async () => {
    const nodes = [await serve(COLUMBUS_4, everywhere), await serve(COLUMBUS_4, everywhere)];
    expect(await failureOf(read(nodes, 15, 25), nodes)).toMatch(
      /^data SOURCE_LYING at 20: read block 20 of devnet-col4-a: refuted at 2 of 2 endpoints: prove block 20 of devnet-col4-a from [AB]: hash of block: expected hash, found hash; use another endpoint; prove block 20 of devnet-col4-a from [AB]: hash of block: /,
    );
  });

  test('of one endpoint is told as its own', async () => {
    const nodes = [await serve(COLUMBUS_4, everywhere)];
    expect(await failureOf(read(nodes, 15, 25), nodes)).toMatchInlineSnapshot(
      `"data SOURCE_LYING at 20: prove block 20 of devnet-col4-a from A: hash of block: expected hash, found hash; use another endpoint"`,
    );
  });
});

test('the results of the highest block are proved by the header above, which is asked for once', async () => {
  const node = await serve(COLUMBUS_4);
  using source = await openBlocks(sourceAt(node.url));
  const before = node.routes.length;
  const proved: boolean[] = [];
  for (const range of [
    { from: 1, to: 20 },
    { from: 21, to: 290 },
  ])
    for await (const { areResultsProved } of source.blocks(range)) proved.push(areResultsProved);
  expect(proved).toEqual([...Array(289).fill(true), false]);
  const routes = node.routes.slice(before);
  expect(new Set(routes).size).toBe(routes.length);
});

describe('a cross-check', () => {
  const crossCheck = { crossCheck: true };
  /** What no hash covers. */
  const LIES: [string, FixtureName, string, RegExp, number][] = [
    [
      'an event of a tx',
      COLUMBUS_4,
      '/block_results?height=5',
      /"txs_results".*?"attributes":\s*\[\s*\{\s*"key":\s*"(\w+)/s,
      5,
    ],
    ['a log', COLUMBUS_4, '/block_results?height=5', /"log":\s*"\[\{\\"msg_index\\":(\d)/, 5],
    ['gas', COLUMBUS_4, '/block_results?height=5', /"gasUsed":\s*"(\d+)/, 5],
    [
      'an event of a block',
      COLUMBUS_5,
      '/block_results?height=20',
      /"begin_block_events".*?"value":\s*"(\w+)/s,
      20,
    ],
    [
      'params that no hash covers',
      COLUMBUS_5,
      '/consensus_params?height=2',
      /"max_age_num_blocks":\s*"(\d+)/,
      2,
    ],
  ];

  test.each(LIES)('finds %s', async (_what, name, route, pattern, height) => {
    const nodes = [await serve(name, change(route, pattern)), await serve(name)];
    expect(await failureOf(read(nodes, height, height + 2, crossCheck), nodes)).toMatch(
      new RegExp(
        `^data SOURCE_DISAGREEMENT at ${height}: cross-check block ${height}: .*: [AB] and [AB] differ: .*; name a third endpoint to decide$`,
      ),
    );
  });

  test.each(LIES)('of three endpoints goes by two, for %s', async (_what, name, route, pattern, height) => {
    const nodes = [await serve(name, change(route, pattern)), await serve(name), await serve(name)];
    for (const order of [nodes, nodes.toReversed()]) {
      const { blocks } = await read(order, height, height + 2, crossCheck);
      expect(blocks.map(plain)).toEqual((await stored(name, height, height + 2)).map(plain));
    }
  });

  test('takes block events in another order for the same, and those of a tx not', async () => {
    const turned =
      (list: string) =>
      (route: string, answer: string): string => {
        if (route !== '/block_results?height=127') return answer;
        const json = JSON.parse(answer);
        const { result } = json;
        if (list === 'block') result.begin_block_events?.reverse();
        if (list === 'block') result.end_block_events?.reverse();
        if (list === 'tx') for (const tx of result.txs_results) tx.events.reverse();
        return JSON.stringify(json);
      };
    const honest = [await serve(COLUMBUS_4, turned('block')), await serve(COLUMBUS_4)];
    expect((await read(honest, 127, 128, crossCheck)).blocks).toHaveLength(2);
    const nodes = [await serve(COLUMBUS_4, turned('tx')), await serve(COLUMBUS_4)];
    expect(await failureOf(read(nodes, 127, 128, crossCheck), nodes)).toContain('results: ');
  });

  test('asks a second endpoint for results, and for nothing else of a block', async () => {
    const nodes = [await serve(COLUMBUS_4), await serve(COLUMBUS_4)];
    const { blocks } = await read(nodes, 30, 60, crossCheck);
    expect(blocks.map(plain)).toEqual((await stored(COLUMBUS_4, 30, 60)).map(plain));
    const asked = nodes.flatMap(({ routes }) => routes);
    const times = (route: string): number => asked.filter((each) => each === route).length;
    for (let height = 30; height <= 60; height++)
      expect([times(`/block?height=${height}`), times(`/block_results?height=${height}`)]).toEqual([1, 2]);
  });

  test('needs a second endpoint that has the results', async () => {
    const pruned = await serve(COLUMBUS_4, (route, answer) =>
      route === '/status'
        ? answer.replace(/"earliest_block_height":\s*"1"/, '"earliest_block_height":"100"')
        : answer,
    );
    const nodes = [pruned, await serve(COLUMBUS_4)];
    expect((await read(nodes, 100, 110, crossCheck)).blocks).toHaveLength(11);
    expect(await failureOf(read(nodes, 90, 110, crossCheck), nodes)).toMatchInlineSnapshot(
      `"source SOURCE_NO_WITNESS at undefined: cross-check block 90: results: expected an endpoint beside B that has them, found none: ask /block_results?height=90 of 2 endpoints: expected an answer, found none: A: it keeps 100..290; B: asked before; name another endpoint"`,
    );
  });
});
