import { buildBlocks, createDatabase, describeChain, type TestDatabase } from '@baleen/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type SourceReport, type Store, type WorkerIdentity } from '../index.ts';
import { encodeBlocks } from '../write/encode.ts';

const worker = (workerId: string, host = 'one'): WorkerIdentity => ({
  ...{ workerId, host, pid: 7, command: 'index' },
  startedAt: new Date('2026-01-01T00:00:00Z'),
});
const NOTHING = { heights: 0, rows: 0, bytes: 0, heightsPerSecond: 0, rssBytes: 1 };
const rpc: SourceReport = {
  ...{ address: 'http://node:26657', backend: 'rpc', version: '0.34.14', base: 1, head: 90 },
  ...{ requests: 10, errors: 1, bytes: 1000, concurrency: 4, trouble: undefined },
};
const folder: SourceReport = {
  ...rpc,
  address: '/node/data',
  backend: 'goleveldb',
  head: 80,
  concurrency: 0,
};

describe('what processes tell of their work', () => {
  let database: TestDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await createDatabase();
    store = await openStore(database.url);
    await store.prepareChain(describeChain());
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  /** Moves all reports into the past. */
  const age = async (interval: string): Promise<void> => {
    for (const table of ['workers', 'sources'])
      await store.query(`update baleen_store.${table} set last_seen = last_seen - $1::interval`, [interval]);
  };
  const sources = () =>
    store.query(
      `select address, host, requests::int, errors::int, concurrency, head_height::int as head, trouble, readers
       from baleen.sources where chain_id = 'test-1' order by address, host`,
    );

  it('an endpoint is one row, whoever asks it; a folder is one of its machine', async () => {
    await store.reportSources(worker('a'), 'test-1', [rpc, folder]);
    await store.reportSources(worker('b', 'two'), 'test-1', [{ ...rpc, head: 91 }, folder]);
    expect(await sources()).toEqual([
      {
        ...{ address: '/node/data', host: 'one', requests: 10, errors: 1 },
        concurrency: 0,
        head: 80,
        trouble: null,
        readers: 1,
      },
      {
        ...{ address: '/node/data', host: 'two', requests: 10, errors: 1 },
        concurrency: 0,
        head: 80,
        trouble: null,
        readers: 1,
      },
      {
        ...{ address: 'http://node:26657', host: '', requests: 20, errors: 2 },
        concurrency: 8,
        head: 91,
        trouble: null,
        readers: 2,
      },
    ]);
  });

  it('what an endpoint told last stays when nobody reads it, and makes way for who reads it then', async () => {
    await store.reportSources(worker('a'), 'test-1', [{ ...rpc, trouble: 'HTTP status 503' }]);
    await age('31 seconds');
    expect(await sources()).toMatchObject([
      { requests: 10, concurrency: 0, trouble: 'HTTP status 503', readers: 0 },
    ]);
    await store.reportSources(worker('b'), 'test-1', [{ ...rpc, requests: 3 }]);
    expect(await sources()).toMatchObject([{ requests: 3, concurrency: 4, trouble: null, readers: 1 }]);
    await store.forgetWorker('b');
    expect(await sources()).toMatchObject([{ requests: 3, concurrency: 0, readers: 0 }]);
    await store.reportSources(worker('c'), 'test-1', [{ ...rpc, requests: 5 }]);
    expect(await sources()).toMatchObject([{ requests: 5, readers: 1 }]);
  });

  it('trouble has a beginning, and ends', async () => {
    const since = async () => (await store.status())[0]!.sources[0]!.troubleSince;
    await store.reportSources(worker('a'), 'test-1', [{ ...rpc, trouble: 'HTTP status 503' }]);
    const begun = await since();
    await store.reportSources(worker('a'), 'test-1', [{ ...rpc, trouble: 'HTTP status 429' }]);
    expect(await since()).toEqual(begun);
    await store.reportSources(worker('a'), 'test-1', [rpc]);
    expect(await since()).toBeUndefined();
  });

  it('a worker that stops to report is lost, and gone after a day; one that ends is gone at once', async () => {
    const state = async () =>
      (await store.status())[0]!.workers.map(({ workerId, state }) => [workerId, state]);
    const report = { chainId: 'test-1', doing: 'blocks 1..9', ...NOTHING, heights: 4, heightsPerSecond: 2 };
    await store.reportWorker({ worker: worker('a'), ...report });
    expect(await state()).toEqual([['a', 'working']]);
    await age('31 seconds');
    await store.reportWorker({ worker: worker('b'), ...report });
    expect(await state()).toEqual([
      ['a', 'lost'],
      ['b', 'working'],
    ]);
    expect((await store.status())[0]).toMatchObject({ heightsPerSecond: 2 });
    await store.forgetWorker('b');
    await age('1 day');
    await store.reportWorker({ worker: worker('c'), ...report, chainId: undefined });
    expect(await state()).toEqual([]);
    expect(await store.waitingWorkers()).toMatchObject([{ workerId: 'c', doing: 'blocks 1..9' }]);
  });

  it('a worker that has found work waits no more', async () => {
    await store.reportWorker({
      worker: worker('a'),
      chainId: undefined,
      doing: 'waiting for work',
      ...NOTHING,
    });
    await store.reportWorker({ worker: worker('a'), chainId: 'test-1', doing: 'reading', ...NOTHING });
    expect(await store.query('select chain_id, doing from baleen.workers')).toEqual([
      { chain_id: 'test-1', doing: 'reading' },
    ]);
  });

  it('a worker says since when it does what it does', async () => {
    const since = async () => (await store.status())[0]!.workers[0]!.doingSince;
    await store.reportWorker({ worker: worker('a'), chainId: 'test-1', doing: 'one', ...NOTHING });
    const first = await since();
    await store.reportWorker({
      worker: worker('a'),
      chainId: 'test-1',
      doing: 'one',
      ...NOTHING,
      heights: 5,
    });
    expect(await since()).toEqual(first);
    await store.reportWorker({ worker: worker('a'), chainId: 'test-1', doing: 'two', ...NOTHING });
    expect((await since()).getTime()).toBeGreaterThan(first.getTime());
  });

  it('status tells blocks behind the sources, and how long what is missing takes', async () => {
    await store.write(encodeBlocks(buildBlocks({ count: 70 })));
    await store.reportSources(worker('a'), 'test-1', [rpc, folder]);
    const report = { doing: 'blocks', ...NOTHING, heightsPerSecond: 10 };
    await store.reportWorker({ worker: worker('a'), chainId: 'test-1', ...report });
    const [status] = await store.status();
    expect(status).toMatchObject({
      sourceHead: 90,
      lagBlocks: 20,
      missing: [{ from: 71, to: 100 }],
      secondsLeft: 3,
    });
  });

  it('storage tells the bytes of each table, of a chain where it has partitions', async () => {
    await store.write(encodeBlocks(buildBlocks({ count: 70 })));
    await store.finish('test-1');
    const [events] = await store.query(
      `select rows_estimate::int as rows, partitions, heap_bytes + index_bytes + toast_bytes = total_bytes as adds_up,
         total_bytes = pg_total_relation_size('baleen_store.events_1_0') as is_all, index_bytes > 0 as indexed
       from baleen.storage where chain_id = 'test-1' and lineage = 'test-1' and table_name = 'events'`,
    );
    expect(events).toEqual({ rows: 70 * 6, partitions: 1, adds_up: true, is_all: true, indexed: true });
    const [all] = await store.query(
      `select sum(total_bytes)::int8 = (
         select sum(pg_total_relation_size(oid)) from pg_class where relnamespace = 'baleen_store'::regnamespace and relkind = 'r'
       ) as is_all, bool_or(chain_id is null and table_name = 'tx_hashes') as has_unpartitioned from baleen.storage`,
    );
    expect(all).toEqual({ is_all: true, has_unpartitioned: true });
  });

  it('the reader may see all four', async () => {
    for (const view of ['sources', 'workers', 'storage', 'undecoded'])
      await store.query(`begin; set local role baleen_reader; select * from baleen.${view}; rollback`);
  });
});
