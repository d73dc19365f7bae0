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

test('of an interrupted verification only the heights that were read count as verified', async () => {
  const database = await createDatabase({ holding: 'terra-columbus4-devnet' });
  const store = await openStore(database.url);
  const stopping = new AbortController();
  const report = await verifyChain({
    store,
    source: { kind: 'stored', databaseUrl: database.url, chainId: CHAIN, isAsWritten: true },
    range: { from: 1, to: 290 },
    looksBesides: true,
    checksSignatures: false,
    workers: 1,
    signal: stopping.signal,
    onProgress: () => stopping.abort(),
  });
  expect(report).toMatchObject({ interrupted: true, faultCount: 0, missing: [] });
  expect(report.verified).toEqual([{ from: 1, to: expect.any(Number) }]);
  expect(report.verified[0]!.to).toBeLessThan(290);
  await store.close();
  await database.drop();
});

test('an application that this version does not know is named, with what to do', async () => {
  const database = await createDatabase({ holding: 'terra-columbus4-devnet' });
  const store = await openStore(database.url);
  await database.query(`update baleen_store.applications set application = 'columbus-9'`);
  await expect(
    verifyChain({
      store,
      source: { kind: 'stored', databaseUrl: database.url, chainId: CHAIN, isAsWritten: true },
      range: { from: 1, to: 10 },
      looksBesides: false,
      checksSignatures: false,
      workers: 1,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    }),
  ).rejects.toMatchObject({
    kind: 'operator',
    code: 'CLI_APPLICATION',
    message: expect.stringContaining('found columbus-9 in the database'),
  });
  await store.close();
  await database.drop();
});
