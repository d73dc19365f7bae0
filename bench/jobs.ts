/** `npm run bench:jobs`: what the queue adds to a range, on Redis and in Postgres, and one worker against two. Prints, and writes its
 * section of docs/performance.md. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { openQueues, type Queues, queueName, runWorker, timingOf } from '@baleen/jobs';
import { ChainSession } from '@baleen/pipeline';
import { openSource, sourceAt } from '@baleen/source';
import { openStore, type Store } from '@baleen/store';
import { BALEEN, hasRedis, indexChain, openServer, startRedis, withDatabase } from '@baleen/testing';
import { loadText, writeSection } from './sections.ts';
import { type Workload, workloads } from './workloads.ts';

interface Figures {
  readonly name: string;
  /** Adding, taking and completing a job. */
  readonly queueMs: number;
  /** A whole job whose heights are all there already: the queue, the lease, the ledger. */
  readonly emptyJobMs: number;
  /** From the first process' start to the last one's end. */
  readonly oneWorkerSeconds: number;
  readonly twoWorkersSeconds: number;
}

/** Of one height each: all that a job costs is what it costs beside its blocks. */
const CHAIN = 'terra-columbus4-devnet';
const JOBS = 290;
const REPEATS = 3;

async function emptyJobs(path: string, redisUrl: string | undefined, serverUrl: string) {
  return withDatabase(serverUrl, async (url) => {
    await indexChain(path, url, ['--no-state']);
    const store = await openStore(url);
    const databaseId = await store.databaseId();
    const timing = timingOf();
    const queues = await openQueues({
      redisUrl,
      databaseUrl: url,
      databaseId,
      timing,
      onTrouble: () => undefined,
    });
    try {
      const queueMs = await median(() => throughQueue(queues));
      const whole = await median(() => throughWorker(path, queues, store, JOBS));
      const idle = await median(() => throughWorker(path, queues, store, 0));
      return { queueMs: queueMs / JOBS, emptyJobMs: (whole - idle) / JOBS };
    } finally {
      await queues.close();
      await store.close();
    }
  });
}

const jobsOf = (chainId: string, source: string) =>
  Array.from({ length: JOBS }, (_, index) => ({
    payload: { chainId, source, from: index + 1, to: index + 1 },
    priority: 1,
  }));

async function throughQueue(queues: Queues): Promise<void> {
  const queue = queues.open(queueName({ chainId: 'bench', source: 'queue' }));
  await queue.add(jobsOf('bench', 'queue'));
  for (let job = await queue.next(); job !== undefined; job = await queue.next()) await job.complete();
}

/** A worker from start to end, with `count` jobs in its queue; what that takes without a job is taken off. */
async function throughWorker(path: string, queues: Queues, store: Store, count: number): Promise<void> {
  using source = await openSource(sourceAt(path));
  const { chainId } = source.info;
  await store.rememberEnqueued({ chainId, source: chainId, from: 1, to: JOBS, rangeSize: 1, addresses: [] });
  await queues.open(queueName({ chainId, source: chainId })).add(jobsOf(chainId, chainId).slice(0, count));
  const { signal } = new AbortController();
  const { jobs } = await runWorker({
    ...{ store, queues, timing: timingOf(), holder: 'bench', concurrency: 1, drain: true },
    sources: new Map([[chainId, [path]]]),
    openSession: (refs) => ChainSession.open(refs, { store, trust: false, signal, command: 'worker' }),
    signal,
    walk: () => ({}),
    say: (line) => console.error(line),
  });
  if (jobs.written !== count) throw new Error(`${jobs.written} of ${count} jobs were done`);
}

/** Milliseconds. */
async function median(work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const startedAt = performance.now();
    await work();
    times.push(performance.now() - startedAt);
  }
  return times.sort((left, right) => left - right)[Math.floor(REPEATS / 2)]!;
}

