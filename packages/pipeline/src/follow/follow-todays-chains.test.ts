/** Recordings of devnets of today's software, played by a node that grows while it is followed. */
import { join } from 'node:path';
import { needsRealdata, realdata, replayNode } from '@baleen/testing';
import { describe, expect, test } from 'vitest';
import { dropFollowed, followInto, indexedTables, openFollowed, tablesOf } from './following.fixture.ts';

describe.each([
  ['CometBFT 0.37, Terra Classic 3', 'terra-classic3-devnet', 'devnet-classic3-a', 150],
  ['CometBFT 0.38, SDK 0.50', 'sdk050-comet038-devnet', 'baleen-sdk50-a', 300],
  ['CometBFT 0.38, SDK 0.53', 'wasmd-sdk053-devnet', 'devnet-sdk053-a', 200],
])('%s', (_, name, chainId, from) => {
  /** Heights that come one by one, after as many that are behind the head from the start. */
  const GROWS = 20;
  const range = { from, to: from + 2 * GROWS };

  test('followed block by block leaves the tables that indexing leaves', async (context) => {
    needsRealdata(`../fixtures/${name}`)(context);
    const files = [join(realdata(`../fixtures/${name}`)!, 'rpc.jsonl.gz')];
    const node = await replayNode(files, { base: from, head: from + GROWS });
    const followed = await openFollowed();
    const following = followInto(followed, chainId, [[node.url]]);
    try {
      for (let height = node.head + 1; height <= range.to; height++) {
        node.advance(height);
        await following.untilThere({ from: height, to: height });
      }
      await following.untilThere(range);
      await following.stop();
      expect(await tablesOf(followed)).toEqual(await indexedTables(files, range, from));
    } finally {
      await following.stop().catch(() => undefined);
      await node.close();
      await dropFollowed(followed);
    }
  });
});
