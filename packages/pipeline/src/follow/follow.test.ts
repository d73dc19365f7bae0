import { setTimeout as sleep } from 'node:timers/promises';
import { sourceAt } from '@baleen/source';
import { openStore, type Store } from '@baleen/store';
import {
  createDatabase,
  describeChain,
  fixture,
  type ReplayNode,
  type ReplayNodeOptions,
  replayNode,
  type TestDatabase,
  until,
} from '@baleen/testing';
import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { storeGenesisAndIndexes } from '../store-genesis-and-indexes.ts';
import { indexRanges } from '../walk/index-ranges.ts';
import { openBlocks } from '../walk/open-blocks.ts';
import { type FollowOptions, type FollowReport, followChain } from './follow.ts';
import { AN_HOUR_MS } from './following.fixture.ts';
import type { FollowProgress } from './progress.ts';

const CHAIN = 'devnet-col4-a';
const FILES = [fixture('terra-columbus4-devnet', 'rpc.jsonl.gz')];
/** Heights that the node keeps: few, so that what lies behind the head is written soon. */
const [BASE, HEAD] = [221, 290];

let database: TestDatabase;
let store: Store;
let node: ReplayNode;
let stopAll: AbortController;

const startNode = async (head: number, more: Partial<ReplayNodeOptions> = {}): Promise<ReplayNode> => {
  node = await replayNode(FILES, { base: BASE, head, ...more });
  return node;
};

beforeEach(async () => {
  database = await createDatabase();
  store = await openStore(database.url);
  stopAll = new AbortController();
});

afterEach(async () => {
  stopAll.abort();
  await store.close();
  await database.drop();
  await node.close();
});

interface Following {
  /** Lets the time pass by which a chain is silent, and waits until that was noticed. Else it stands still. */
  pass(ms: number): Promise<void>;
  readonly lines: string[];
  readonly states: string[];
  readonly ended: Promise<FollowReport>;
  stop(): Promise<FollowReport>;
}

function follow(more: Partial<FollowOptions> = {}, timeoutMs = 60_000): Following {
  const stop = new AbortController();
  const lines: string[] = [];
  const states: string[] = [];
  let [now, ticks] = [0, 0];
  const quick = { retryMs: 5, timeoutMs };
  const ended = followChain({
    sources: [{ ref: sourceAt(node.url), options: quick }],
    limits: quick,
    ...{ store, chainId: CHAIN, from: undefined, backfill: 'newest-first' },
    signal: AbortSignal.any([stop.signal, stopAll.signal]),
    prepare: async ({ info }, wanted) =>
      store.prepareChain(describeChain(CHAIN, { source: { from: info.base, to: info.head }, wanted })),
    say: (line) => lines.push(line.replaceAll(/127\.0\.0\.1:\d+/g, 'node')),
    now: () => now,
    resultsWaitMs: AN_HOUR_MS,
    onProgress: ({ state }: FollowProgress) => {
      ticks++;
      if (states.at(-1) !== state) states.push(state);
    },
    ...more,
  });
  ended.catch(() => undefined);
  const end = async (): Promise<FollowReport> => {
    stop.abort();
    return ended;
  };
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    const before = ticks;
    await until('time was looked at', () => ticks > before + 1, ended);
  };
  return { lines, states, ended, pass, stop: end };
}

const missing = (from: number, to: number) => store.missing(CHAIN, { from, to }, ['blocks', 'results']);

const untilThere = (following: Following, from: number, to: number) =>
  until(
    () => `${from}..${to} are there; told: ${following.lines.join('; ')}`,
    async () => (await missing(from, to)).length === 0,
    following.ended,
  );

async function grow(from: number, to: number, everyMs = 10): Promise<void> {
  for (let height = from; height <= to; height++) {
    node.advance(height, height - 1);
    await sleep(everyMs / 2);
    node.advance(height);
    await sleep(everyMs / 2);
  }
}

/** Tables after plain indexing of these heights. */
let indexed: Map<string, string>;

beforeAll(async () => {
  const plain = await createDatabase();
  const into = await openStore(plain.url);
  const server = await replayNode(FILES, { base: BASE, head: HEAD });
  using source = await openBlocks(sourceAt(server.url));
  const ranges = [{ from: BASE, to: HEAD }];
  await into.prepareChain(describeChain(CHAIN, { source: ranges[0]!, wanted: ranges[0]! }));
  await indexRanges({ source, store: into, chainId: CHAIN, ranges });
  await storeGenesisAndIndexes(source, into, { wroteBlocks: true, signal: new AbortController().signal });
  indexed = await plain.checksums();
  await into.close();
  await server.close();
  await plain.drop();
});

