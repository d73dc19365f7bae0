/** Following with two endpoints, of which the one that leads goes wrong at the head. */
import type { SourceOptions } from '@baleen/source';
import { type Fault, fixture, type ReplayNode, replayNode } from '@baleen/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  dropFollowed,
  type Followed,
  type Following,
  followInto,
  indexedTables,
  openFollowed,
  tablesOf,
} from './following.fixture.ts';

const CHAIN = 'devnet-col4-a';
const FILES = [fixture('terra-columbus4-devnet', 'rpc.jsonl.gz')];
const [FIRST, LIE, LAST] = [283, 285, 288];
const ALL = { from: FIRST, to: LAST };

type Lie = (route: string, answer: string) => Fault | undefined;

let followed: Followed;
let nodes: [ReplayNode, ReplayNode];
/** By the index of a node: what it lies about. */
let lies: (Lie | undefined)[];
let indexed: Map<string, string>;

const start = (index: number): Promise<ReplayNode> =>
  replayNode(FILES, {
    ...{ base: FIRST, head: FIRST },
    fault: (route, answer) => lies[index]?.(route, answer),
  });

beforeAll(async () => {
  indexed = await indexedTables(FILES, ALL, FIRST);
});

beforeEach(async () => {
  lies = [];
  nodes = [await start(0), await start(1)];
  followed = await openFollowed();
});
afterEach(async () => {
  await following.stop().catch(() => undefined);
  for (const node of nodes) await node.close();
  await dropFollowed(followed);
});

let following: Following;

/** @returns who leads, and the other one */
async function follow(options: SourceOptions = {}): Promise<{ liar: ReplayNode; honest: ReplayNode }> {
  following = followInto(followed, CHAIN, [nodes.map(({ url }) => url)], { backfill: 'none' }, options);
  await following.untilThere({ from: FIRST, to: FIRST });
  await following.until('one leads', () => nodes.some(({ subscribers }) => subscribers > 0));
  const [a, b] = nodes;
  return a.subscribers > 0 ? { liar: a, honest: b } : { liar: b, honest: a };
}

const lieOf = (node: ReplayNode, lie: Lie): void => void (lies[nodes.indexOf(node)] = lie);

const troubleOf = (node: ReplayNode): string | undefined => following.health.get(node.url)?.trouble;

/** Both come to a height, the honest one first. */
async function advance(liar: ReplayNode, honest: ReplayNode, height: number): Promise<void> {
  honest.advance(height);
  liar.advance(height);
  await following.untilThere({ from: FIRST, to: height });
}

async function expectHonestTables(): Promise<void> {
  await following.stop();
  expect(await tablesOf(followed)).toEqual(indexed);
}

const altered =
  (asked: string, pattern: RegExp, into: string): Lie =>
  (route, answer) =>
    route === asked ? { kind: 'answer', body: answer.replace(pattern, `$1${into}`) } : undefined;

