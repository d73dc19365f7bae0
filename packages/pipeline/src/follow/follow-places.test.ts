/** Following a node's folder and an RPC endpoint, one in the place of the other. */
import { renameSync } from 'node:fs';
import { fixture, type ReplayNode, replayNode, type SlowNode, startSlowNode } from '@baleen/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FollowOptions } from './follow.ts';
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
const [HEAD, LAST] = [6, 25];
const ALL = { from: HEAD, to: LAST };
/** Without a block for longer than this, the next source is tried. */
const HALT_AFTER_MS = 300;

let indexed: Map<string, string>;
let followed: Followed;
let following: Following;
let folder: SlowNode;
let node: ReplayNode;
let isAway = false;
let silenceMs: number;

beforeAll(async () => {
  indexed = await indexedTables(FILES, ALL, 1);
});
beforeEach(async () => {
  isAway = false;
  silenceMs = HALT_AFTER_MS + 1;
  folder = await startSlowNode('terra-columbus5-devnet', HEAD);
  node = await replayNode(FILES, {
    head: HEAD,
    fault: () => (isAway ? { kind: 'cut', bytes: 0 } : undefined),
  });
  followed = await openFollowed();
});

async function follow(more: Partial<FollowOptions> = {}): Promise<void> {
  const places = [[folder.path], [node.url]];
  following = followInto(followed, CHAIN, places, { haltAfterMs: HALT_AFTER_MS, from: HEAD, ...more });
  await untilHeight(HEAD);
}
afterEach(async () => {
  await following.stop().catch(() => undefined);
  await folder.stop();
  await node.close();
  await dropFollowed(followed);
});

async function growFolder(from: number, to: number): Promise<void> {
  for (let height = from; height <= to; height++) {
    await folder.block(height);
    await folder.results(height);
  }
  await untilHeight(to);
}

/** While the folder is silent. */
function growNode(to: number): Promise<void> {
  node.advance(to);
  beSilent();
  return untilHeight(to);
}

const untilHeight = (to: number): Promise<void> => following.untilThere({ from: HEAD, to });

async function expectIndexed(): Promise<void> {
  const { progress } = await following.stop();
  // Each height once.
  expect(progress.heights).toBe(LAST - HEAD + 1);
  expect(await tablesOf(followed)).toEqual(indexed);
}

/** Nothing comes from the source that is followed for so long that it is left. Each silence is far longer than those before: ten usual
 * intervals between blocks are borne, and where few blocks were seen one by one, the silence before is a usual one. */
function beSilent(): void {
  following.pass(silenceMs);
  silenceMs *= 20;
}

async function leaveFor(address: string): Promise<void> {
  beSilent();
  await following.until(`${address} is followed`, () => following.address === address);
}

test('a folder whose head stays behind is left for the endpoint, and taken again when that is away', async () => {
  await follow();
  await growFolder(HEAD + 1, 15);
  await growNode(20);
  isAway = true;
  beSilent();
  // What the endpoint had written meanwhile, and more.
  await growFolder(16, LAST);
  await expectIndexed();
});

test('a chain that has halted is followed on at whichever goes on first', async () => {
  await follow();
  await growFolder(HEAD + 1, 15);
  await leaveFor(node.url);
  await leaveFor(folder.path);
  await leaveFor(node.url);
  beSilent();
  await growFolder(16, LAST);
  await expectIndexed();
});

test('a folder that is gone is left for the endpoint, also behind the head, and taken when it is there again', async () => {
  await follow({ leapHeights: 3 });
  await growFolder(HEAD + 1, 15);
  await folder.stop();
  renameSync(folder.path, `${folder.path}-gone`);
  await growNode(20);
  isAway = true;
  beSilent();
  await following.until('both are missed', () => following.lines.some((line) => /no such path/.test(line)));
  renameSync(`${folder.path}-gone`, folder.path);
  await folder.start();
  await growFolder(16, LAST);
  await expectIndexed();
});
