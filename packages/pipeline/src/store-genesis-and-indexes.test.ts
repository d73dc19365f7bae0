import { sourceAt } from '@baleen/source';
import { openStore } from '@baleen/store';
import { createDatabase, describeChain, fixtureData } from '@baleen/testing';
import { expect, test } from 'vitest';
import { storeGenesisAndIndexes } from './store-genesis-and-indexes.ts';
import { indexRanges } from './walk/index-ranges.ts';
import { openBlocks } from './walk/open-blocks.ts';

test('who interrupts the building of indexes does not wait for all of them, and the next call builds the rest', async () => {
  const database = await createDatabase();
  const store = await openStore(database.url);
  using source = await openBlocks(sourceAt(fixtureData('terra-columbus4-devnet')));
  const { chainId } = source.info;
  const range = { from: 1, to: 20 };
  await store.prepareChain(describeChain(chainId, { source: range, wanted: range }));
  await indexRanges({ source, store, chainId, ranges: [range], workers: 1 });

  const unbuilt = async (): Promise<number> => (await store.status())[0]!.missingIndexes.length;
  const complete = (stop: AbortController, onIndexes = (): void => undefined): Promise<void> =>
    storeGenesisAndIndexes(source, store, { wroteBlocks: true, signal: stop.signal, onIndexes });
  const all = await unbuilt();
  const stop = new AbortController();
  await complete(stop, () => stop.abort());
  expect(await unbuilt()).toBe(all);
  await complete(new AbortController());
  expect(await unbuilt()).toBe(0);
  await store.close();
  await database.drop();
});
