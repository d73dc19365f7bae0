import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { BaleenError } from '@baleen/chain';
import { ChainSession } from '@baleen/pipeline';
import { sourceAt } from '@baleen/source';
import type { Store } from '@baleen/store';
import {
  createDatabase,
  type FixtureName,
  fixture,
  fixtureData,
  indexHere,
  replayRpc,
  temporaryFolder,
  writeLevelDb,
} from '@baleen/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, backends, LEASE_SECONDS, needsBackend, openBench } from '../test/backends.ts';
import { type Enqueued, enqueue } from './enqueue.ts';
import type { OpenSession } from './source-cache.ts';
import { timingOf } from './timing.ts';
import { runWorker, type WorkerOptions, type WorkerReport } from './worker.ts';

/** As many heights as six and seven jobs need. */
const CHAINS = {
  'devnet-col4-a': { name: 'terra-columbus4-devnet', to: 120 },
  'baleen-col5-a': { name: 'terra-columbus5-devnet', to: 140 },
} as const satisfies Record<string, { name: FixtureName; to: number }>;
type ChainId = keyof typeof CHAINS;

const pathOf = (chainId: ChainId): string => fixtureData(CHAINS[chainId].name);

const openInto =
  (store: Store): OpenSession =>
  (refs) =>
    ChainSession.open(refs, {
      ...{ store, trust: false, command: 'worker' },
      signal: new AbortController().signal,
    });

let wanted: Map<string, string>;
beforeAll(async () => {
  const indexed = await createDatabase();
  await indexHere(pathOf('devnet-col4-a'), indexed.url, '--no-state', '--heights', '1..120');
  wanted = await indexed.checksums();
  await indexed.drop();
});

