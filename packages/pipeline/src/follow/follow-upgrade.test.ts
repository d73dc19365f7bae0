/** A node that is stopped while it is followed, and comes back as another one: at the worst moment, between an answer's question
 * and the answer. */
import { type Fault, fixture, type Identity, type ReplayNode, replayNode } from '@baleen/testing';
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

const CHAIN = 'baleen-col5-a';
const FILES = [fixture('terra-columbus5-devnet', 'rpc.jsonl.gz')];
const [FIRST, LAST] = [299, 306];
/** Where the node is stopped. */
const STOP = 301;
const ALL = { from: FIRST, to: LAST };
const HANGS_UP: Fault = { kind: 'cut', bytes: 0 };
const NEWER: Identity = { version: '0.37.2' };

/** Of a node that was of 0.34 all the time: what is written of a block is the same whatever node tells it. */
let indexed: Map<string, string>;
let followed: Followed;
let following: Following;
let nodes: ReplayNode[];
/** Replaces the node that is asked, which hangs up. */
let restart: ((node: ReplayNode, route: string) => boolean) | undefined;

async function start(head = FIRST): Promise<ReplayNode> {
  const node: ReplayNode = await replayNode(FILES, {
    ...{ base: FIRST, head },
    fault: (route) => (restart?.(node, route) ? HANGS_UP : undefined),
  });
  nodes.push(node);
  return node;
}

/** Once, when `route` is asked. */
function becomesAt(route: string, identity: Identity): void {
  restart = (node, asked) => {
    if (asked !== route) return false;
    restart = undefined;
    node.become(identity);
    return true;
  };
}

/** Without the params of consensus: 0.37 does not tell all that 0.34 told. */
async function contentOf(of: Followed): Promise<Map<string, string>> {
  const tables = await tablesOf(of);
  for (const table of ['consensus_params', 'consensus_params_ranges']) tables.delete(table);
  return tables;
}

beforeAll(async () => {
  indexed = await indexedTables(FILES, ALL, FIRST, contentOf);
});
beforeEach(async () => {
  nodes = [];
  restart = undefined;
  followed = await openFollowed();
});
afterEach(async () => {
  await following.stop().catch(() => undefined);
  for (const node of nodes) await node.close();
  await dropFollowed(followed);
});

async function grow(to = LAST): Promise<void> {
  for (let height = nodes[0]!.head + 1; height <= to; height++) {
    for (const node of nodes) node.advance(height);
    await following.untilThere({ from: FIRST, to: height });
  }
}

async function expectIndexed(): Promise<void> {
  await following.untilThere(ALL);
  await following.stop();
  expect(await contentOf(followed)).toEqual(indexed);
}

const followNodes = (): void => void (following = followInto(followed, CHAIN, [nodes.map(({ url }) => url)]));

describe('a node of 0.34 that comes back as one of 0.37', () => {
  test('after a while is followed on, and its other JSON understood', async () => {
    const node = await start();
    followNodes();
    await grow(STOP);
    let asked = 0;
    restart = () => ++asked > 0;
    await following.until('it is missed', () => asked > 2);
    node.become(NEWER);
    restart = undefined;
    await grow();
    await expectIndexed();
    expect(following.lines).toEqual([]);
  });

  test.each(['/block', '/block_results'])(
    'between the question for the newest %s and the answer',
    async (route) => {
      await start();
      followNodes();
      await grow(STOP);
      becomesAt(`${route}?height=${STOP + 1}`, NEWER);
      await grow();
      await expectIndexed();
      expect(following.lines).toEqual([]);
    },
  );

  test('while what lies behind the head is read', async () => {
    await start(LAST);
    becomesAt(`/block_results?height=${FIRST + 1}`, NEWER);
    followNodes();
    await expectIndexed();
  });

  test('beside another that stays is no liar', async () => {
    await start();
    await start();
    followNodes();
    await grow(STOP);
    becomesAt(`/block_results?height=${STOP + 1}`, NEWER);
    await grow();
    await expectIndexed();
    expect(following.lines).toEqual([]);
    expect([...following.health.values()].map(({ trouble }) => trouble)).toEqual([undefined, undefined]);
  });
});

describe('a node that comes back with another chain, between a question and the answer', () => {
  const written = () =>
    followed.store.query('select chain_id, max(height)::int as height from baleen.blocks group by 1');

  test.each(['/block', '/status'])('the next one of the lineage ends the following (%s)', async (route) => {
    await followed.store.query(`insert into baleen_store.lineages (chain_id, lineage, position)
      values ('${CHAIN}', 'devnet', 1), ('devnet-next', 'devnet', 2)`);
    await start();
    followNodes();
    await grow(STOP);
    becomesAt(route === '/status' ? route : `${route}?height=${STOP + 1}`, { chainId: 'devnet-next' });
    nodes[0]!.advance(STOP + 1);
    expect(await following.ended).toMatchObject({ ended: 'succeeded', successor: 'devnet-next' });
    expect(await written()).toEqual([{ chain_id: CHAIN, height: STOP }]);
  });

  test('any other is refused', async () => {
    await start();
    followNodes();
    await grow(STOP);
    becomesAt(`/block?height=${STOP + 1}`, { chainId: 'elsewhere-1' });
    nodes[0]!.advance(STOP + 1);
    await expect(following.ended).rejects.toThrow(
      /^follow baleen-col5-a at http:.*: expected that chain, found elsewhere-1, which does not continue it; nothing of it is written/,
    );
    expect(await written()).toEqual([{ chain_id: CHAIN, height: STOP }]);
  });
});