/** Blocks of evmos are large: a job of so many takes a second or two. */
const LARGE_RANGE = 10;

/** Workers of one thread each, as processes. */
const workersSeconds = (path: string, count: number, redisUrl: string | undefined, serverUrl: string) =>
  withDatabase(serverUrl, async (url) => {
    const servers = ['--database', url, ...(redisUrl === undefined ? [] : ['--redis', redisUrl])];
    await baleen('enqueue', path, '--range-size', `${LARGE_RANGE}`, ...servers);
    const worker = () =>
      baleen('worker', '--source', path, '--drain', '--workers', '1', '--quiet', ...servers);
    return seconds(() => Promise.all(Array.from({ length: count }, worker)));
  });

const indexSeconds = (path: string, serverUrl: string): Promise<number> =>
  withDatabase(serverUrl, (url) =>
    seconds(() => baleen('index', path, '--no-state', '--workers', '1', '--quiet', '--database', url)),
  );

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

async function baleen(...args: readonly string[]): Promise<void> {
  const env = { PATH: process.env.PATH };
  const child = spawn(process.execPath, [BALEEN, ...args], { stdio: ['ignore', 'ignore', 'inherit'], env });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`baleen ${args.join(' ')}: exit code ${code}`);
}

async function measure(
  name: string,
  redisUrl: string | undefined,
  serverUrl: string,
  all: readonly Workload[],
): Promise<Figures> {
  const small = all.find((workload) => workload.name === CHAIN)!;
  const large = all.at(-1)!;
  return {
    name,
    ...(await emptyJobs(small.path, redisUrl, serverUrl)),
    oneWorkerSeconds: await workersSeconds(large.path, 1, redisUrl, serverUrl),
    twoWorkersSeconds: await workersSeconds(large.path, 2, redisUrl, serverUrl),
  };
}

async function measureAll(serverUrl: string, all: readonly Workload[]): Promise<Figures[]> {
  const inPostgres = await measure('Postgres', undefined, serverUrl, all);
  if (!hasRedis()) return [inPostgres];
  const redis = await startRedis();
  try {
    return [await measure('Redis', redis.url, serverUrl, all), inPostgres];
  } finally {
    await redis.stop();
  }
}

const COLUMNS: readonly (readonly [title: string, of: (figures: Figures) => string])[] = [
  ['queue in', ({ name }) => name],
  ['a job through the queue alone, ms', ({ queueMs }) => queueMs.toFixed(1)],
  ['a whole job that finds its heights there, ms', ({ emptyJobMs }) => emptyJobMs.toFixed(1)],
  ['one worker, s', ({ oneWorkerSeconds }) => oneWorkerSeconds.toFixed(1)],
  ['two workers, s', ({ twoWorkersSeconds }) => twoWorkersSeconds.toFixed(1)],
];

function sectionOf(figures: readonly Figures[], large: string, direct: number, load: number): string {
  const [head, ...rows] = COLUMNS.map(([title, of]) => `| ${[title, ...figures.map(of)].join(' | ')} |`);
  return `Written by \`npm run bench:jobs\` ${loadText(load)}.
A job's own cost, without its blocks, is what a range pays for being a job: the queue (add, take, complete), the lease (take, release), three looks at
the ledger. A job of 500 heights pays it once. The workers, one thread each, write the workload ${large} in jobs of ${LARGE_RANGE} heights; \`baleen index --workers 1\` of the
same took ${direct.toFixed(1)} s.

${head}
|---|${figures.map(() => '--:|').join('')}
${rows.join('\n')}`;
}

const load = loadavg()[0] ?? 0;
const all = await workloads();
const server = await openServer(undefined);
try {
  const large = all.at(-1)!;
  const direct = await indexSeconds(large.path, server.url);
  const section = sectionOf(await measureAll(server.url, all), large.name, direct, load);
  console.log(section);
  writeSection('Jobs', section);
} finally {
  await server.stop();
}