describe.each(backends)('workers with a queue in %s', (backend) => {
  let bench: Bench;
  beforeEach(needsBackend(backend));
  beforeEach(async () => {
    bench = (await openBench(backend))!;
  });
  afterEach(() => bench?.close());

  async function ask(chainId: ChainId, path = pathOf(chainId), rangeSize = 20): Promise<Enqueued> {
    using session = await openInto(bench.store)([sourceAt(path)]);
    await session.prepare(session.sources[0], { from: 1, to: CHAINS[chainId].to });
    const asked = { chainId, source: chainId, from: 1, to: CHAINS[chainId].to, rangeSize, addresses: [] };
    return enqueue(asked, session, bench.store, await bench.openQueues());
  }

  async function work(more: Partial<WorkerOptions> = {}): Promise<WorkerReport> {
    return runWorker({
      store: bench.store,
      queues: await bench.openQueues(),
      timing: timingOf(LEASE_SECONDS),
      holder: `test:${process.pid}`,
      sources: new Map(Object.keys(CHAINS).map((id) => [id, [pathOf(id as ChainId)]])),
      openSession: openInto(bench.store),
      concurrency: 1,
      drain: true,
      signal: new AbortController().signal,
      workers: 1,
      walk: () => ({}),
      say: () => undefined,
      ...more,
    });
  }

  const loseQueue = async (): Promise<void> => {
    if (bench.redis !== undefined) await bench.redis.wipe();
    else await bench.store.query('delete from bullmq.job');
  };

  const leases = () => bench.store.query('select * from baleen_store.leases');

  test('three at once give the very tables that indexing gives, and leave nothing behind', async () => {
    expect(await ask('devnet-col4-a')).toEqual({ jobs: 6, heights: 120 });
    expect(await ask('devnet-col4-a')).toEqual({ jobs: 6, heights: 120 });
    const reports = await Promise.all([work(), work(), work()]);
    expect(reports.reduce((sum, { jobs }) => sum + jobs.written, 0)).toBe(6);
    expect(await bench.database.checksums()).toEqual(wanted);
    expect(await leases()).toEqual([]);
    expect(await bench.store.enqueued()).toEqual([]);
    expect(await ask('devnet-col4-a')).toEqual({ jobs: 0, heights: 0 });
  });

  test('a queue that is lost with its jobs is made anew from the ledger', async () => {
    await ask('devnet-col4-a');
    let lost: Promise<void> | undefined;
    const walk = () => ({ onWritten: () => void (lost ??= loseQueue()) });
    await work({ walk });
    await lost;
    expect(await bench.database.checksums()).toEqual(wanted);
  });

  test('two chains have their turns', async () => {
    await ask('devnet-col4-a');
    await ask('baleen-col5-a');
    const turns: string[] = [];
    await work({ walk: ({ chainId }) => ({ end: () => void turns.push(chainId) }) });
    expect(turns).toHaveLength(13);
    for (let count = 2; count <= 12; count += 2) {
      const first = turns.slice(0, count).filter((chainId) => chainId === turns[0]).length;
      expect(first).toBe(count / 2);
    }
  });

  test('one that is stopped gives its job back, and another goes on at once', async () => {
    await ask('devnet-col4-a', undefined, 120);
    const stop = new AbortController();
    const walk = () => ({ onEndpoints: () => stop.abort() });
    expect(await work({ signal: stop.signal, walk })).toMatchObject({
      jobs: { givenBack: 1, written: 0, failed: 0 },
      interrupted: true,
    });
    expect(await leases()).toEqual([]);
    expect((await work()).jobs).toMatchObject({ written: 1, failed: 0 });
    expect(await bench.database.checksums()).toEqual(wanted);
  });

  test('a bad block is told in failed_ranges and not tried again; all others are written; a sound copy mends it', async () => {
    const broken = join(temporaryFolder('broken'), 'data');
    cpSync(pathOf('devnet-col4-a'), broken, { recursive: true });
    for (const height of [64, 73])
      await writeLevelDb(join(broken, 'blockstore.db'), [[`P:${height}:0`, new Uint8Array([0x12, 2, 1, 2])]]);
    await ask('devnet-col4-a', broken);
    const report = await work({ sources: new Map([['devnet-col4-a', [broken]]]) });
    expect(report.jobs).toMatchObject({ written: 5, failed: 1 });
    expect(report.failing).toMatchObject([{ chainId: 'devnet-col4-a', from: 1, to: 120 }]);
    expect(
      await bench.store.query(
        'select from_height::int as height, attempts, next_try from baleen.failed_ranges order by 1',
      ),
    ).toEqual([
      { height: 64, attempts: 1, next_try: null },
      { height: 73, attempts: 1, next_try: null },
    ]);
    expect(await bench.store.missing('devnet-col4-a', { from: 1, to: 120 }, ['blocks'])).toEqual([
      { from: 64, to: 64 },
      { from: 73, to: 73 },
    ]);
    expect(await ask('devnet-col4-a')).toEqual({ jobs: 1, heights: 2 });
    await work();
    expect(await bench.database.checksums()).toEqual(wanted);
  });

  test('a source that is away is tried again by itself', async () => {
    await ask('devnet-col4-a', undefined, 120);
    let opened = 0;
    const open = openInto(bench.store);
    const flaky: OpenSession = (refs) => {
      if (opened++ > 2) return open(refs);
      throw new BaleenError('source', 'SOURCE_UNREACHABLE', 'connect to the node: refused');
    };
    const told: string[] = [];
    await work({ openSession: flaky, say: (line) => told.push(line) });
    expect(told.join('\n')).toContain('connect to the node: refused');
    expect(await bench.database.checksums()).toEqual(wanted);
  });

  // What has no part of the queue in it is tried on one of them.
  if (backend === 'redis') return;

  test('a height whose results a node never shows is told in failed_ranges; all others are written, and drain ends', async () => {
    const data = 'error marshalling response: cannot encode unregistered type crypto.PublicKey_Ed25519';
    const error = { code: -32603, message: 'Internal error', data };
    const node = await replayRpc([fixture('terra-columbus4-devnet', 'rpc.jsonl.gz')], {
      fault: (route) =>
        route === '/block_results?height=12'
          ? { kind: 'answer', status: 500, body: JSON.stringify({ jsonrpc: '2.0', id: -1, error }) }
          : undefined,
    });
    try {
      await ask('devnet-col4-a', node.url);
      const report = await work({ sources: new Map([['devnet-col4-a', [node.url]]]) });
      expect(report.failing).toMatchObject([{ chainId: 'devnet-col4-a' }]);
      expect(
        await bench.store.query(
          'select from_height::int as height, reason, next_try from baleen.failed_ranges',
        ),
      ).toEqual([{ height: 12, reason: expect.stringContaining('unregistered type'), next_try: null }]);
      expect(
        await bench.store.missing('devnet-col4-a', { from: 1, to: CHAINS['devnet-col4-a'].to }, ['blocks']),
      ).toEqual([{ from: 12, to: 12 }]);
    } finally {
      await node.close();
    }
  });

  test('a failure of a range that is there after all is forgotten', async () => {
    await ask('devnet-col4-a');
    // As after a write whose acknowledgement was lost.
    const later = new Date(Date.now() + 3_600_000);
    const walk = () => ({
      onWritten: () => void bench.store.recordFailure('devnet-col4-a', { from: 41, to: 60 }, 'lost', later),
    });
    await work({ walk });
    expect(await bench.database.checksums()).toEqual(wanted);
  });

  test('one whose source is of another chain says so and writes nothing', async () => {
    await ask('devnet-col4-a');
    const stop = new AbortController();
    const told: string[] = [];
    const say = (line: string): void => {
      told.push(line);
      stop.abort();
    };
    await work({
      sources: new Map([['devnet-col4-a', [pathOf('baleen-col5-a')]]]),
      signal: stop.signal,
      say,
    });
    expect(told[0]).toMatch(
      /^open source devnet-col4-a for a job of devnet-col4-a: .* is of baleen-col5-a; /,
    );
    expect(await bench.store.query('select count(*)::int as n from baleen.blocks')).toEqual([{ n: 0 }]);
  });

  test('one without the source leaves the job to others', async () => {
    await ask('devnet-col4-a');
    expect((await work({ sources: new Map([['another', ['/nowhere']]]) })).jobs.written).toBe(0);
    expect((await work()).jobs.written).toBe(6);
  });
});