/** What was wanted is not a fact of the chain: it is told when one begins to follow. */
async function expectIndexed(): Promise<void> {
  const followed = await database.checksums();
  for (const sums of [followed, indexed]) sums.delete('wanted_ranges');
  expect(followed).toEqual(indexed);
}

describe('following a growing node', () => {
  test.each(['newest-first', 'oldest-first'] as const)(
    'with the backfill %s leaves the tables that indexing leaves',
    async (backfill) => {
      await startNode(240);
      const following = follow({ backfill });
      await until('it writes the head', async () => (await missing(240, 240)).length === 0, following.ended);
      await grow(241, HEAD);
      await untilThere(following, BASE, HEAD);
      const { ended, progress } = await following.stop();
      expect(ended).toBe('stopped');
      expect(progress).toMatchObject({
        heights: HEAD - BASE + 1,
        written: HEAD,
        lagBlocks: 0,
        backfill: undefined,
      });
      expect(following.lines).toEqual([]);
      await expectIndexed();
    },
  );

  test('asks for each block and its results once', async () => {
    await startNode(280);
    const following = follow({ backfill: 'none' });
    await untilThere(following, 280, 280);
    for (let height = 281; height <= HEAD; height++) {
      node.advance(height);
      await untilThere(following, height, height);
    }
    await following.stop();
    const asked = (route: string): number => node.routes.filter((each) => each === route).length;
    for (let height = 281; height <= HEAD; height++)
      expect([asked(`/block?height=${height}`), asked(`/block_results?height=${height}`)]).toEqual([1, 1]);
  });

  test('without a backfill begins at the head, and later writes only what it has missed since', async () => {
    await startNode(250);
    const first = follow({ backfill: 'none' });
    await untilThere(first, 250, 250);
    node.advance(255);
    await untilThere(first, 250, 255);
    await first.stop();
    node.advance(270);
    const second = follow({ backfill: 'none' });
    await untilThere(second, 250, 270);
    await second.stop();
    expect(await missing(1, 270)).toEqual([{ from: 1, to: 249 }]);
    expect(await store.gaps()).toEqual([]);
  });

  test('begins at the lowest height that is asked for', async () => {
    await startNode(250);
    const following = follow({ from: 235 });
    await untilThere(following, 235, 250);
    await following.stop();
    expect(await missing(1, 250)).toEqual([{ from: 1, to: 234 }]);
  });

  test('writes the head first when it is far ahead, and what lies between behind it', async () => {
    await startNode(230);
    const following = follow({ backfill: 'none', leapHeights: 20 });
    await untilThere(following, 230, 230);
    node.advance(270);
    await untilThere(following, 230, 270);
    const { progress } = await following.stop();
    expect(progress.heights).toBe(41);
  });

  test('shares the work with another process that writes the same heights', async () => {
    await startNode(HEAD);
    using source = await openBlocks(sourceAt(node.url));
    const following = follow();
    await until('it has begun', async () => (await store.query('select from baleen.chains')).length > 0);
    await indexRanges({
      ...{ source, store, chainId: CHAIN },
      ranges: await store.missing(CHAIN, { from: BASE, to: HEAD }, ['blocks']),
    });
    await untilThere(following, BASE, HEAD);
    await following.stop();
    const [row] = await store.query('select count(*)::int as n from baleen.blocks');
    expect(row).toEqual({ n: HEAD - BASE + 1 });
  });
});

