import { dirname } from 'node:path';
import { type FixtureName, fixtureData } from '@baleen/testing';
import { expect, test } from 'vitest';
import { compareRpc } from './rpc.ts';

test.each<[FixtureName, string, number]>([
  ['terra-columbus4-devnet', 'data', 290],
  ['terra-columbus4-devnet', 'data-killed', 298],
  ['terra-columbus5-devnet', 'data', 306],
  ['terra-columbus5-devnet', 'data-killed', 167],
])('%s %s: the tables are the same from the directory and over RPC', async (name, data, to) => {
  const directory = dirname(fixtureData(name));
  const compared = await compareRpc(directory, data, process.env.BALEEN_TEST_DATABASE_URL!);
  expect(compared).toEqual({ from: 1, to, differences: [] });
});
