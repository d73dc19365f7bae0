import { setTimeout as sleep } from 'node:timers/promises';
import { buildBlocks, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lease, openStore, type Store } from '../index.ts';
import { encodeBlocks } from '../write/encode.ts';

const chainId = 'test-1';
const HOUR_MS = 3_600_000;

describe('a lease', () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(describeChain(chainId));
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  const blocks = buildBlocks({ count: 60 });
  const batch = (from: number, to: number) => encodeBlocks(blocks.slice(from - 1, to));
  const take = (from: number, to: number, holder: string, forMs: number): Promise<Lease | undefined> =>
    store.takeLease({ chainId, range: { from, to }, holder, forMs });
  const written = (from: number, to: number) => store.missing(chainId, { from, to }, ['blocks']);

  test('is of one worker at a time, until it is released', async () => {
    const first = await take(1, 10, 'one', HOUR_MS);
    expect(await take(1, 10, 'two', HOUR_MS)).toBeUndefined();
    expect(await take(11, 20, 'two', HOUR_MS)).toBeDefined();
    await store.releaseLease(first!);
    expect((await take(1, 10, 'two', HOUR_MS))!.token).toBeGreaterThan(first!.token);
  });

  test('that has expired is taken over, and cannot be renewed or released by who held it', async () => {
    const slept = (await take(21, 30, 'one', 1))!;
    await sleep(10);
    const taken = (await take(21, 30, 'two', HOUR_MS))!;
    expect(await store.renewLease(slept, HOUR_MS)).toBe(false);
    await store.releaseLease(slept);
    expect(await store.renewLease(taken, HOUR_MS)).toBe(true);
  });

  test('that was taken over writes nothing; the new one does', async () => {
    const slept = (await take(31, 40, 'one', 1))!;
    await sleep(10);
    const taken = (await take(31, 40, 'two', HOUR_MS))!;
    await expect(store.write(batch(31, 35), slept)).rejects.toMatchObject({
      code: 'STORE_FENCED',
      message: `write blocks 31..40 of test-1: expected to hold lease ${slept.token}, found that two holds the range now; nothing written; this process was silent for too long, the other goes on`,
    });
    expect(await written(31, 40)).toEqual([{ from: 31, to: 40 }]);
    expect(await store.write(batch(31, 40), taken)).toBe('written');
  });

  test('that was taken over and finished meanwhile writes nothing, though another lease of the range may follow', async () => {
    const slept = (await take(41, 50, 'one', 1))!;
    await sleep(10);
    await store.releaseLease((await take(41, 50, 'two', HOUR_MS))!);
    await expect(store.write(batch(41, 50), slept)).rejects.toThrow(/was finished by another worker/);
    await take(41, 50, 'three', HOUR_MS);
    await expect(store.write(batch(41, 50), slept)).rejects.toThrow(/three holds the range now/);
    expect(await written(41, 50)).toEqual([{ from: 41, to: 50 }]);
  });

  test('that expired and was not taken over still writes', async () => {
    const lease = (await take(51, 60, 'one', 1))!;
    await sleep(10);
    expect(await store.write(batch(51, 60), lease)).toBe('written');
  });

  test('that was taken over from a worker that stands still in the middle of a write does not wait for it', async () => {
    const asleep = new pg.Client({ connectionString: database.url, application_name: 'baleen sleeper' });
    const ended = new Promise((resolve) => asleep.on('error', resolve));
    await asleep.connect();
    await take(2, 60, 'sleeper', 1);
    await sleep(10);
    await asleep.query('begin');
    await asleep.query("select from baleen_store.leases where holder = 'sleeper' for share");
    expect(await take(2, 60, 'two', HOUR_MS)).toBeDefined();
    expect(await ended).toMatchObject({ code: '57P01' });
  });

  test('is taken over only when a write that has passed the check is committed', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await take(1, 60, 'one', 1);
    await sleep(10);
    // As a write holds it between its check and its commit.
    await client.query('begin');
    await client.query(
      "select from baleen_store.leases where holder = 'one' and from_height = 1 and to_height = 60 for share",
    );
    let isTaken = false;
    const taking = take(1, 60, 'two', HOUR_MS).then((lease) => {
      isTaken = true;
      return lease;
    });
    const waiting = `select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await store.query(waiting))[0]!.n === 0) await sleep(10);
    expect(isTaken).toBe(false);
    await client.query('commit');
    expect(await taking).toBeDefined();
    await client.end();
  });
});

describe('a failed range', () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(describeChain(chainId));
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  const blocks = buildBlocks({ count: 20 });
  const failed = () => store.failedRanges(chainId, { from: 1, to: 20 });

  test('is remembered with its next try, counted, and due at once when somebody asks', async () => {
    const nextTry = new Date(Date.now() + HOUR_MS);
    await store.recordFailure(chainId, { from: 1, to: 10 }, 'the node is away', nextTry);
    await store.recordFailure(chainId, { from: 1, to: 10 }, 'it still is', nextTry);
    await store.recordFailure(chainId, { from: 15, to: 15 }, 'a bad block');
    expect(await failed()).toEqual([
      { from: 1, to: 10, nextTry },
      { from: 15, to: 15, nextTry: null },
    ]);
    expect(
      await store.query('select attempts, reason from baleen.failed_ranges order by from_height'),
    ).toEqual([
      { attempts: 2, reason: 'it still is' },
      { attempts: 1, reason: 'a bad block' },
    ]);
    await store.retryFailures(chainId, { from: 12, to: 20 });
    expect((await failed())[1]!.nextTry!.getTime()).toBeLessThanOrEqual(Date.now() + 1000);
  });

  test('is forgotten when the last of its heights is written, and not before', async () => {
    await store.write(encodeBlocks(blocks.slice(0, 4)));
    expect((await failed()).map(({ from, to }) => [from, to])).toEqual([
      [1, 10],
      [15, 15],
    ]);
    await store.write(encodeBlocks(blocks.slice(4, 10)));
    expect((await failed()).map(({ from, to }) => [from, to])).toEqual([[15, 15]]);
    await store.write(encodeBlocks(blocks.slice(10, 20)));
    expect(await failed()).toEqual([]);
  });
});
