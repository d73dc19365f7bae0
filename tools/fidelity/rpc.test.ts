/** Each bundled chain indexed from the node's directory and over RPC, from the recorded answers of the same node. */
import { dirname, join } from 'node:path';
import {
  createDatabase,
  type FixtureName,
  fixtureData,
  indexHere,
  replayRpc,
  sumDifferences,
  type TestDatabase,
} from '@baleen/testing';
import { expect, test } from 'vitest';
import { ONLY_IN_DIRECTORY, recordings } from './rpc.ts';

async function indexed(source: string, heights: string): Promise<TestDatabase> {
  const database = await createDatabase();
  await indexHere(source, database.url, '--no-state', '--heights', heights);
  return database;
}

test.each<[FixtureName, string, string]>([
  ['terra-columbus4-devnet', 'data', '1..290'],
  ['terra-columbus4-devnet', 'data-killed', '1..298'],
  ['terra-columbus5-devnet', 'data', '1..306'],
  ['terra-columbus5-devnet', 'data-killed', '1..167'],
])('%s %s: the tables are the same from the directory and over RPC', async (name, data, heights) => {
  const directory = dirname(fixtureData(name));
  const node = await replayRpc(recordings(directory, data));
  const stored =
    data === 'data' ? await createDatabase({ holding: name }) : await indexed(join(directory, data), heights);
  const overRpc = await indexed(node.url, heights);
  const sums = [
    await stored.checksums(ONLY_IN_DIRECTORY),
    await overRpc.checksums(ONLY_IN_DIRECTORY),
  ] as const;
  expect(sumDifferences(...sums)).toEqual([]);
  // Not two empty databases.
  expect(sums[0].get('blocks')).toMatch(new RegExp(`^${heights.split('..')[1]} rows`));
  await node.close();
  await stored.drop();
  await overRpc.drop();
});