describe('an endpoint that leads and alters', () => {
  test.each<[string, Lie]>([
    ['a header', altered(`/block?height=${LIE}`, /("app_hash":\s*")\w{8}/, '00000000')],
    ['a tx', altered(`/block?height=${LIE}`, /("txs":\s*\[\s*").{4}/, 'AAAA')],
    ['the results', altered(`/block_results?height=${LIE}`, /("code":\s*)\d+/, '7')],
    ['the shape of results', altered(`/block_results?height=${LIE}`, /("gasUsed)(?=")/, 'X')],
  ])('%s of the newest block is corrected by the other, and left alone', async (_what, lie) => {
    const { liar, honest } = await follow();
    // The other one comes to the block while the liar answers, so that the liar is the one that is asked.
    lieOf(liar, (route, answer) => {
      const fault = lie(route, answer);
      if (fault !== undefined && honest.head < LIE) honest.advance(LIE);
      return fault;
    });
    for (let height = FIRST + 1; height < LIE; height++) await advance(liar, honest, height);
    liar.advance(LIE);
    await following.untilThere({ from: FIRST, to: LIE });
    for (let height = LIE + 1; height <= LAST; height++) await advance(liar, honest, height);
    await following.until('it is named', () => troubleOf(liar) !== undefined);
    expect(troubleOf(liar)).toContain(liar.url);
    expect(troubleOf(honest)).toBeUndefined();
    expect(following.lines).toEqual([]);
    await expectHonestTables();
    expect(liar.routes.filter((route) => route === `/block?height=${LAST}`)).toEqual([]);
  });

  test('the newest block before the other has it waits for the other', async () => {
    const { liar, honest } = await follow();
    lieOf(liar, altered(`/block?height=${LIE}`, /("txs":\s*\[\s*").{4}/, 'AAAA'));
    await advance(liar, honest, LIE - 1);
    liar.advance(LIE);
    await following.until('it is told', () => following.lines.length > 0);
    expect(following.lines[0]).toMatch(/^read block 285 of devnet-col4-a: refuted at 1 of 2 endpoints: /);
    for (let height = LIE; height <= LAST; height++) await advance(liar, honest, height);
    await expectHonestTables();
  });
});

const telling = (status: string, headOf: (head: number) => number): Fault => ({
  kind: 'answer',
  body: status.replace(
    /("latest_block_height":\s*")(\d+)/,
    (_all, name, head) => `${name}${headOf(Number(head))}`,
  ),
});

describe('an endpoint that leads and tells of a block that it does not have', () => {
  test.each([1, 20, 1_000_000])('%d above is left for the other', async (above) => {
    const { liar, honest } = await follow();
    await advance(liar, honest, FIRST + 1);
    lieOf(liar, (route, answer) =>
      route === '/status' ? telling(answer, (head) => head + above) : undefined,
    );
    for (let height = FIRST + 2; height <= LAST; height++) await advance(liar, honest, height);
    expect(following.lines).toEqual([]);
    if (above > 1) await following.until('it is named', () => troubleOf(liar) !== undefined);
    if (above > 1) expect(troubleOf(liar)).toMatch(/^it tells of block \d+, and does not have it$/);
    expect(troubleOf(honest)).toBeUndefined();
    await expectHonestTables();
    expect(await followed.store.gaps()).toEqual([]);
  });

  test('from the beginning is not used at all', async () => {
    const [liar, honest] = nodes;
    lieOf(liar, (route, answer) => (route === '/status' ? telling(answer, () => 1_000_000) : undefined));
    following = followInto(followed, CHAIN, [nodes.map(({ url }) => url)], { backfill: 'none' });
    for (let height = FIRST; height <= LAST; height++) await advance(liar, honest, height);
    await following.until('it is named', () => troubleOf(liar) !== undefined);
    expect(troubleOf(liar)).toMatch(
      /expected block 1000000, of which its status tells, found that it does not have it/,
    );
    await expectHonestTables();
    expect(await followed.store.gaps()).toEqual([]);
  });
});

test('an endpoint that leads and is silent about the newest block is left for the other', async () => {
  const { liar, honest } = await follow();
  lieOf(liar, (route) =>
    route === `/block?height=${LIE}` ? { kind: 'answer', status: 503, body: '' } : undefined,
  );
  for (let height = FIRST + 1; height <= LAST; height++) await advance(liar, honest, height);
  expect(following.lines).toEqual([]);
  await expectHonestTables();
});

describe('a cross-check at the head', () => {
  test('waits for the endpoint that comes to a block later', async () => {
    const { liar: leader, honest: later } = await follow({ crossCheck: true });
    for (let height = FIRST + 1; height <= LAST; height++) {
      leader.advance(height);
      const asked = (): boolean => later.routes.includes(`/block_results?height=${height}`);
      await following.until('the other is asked', asked);
      later.advance(height);
      await following.untilThere({ from: FIRST, to: height });
    }
    expect(following.lines).toEqual([]);
    await expectHonestTables();
  });

  test('reports what no hash covers, does not write it, and goes on', async () => {
    const { liar, honest } = await follow({ crossCheck: true });
    lieOf(liar, altered(`/block_results?height=${LIE}`, /("log":\s*")/, 'a lie '));
    await advance(liar, honest, LIE - 1);
    honest.advance(LIE);
    liar.advance(LIE);
    await following.until('it is told', () => following.lines.length > 0);
    expect(following.lines[0]).toMatch(/^cross-check block 285: results: .*; going on without this height$/);
    honest.advance(LIE + 1);
    liar.advance(LIE + 1);
    await following.untilThere({ from: LIE + 1, to: LIE + 1 });
    expect(await followed.store.missing(CHAIN, { from: FIRST, to: LIE + 1 }, ['blocks'])).toEqual([
      { from: LIE, to: LIE },
    ]);
    expect(await followed.store.query('select from_height::int, reason from baleen.failed_ranges')).toEqual([
      { from_height: LIE, reason: expect.stringMatching(/^cross-check block 285/) },
    ]);
  });
});
