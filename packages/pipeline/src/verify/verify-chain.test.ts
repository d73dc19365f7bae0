import { openStore, type Store } from '@baleen/store';
import { createDatabase } from '@baleen/testing';
import { expect, test } from 'vitest';
import { verifyChain } from './verify-chain.ts';

const CHAIN = 'devnet-col4-a';

test('heights that somebody forgets while they are verified are missing, and no fault', async () => {
  const database = await createDatabase({ holding: 'terra-columbus4-devnet' });
  const store = await openStore(database.url);
  await store.forget(CHAIN, { range: { from: 100, to: 104 } });
  const answers = [[]];
  const before: Store = {
    ...store,
    // The heights were there when it was asked at first.
    missing: async (...asked) => answers.pop() ?? store.missing(...asked),
  };
  const report = await verifyChain({
    store: before,
    source: { kind: 'stored', databaseUrl: database.url, chainId: CHAIN, isAsWritten: true },
    range: { from: 90, to: 120 },
    looksBesides: false,
    checksSignatures: false,
    workers: 1,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  expect(report).toMatchObject({ faults: [], faultCount: 0, missing: [{ from: 100, to: 104 }] });
  await store.close();
  await database.drop();
});
