import type { ApplicationChoice } from '@baleen/chain';
import { buildBlocks, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { encodeBlocks } from '../write/encode.ts';

const choice = (from: number, name: string, reason = 'the stores'): ApplicationChoice => ({
  from,
  name,
  reason,
});

describe('the applications of a chain', () => {
  let database: TestDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  /** A source that tells these applications. */
  const prepare = (...applications: ApplicationChoice[]): Promise<ApplicationChoice[]> =>
    store.prepareChain(describeChain('test-1', { applications }));
  const writeTo = (height: number) =>
    store.write(encodeBlocks(buildBlocks({ count: height, chainId: 'test-1' })));

  test('are those that the first source tells', async () => {
    expect(await store.applications('test-1')).toEqual([]);
    const told = [choice(1, 'one'), choice(50, 'two')];
    expect(await prepare(...told)).toEqual(told);
    expect(await store.applications('test-1')).toEqual(told);
    expect(await prepare(choice(1, 'other'))).toEqual(told);
    expect(await prepare()).toEqual(told);
  });

  test('go on with an upgrade above all blocks, where the source agrees up to there', async () => {
    await prepare(choice(1, 'one'));
    await writeTo(40);
    expect(await prepare(choice(1, 'one'), choice(30, 'two'))).toEqual([choice(1, 'one')]);
    expect(await prepare(choice(1, 'other'), choice(60, 'two'))).toEqual([choice(1, 'one')]);
    const longer = [choice(1, 'one'), choice(41, 'two')];
    expect(await prepare(...longer, choice(90, 'three'))).toEqual([...longer, choice(90, 'three')]);
    expect(await prepare(choice(1, 'one'), choice(41, 'two'), choice(80, 'late'))).toEqual([
      ...longer,
      choice(90, 'three'),
    ]);
  });

  test('are replaced as a whole, and forgotten with their chain', async () => {
    await prepare(choice(1, 'one'), choice(50, 'two'));
    await store.replaceApplications('test-1', [choice(1, 'three', 'given')]);
    expect(
      await database.query(
        'select from_height::int, to_height, application, reason from baleen.applications',
      ),
    ).toEqual([{ from_height: 1, to_height: null, application: 'three', reason: 'given' }]);
    await store.forget('test-1');
    expect(await store.applications('test-1')).toEqual([]);
    await expect(store.replaceApplications('test-1', [choice(1, 'one')])).rejects.toMatchObject({
      code: 'STORE_UNKNOWN_CHAIN',
    });
  });
});