describe('results at the head', () => {
  test('that come after their block are waited for', async () => {
    await startNode(280);
    const following = follow({ backfill: 'none' });
    await untilThere(following, 280, 280);
    node.advance(281, 280);
    await until(
      'it has asked for them',
      () => node.routes.filter((route) => route === '/block_results?height=281').length > 3,
    );
    expect((await missing(281, 281)).length).toBe(1);
    node.advance(281);
    await untilThere(following, 281, 281);
    await following.stop();
  });

  test('that do not come are written later, the block without them before', async () => {
    await startNode(280);
    const following = follow({ backfill: 'none', resultsWaitMs: 50 });
    await untilThere(following, 280, 280);
    node.advance(281, 280);
    await until(
      'the block is there',
      async () => (await store.missing(CHAIN, { from: 281, to: 281 }, ['blocks'])).length === 0,
      following.ended,
    );
    expect(await missing(281, 281)).toEqual([{ from: 281, to: 281 }]);
    node.advance(282);
    await untilThere(following, 280, 282);
    await following.stop();
    expect(following.lines).toEqual([]);
  });

  /** What no header refutes yet is taken from a node that lies. */
  async function writeLie(): Promise<Following & { endLie(): void }> {
    let isLying = true;
    await startNode(283, {
      fault: (route, answer) =>
        isLying && route === '/block_results?height=284'
          ? {
              kind: 'answer',
              body: answer.replace(/"log":\s*"/, '$&a lie ').replace(/"code":\s*0/, '"code":7'),
            }
          : undefined,
    });
    const following = follow();
    await untilThere(following, BASE, 283);
    node.advance(284);
    await untilThere(following, 284, 284);
    expect(await lies()).toEqual([{ height: 284 }]);
    const endLie = (): void => {
      isLying = false;
    };
    return { ...following, endLie };
  }
  const lies = () => store.query("select height::int from baleen.txs where log like 'a lie%'");

  test('that the next block refutes are asked for again and replaced', async () => {
    const following = await writeLie();
    following.endLie();
    node.advance(285);
    await untilThere(following, 284, 285);
    expect(await lies()).toEqual([]);
    await grow(286, HEAD);
    await untilThere(following, 286, HEAD);
    await following.stop();
    await expectIndexed();
  });

  test('that are refuted again end it; a later run finds and replaces them', async () => {
    const following = await writeLie();
    node.advance(285);
    await expect(following.ended).rejects.toMatchObject({ kind: 'data', code: 'SOURCE_LYING' });
    following.endLie();
    node.advance(HEAD);
    const again = follow();
    await untilThere(again, BASE, HEAD);
    await again.stop();
    await expectIndexed();
  });
});

describe('a height that the node never answers rightly', () => {
  /** Of both heights the app hash is another one, whoever asks and however often. */
  const lieAbout =
    (...heights: readonly number[]): NonNullable<ReplayNodeOptions['fault']> =>
    (route, answer) => {
      const height = Number(/^\/block\?height=(\d+)$/.exec(route)?.[1]);
      return heights.includes(height)
        ? { kind: 'answer', body: answer.replace(/("app_hash":\s*")\w{8}/, '$100000000') }
        : undefined;
    };
  const failed = () =>
    store.query('select from_height::int as height, reason from baleen.failed_ranges order by 1');

  test('stands in failed_ranges, at the head and behind it, and all others are written', async () => {
    await startNode(280, { fault: lieAbout(240, 283) });
    const following = follow();
    await untilThere(following, 241, 280);
    await untilThere(following, BASE, 239);
    await grow(281, HEAD);
    await untilThere(following, 284, HEAD);
    await until(
      () => `both are told; told: ${following.lines.join('; ')}`,
      async () => (await failed()).length === 2,
      following.ended,
    );
    expect((await following.stop()).ended).toBe('stopped');
    const wrong = (height: number) => ({
      height,
      reason: expect.stringMatching(new RegExp(`^prove block ${height} of .*: hash of block: expected`)),
    });
    expect(await failed()).toEqual([wrong(240), wrong(283)]);
    expect(following.lines).toContainEqual(
      expect.stringMatching(/^backfill: prove block 240 of .*; going on without this height$/),
    );
    expect(following.lines).toContainEqual(
      expect.stringMatching(/^prove block 283 of .*; going on without this height$/),
    );
    expect(await store.missing(CHAIN, { from: BASE, to: HEAD }, ['blocks'])).toEqual([
      { from: 240, to: 240 },
      { from: 283, to: 283 },
    ]);
  });
});

test('a height whose results the node never shows stands in failed_ranges, and the others are written', async () => {
  const data = 'error marshalling response: cannot encode unregistered type crypto.PublicKey_Ed25519';
  const refusal = JSON.stringify({
    ...{ jsonrpc: '2.0', id: -1, error: { code: -32603, message: 'Internal error', data } },
  });
  await startNode(280, {
    fault: (route) =>
      /^\/block_results\?height=(240|283)$/.test(route)
        ? { kind: 'answer', status: 500, body: refusal }
        : undefined,
  });
  const following = follow();
  await untilThere(following, 241, 280);
  await untilThere(following, BASE, 239);
  await grow(281, HEAD);
  await untilThere(following, 284, HEAD);
  await following.stop();
  const failed = await store.query(
    'select from_height::int as height, reason from baleen.failed_ranges order by 1',
  );
  expect(failed).toEqual(
    [240, 283].map((height) => ({ height, reason: expect.stringContaining('unregistered type') })),
  );
});

describe('what passes is waited for', () => {
  test('a node that answers with errors for a while', async () => {
    let isBroken = false;
    let refused = 0;
    await startNode(280, {
      fault: () =>
        isBroken && ++refused > 0 ? { kind: 'answer', status: 502, body: 'bad gateway' } : undefined,
    });
    const following = follow();
    await untilThere(following, BASE, 280);
    isBroken = true;
    node.advance(285);
    await until('it was refused again and again', () => refused > 3, following.ended);
    isBroken = false;
    await untilThere(following, 281, 285);
    await following.stop();
    expect(await missing(BASE, 285)).toEqual([]);
  });

  test('a node that is away, and comes back at the same address with more blocks', async () => {
    let isAway = false;
    await startNode(275, { fault: () => (isAway ? { kind: 'stall' } : undefined) });
    const following = follow({ haltAfterMs: 1_000, backfill: 'none' }, 3_000);
    await untilThere(following, 275, 275);
    isAway = true;
    const before = node.routes.length;
    await until('it is not answered', () => node.routes.length > before, following.ended);
    await following.pass(0);
    await following.pass(1_001);
    expect(following.lines).toEqual([
      expect.stringMatching(/^no source can be asked: http:\/\/node: .*waiting for it$/),
    ]);
    node.advance(HEAD);
    isAway = false;
    await untilThere(following, 275, HEAD);
    await following.stop();
    expect(following.lines.slice(1)).toEqual([`block ${HEAD} is there: the chain goes on`]);
  });

  test('a node that never answers does not hold up who stops', async () => {
    let isAway = false;
    const unanswered: string[] = [];
    await startNode(275, {
      fault(route) {
        if (!isAway) return undefined;
        unanswered.push(route);
        return { kind: 'stall' };
      },
    });
    const following = follow({ backfill: 'none' }, AN_HOUR_MS);
    await untilThere(following, 275, 275);
    isAway = true;
    await until('its head is not answered', () => unanswered.includes('/status'), following.ended);
    expect(await following.stop()).toMatchObject({ ended: 'stopped' });
  });

  test('a database whose connections are cut', async () => {
    await startNode(230);
    const following = follow({ backfill: 'oldest-first' });
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await until('it has begun', async () => (await missing(230, 230)).length === 0, following.ended);
    for (let height = 231; height <= HEAD; height++) {
      node.advance(height);
      if (height % 12 === 0)
        await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'baleen' and state <> 'idle'`,
        );
      await until('it is asked for', () => node.routes.includes(`/block?height=${height}`));
    }
    await untilThere(following, BASE, HEAD).catch(() => untilThere(following, BASE, HEAD));
    await admin.end();
    await following.stop();
    await expectIndexed();
  });

  test('a chain that has halted is told once, and hardly asked', async () => {
    await startNode(280);
    const following = follow({ haltAfterMs: 1_500 });
    await untilThere(following, BASE, 280);
    await following.pass(1_501);
    await following.pass(1_501);
    expect(following.lines).toEqual([
      expect.stringMatching(/^no block for [\d.]+ s: the chain has halted at 280, or the node is behind it/),
    ]);
    expect(following.states.at(-1)).toBe('halted');
    node.advance(281);
    await untilThere(following, 281, 281);
    await following.stop();
    expect(following.lines.slice(1)).toEqual(['block 281 is there: the chain goes on']);
  });
});

test('ten usual blocks are no silence', async () => {
  await startNode(275);
  const following = follow({ haltAfterMs: 1_000, backfill: 'none' });
  await untilThere(following, 275, 275);
  for (let height = 276; height <= 281; height++) {
    await following.pass(200);
    node.advance(height);
    await untilThere(following, 275, height);
  }
  await following.pass(1_999);
  expect(following.lines).toEqual([]);
  await following.pass(2);
  expect(following.lines).toEqual([expect.stringMatching(/^no block for 2\.0 s, usual are 0\.2 s: /)]);
  await following.stop();
});

describe('another node at the address', () => {
  test('of the chain that continues this one ends the following, and nothing of it is written', async () => {
    await store.query(`insert into baleen_store.lineages (chain_id, lineage, position)
      values ('${CHAIN}', 'devnet', 1), ('devnet-col5', 'devnet', 2)`);
    await startNode(280);
    const following = follow();
    await untilThere(following, BASE, 280);
    node.become({ chainId: 'devnet-col5' });
    const report = await following.ended;
    expect(report).toMatchObject({ ended: 'succeeded', successor: 'devnet-col5' });
    expect(await store.query('select chain_id from baleen.chains')).toEqual([{ chain_id: CHAIN }]);
  });

  test('of any other chain is refused', async () => {
    await startNode(280);
    const following = follow();
    await untilThere(following, BASE, 280);
    node.become({ chainId: 'elsewhere-1' });
    await expect(following.ended).rejects.toMatchObject({ code: 'SOURCE_CHAIN_MISMATCH', kind: 'data' });
  });

  test('of another version on the same chain is followed on', async () => {
    await startNode(280);
    const following = follow();
    await untilThere(following, BASE, 280);
    node.become({ version: '0.33.10' });
    node.advance(HEAD);
    await untilThere(following, BASE, HEAD);
    await following.stop();
    expect(following.lines).toEqual([]);
    await expectIndexed();
  });
});
