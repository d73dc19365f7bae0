/** A command that works for long, seen from outside: Prometheus, probes, and `baleen status` in another process. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  baleen,
  createDatabase,
  fixture,
  type ReplayServer,
  replayRpc,
  type Spawned,
  spawnBaleen,
  type TestDatabase,
  temporaryFolder,
  until,
} from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { metricTable } from './metric-table.ts';

const CHAIN = 'devnet-col4-a';
/** The node never answers for this block: the command is busy for as long as the test needs. */
const STALLED = 280;
const YEARS = '36500d';

describe('index while it works', () => {
  let database: TestDatabase;
  let env: NodeJS.ProcessEnv;
  let node: ReplayServer;
  let running: Spawned;
  let url: string;

  beforeAll(async () => {
    database = await createDatabase();
    env = { DATABASE_URL: database.url, BALEEN_DATA_DIR: temporaryFolder('data') };
    node = await replayRpc([fixture('terra-columbus4-devnet', 'rpc.jsonl.gz')], {
      fault: (route) => (route === `/block?height=${STALLED}` ? { kind: 'stall' } : undefined),
    });
    running = spawnBaleen(['index', node.url, '--metrics', '0', '--ready-lag', YEARS], env);
    url = await new Promise<string>((resolve) => {
      let said = '';
      running.child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const [, found] = /^metrics: (http:\/\/127\.0\.0\.1:\d+)\/metrics$/m.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    await until('blocks are written', async () => (await valueOfMetric('baleen_blocks_written_total')) > 100);
    // What the database is asked for is a little older than what the process counts.
    await until('the database was asked', async () => (await valueOfMetric('baleen_head_height')) > 100);
  });

  afterAll(async () => {
    running.child.kill('SIGKILL');
    await running.ended;
    await node.close();
    await database.drop();
  });

  const get = (path: string, method = 'GET') => fetch(`${url}${path}`, { method });
  const scrape = async (): Promise<string> => (await get('/metrics')).text();
  /** Sum over the labels; NaN: the metric is not there. */
  async function valueOfMetric(name: string): Promise<number> {
    const samples = [...(await scrape()).matchAll(new RegExp(`^${name}(?:\\{.*\\})? (.*)$`, 'gm'))];
    return samples.length === 0 ? Number.NaN : samples.reduce((sum, [, value]) => sum + Number(value), 0);
  }

  test('every metric of the table is there, with its help and kind', async () => {
    // What comes from the database and from the endpoints comes with their next report.
    await vi.waitFor(async () => {
      const text = await scrape();
      for (const { name, kind, help, labels } of metricTable) {
        expect(text).toContain(`# HELP ${name} ${help}`);
        expect(text).toContain(`# TYPE ${name} ${kind}`);
        if (name === 'baleen_jobs') continue;
        const shown = labels.map((label) => `${label}="[^"]+"`).join(',');
        expect(text).toMatch(new RegExp(`^${name}${shown === '' ? '' : `\\{${shown}\\}`} [\\d.e+-]+$`, 'm'));
      }
    }, 240_000);
  });

  test('names and units are as Prometheus wants them', () => {
    for (const { name, kind } of metricTable) {
      expect(name).toMatch(/^baleen_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(kind === 'counter');
    }
  });

  test('what is counted is what is in the database', async () => {
    const headInDatabase = async () =>
      JSON.parse((await baleen(['status', '--json'], env)).stdout).headHeight;
    // Until it has come to the stalled block, and the database has been asked since.
    await until('both agree', async () => {
      const blocks = await valueOfMetric('baleen_blocks_written_total');
      const head = await valueOfMetric('baleen_head_height');
      return blocks === head && blocks === (await headInDatabase());
    });
    const [blocks, head, missing] = [
      await valueOfMetric('baleen_blocks_written_total'),
      await valueOfMetric('baleen_head_height'),
      await valueOfMetric('baleen_missing_blocks'),
    ];
    expect(blocks).toBe(head);
    expect(missing).toBe(290 - blocks);
    expect(await valueOfMetric('baleen_lag_blocks')).toBe(290 - head);
    for (const name of [
      'txs_written_total',
      'rows_written_total',
      'written_bytes_total',
      'stage_seconds_total',
    ])
      expect(await valueOfMetric(`baleen_${name}`)).toBeGreaterThan(0);
    expect(await valueOfMetric('baleen_source_requests_total')).toBeGreaterThan(2 * blocks);
    expect(await valueOfMetric('baleen_database_up')).toBe(1);
  });

  test('memory and the event loop are told by the usual names', async () => {
    expect(await valueOfMetric('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(await valueOfMetric('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  });

  test('another process sees who works, how fast, and on what', async () => {
    const status = async () => JSON.parse((await baleen(['status', '--json'], env)).stdout);
    // The first report may be from before the first batch.
    await until('it indexes', async () => (await status()).workers[0]?.doing.startsWith('indexing'));
    const { workers, sources, heightsPerSecond, secondsLeft, lagBlocks } = await status();
    expect(workers[0]).toMatchObject({ command: 'index', state: 'working', pid: expect.any(Number) });
    expect(workers[0].doing).toMatch(/^indexing from http:\/\/127\.0\.0\.1:\d+, wrote \d+\.\.\d+$/);
    expect(sources[0]).toMatchObject({ address: node.url, backend: 'rpc', head: 290, readers: 1 });
    expect(heightsPerSecond).toBeGreaterThan(0);
    expect(secondsLeft).toBeGreaterThan(0);
    expect(lagBlocks).toBeGreaterThan(0);
    const { stdout } = await baleen(['status'], env);
    expect(stdout).toMatch(/^\S+:\d+ +index +devnet-col4-a +working +indexing from http:.*, wrote \d/m);
  });

  test('probes: alive, ready while the lag is allowed, nothing else', async () => {
    const alive = await get('/healthz');
    expect([alive.status, await alive.json()]).toEqual([200, { alive: true }]);
    const ready = await get('/readyz');
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { ready: true, reasons: [], chains: [{ chainId: CHAIN }] },
    ]);
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics', 'POST')).status).toBe(405);
  });

  test('a taken port is told with exit code 2, before anything is read', async () => {
    const port = new URL(url).port;
    const { code, stderr } = await baleen(['index', node.url, '--metrics', port], env);
    expect(stderr).toBe(
      `baleen: serve metrics on 127.0.0.1:${port}: another program listens there; choose another port with --metrics (0: any free one)\n`,
    );
    expect(code).toBe(2);
  });

  test('without its database it is alive, and not ready', async () => {
    await database.drop();
    await until('it is not ready', async () => (await get('/readyz')).status === 503);
    expect(await (await get('/readyz')).json()).toEqual({
      ready: false,
      reasons: ['the database does not answer'],
      chains: [],
    });
    expect((await get('/healthz')).status).toBe(200);
    expect(await valueOfMetric('baleen_database_up')).toBe(0);
    expect(await valueOfMetric('baleen_lag_seconds')).toBeNaN();
    expect(await valueOfMetric('baleen_blocks_written_total')).toBeGreaterThan(0);
  });
});

test('a chain that lags is alive, and not ready: a reason per chain', async () => {
  const database = await createDatabase({ holding: 'terra-columbus4-devnet' });
  const env = { DATABASE_URL: database.url };
  const { readinessOf } = await import('./readiness.ts');
  const { stdout } = await baleen(['status', '--json'], env);
  const chains = [JSON.parse(stdout)];
  expect(readinessOf([CHAIN], chains, 60)).toMatchObject({
    ready: false,
    reasons: [
      expect.stringMatching(
        /^devnet-col4-a: the newest indexed block is \d+ s old, at most 60 s are allowed$/,
      ),
    ],
  });
  expect(readinessOf([CHAIN, 'other-1'], chains, 1e12)).toMatchObject({
    ready: false,
    reasons: ['other-1: no block is indexed yet'],
  });
  expect(readinessOf([CHAIN], chains, 1e12)).toMatchObject({ ready: true, reasons: [] });
  expect(readinessOf([], chains, 1e12)).toMatchObject({ reasons: ['no chain is worked on yet'] });
  await database.drop();
});

test('a server on every interface is asked for by name', async () => {
  const { metrics } = await import('./listen-address.ts');
  expect(metrics.parse('9464')).toEqual({ host: '127.0.0.1', port: 9464 });
  expect(metrics.parse('0.0.0.0:9464')).toEqual({ host: '0.0.0.0', port: 9464 });
  expect(metrics.parse('[::1]:9464')).toEqual({ host: '::1', port: 9464 });
  expect(metrics.parse(':9464')).toEqual({ host: undefined, port: 9464 });
  for (const wrong of ['', 'x', '99999', 'a:b:1', '-1'])
    expect(metrics.safeParse(wrong).error?.issues[0]?.message).toBe('expected 9464, 0.0.0.0:9464 or :9464');
  expect((await baleen(['index', 'nowhere', '--metrics', 'x'])).stderr).toMatch(
    /^baleen: index: --metrics: expected 9464, 0\.0\.0\.0:9464 or :9464; see/,
  );
});

test('a port that is taken by another program is free again afterwards', async () => {
  const { startServer } = await import('./server.ts');
  const answers = {
    metrics: () => Promise.reject(new Error('no')),
    readiness: () => Promise.reject(new Error('no')),
  };
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const address = { host: '127.0.0.1', port: (other.address() as AddressInfo).port };
  await expect(startServer(address, answers)).rejects.toMatchObject({
    code: 'CLI_METRICS_PORT',
    kind: 'operator',
  });
  await new Promise((resolve) => other.close(resolve));
  const server = await startServer(address, answers);
  expect((await fetch(`${server.url}/metrics`)).status).toBe(500);
  await server.close();
  await (await startServer(address, answers)).close();
});
