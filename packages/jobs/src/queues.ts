import { explained, NO_TIMEOUTS } from '@baleen/store';
import {
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type Job,
  Queue,
  type QueueOptions,
  runMigrations,
  UnrecoverableError,
  Worker,
} from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import pg from 'pg';
import { ATTEMPTS, type JobPayload, jobId, readPayload } from './job.ts';
import { explainedRedis } from './redis-faults.ts';
import type { Timing } from './timing.ts';

/** BullMQ on Redis, or on its tables in schema `bullmq` of the database. */
export interface Queues {
  /** `Redis at …` or `schema bullmq of the database`, without a password. */
  readonly where: string;
  open(name: string): JobQueue;
  /** Of all queues that were opened. */
  depth(): Promise<QueueDepth>;
  close(): Promise<void>;
}

export interface JobQueue {
  readonly name: string;
  /** Those that are in the queue already stay as they are. */
  add(jobs: readonly NewJob[]): Promise<void>;
  /** undefined: there is nothing to do now. */
  next(): Promise<TakenJob | undefined>;
  depth(): Promise<QueueDepth>;
}

export interface NewJob {
  readonly payload: JobPayload;
  /** From 1; lower ones first. */
  readonly priority: number;
}

export interface QueueDepth {
  readonly waiting: number;
  readonly active: number;
  /** Number of jobs that failed and wait for their next try. */
  readonly delayed: number;
}

/** A job that this process holds. Each end may fail when the queue has lost the job or is away: then another takes it later. */
export interface TakenJob {
  payload(): JobPayload;
  /** Tries before this one that failed. */
  readonly triesMade: number;
  /** Why the queue gives it up: it stalled too often. */
  readonly givenUp: string | undefined;
  extend(): Promise<void>;
  complete(): Promise<void>;
  fail(error: Error, mayRetry: boolean): Promise<void>;
  giveBack(): Promise<void>;
  putOff(ms: number): Promise<void>;
}

export interface QueueOptionsHere {
  /** undefined: BullMQ's Postgres backend. */
  readonly redisUrl: string | undefined;
  readonly databaseUrl: string;
  /** Tells databases that share a Redis apart. */
  readonly databaseId: string;
  readonly timing: Timing;
  /** Faults of the queue's own background work, which goes on by itself. */
  onTrouble(error: Error): void;
}

/** @throws BaleenError `JOBS_UNREACHABLE`, `JOBS_LOGIN`, `JOBS_REFUSED`; those of Postgres */
export function openQueues(options: QueueOptionsHere): Promise<Queues> {
  return options.redisUrl === undefined ? openInPostgres(options) : openInRedis(options, options.redisUrl);
}

/** Makes a queue's half of BullMQ: `Queue` and `Worker` take the same factory. */
type Backend = (name: string, options: QueueOptions<never>) => IQueueBackend;

interface Service {
  readonly backend: Backend;
  /** The service's own errors, told to people. */
  explain(error: unknown): unknown;
}

/** A command that finds no connection fails after so many reconnections; callers ask again. */
const RECONNECTIONS = 3;
const RECONNECT_MS = 200;

async function openInRedis(options: QueueOptionsHere, url: string): Promise<Queues> {
  const where = `Redis at ${withoutPassword(url)}`;
  const explain = (error: unknown): unknown => explainedRedis(where, error);
  const redis = await connected(url).catch((error: unknown) => {
    throw explain(error);
  });
  // In braces: all keys of a queue lie on one node of a cluster.
  const prefix = `{baleen-${options.databaseId}}`;
  const backend: Backend = (name, more) =>
    createRedisBackend(name, { ...more, connection: redis, prefix } as never, {});
  return queuesOf(options, where, { backend, explain }, prefix, async () => redis.disconnect());
}

const REDIS_OPTIONS = {
  maxRetriesPerRequest: RECONNECTIONS,
  retryStrategy: (times: number) => Math.min(1000, times * RECONNECT_MS),
  // READONLY: this server has become a replica. A new connection to its name may lead to the new primary.
  reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
};

/** ioredis reconnects by itself; the commands that had to fail tell of it. */
async function connected(url: string): Promise<Redis | Cluster> {
  const redis = new Redis(url, { ...REDIS_OPTIONS, lazyConnect: true });
  listenToErrors(redis);
  try {
    await redis.ping();
    if (!(await isCluster(redis))) return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  const { host, port, username, password, tls } = redis.options;
  redis.disconnect();
  const cluster = new Cluster([{ host: host!, port: port! }], {
    redisOptions: { ...REDIS_OPTIONS, username, password, ...(tls === undefined ? {} : { tls }) } as never,
  });
  listenToErrors(cluster);
  return cluster;
}

function listenToErrors(redis: Redis | Cluster): void {
  redis.setMaxListeners(0);
  redis.on('error', () => undefined);
}

/** A user who may not ask is of a server that is no cluster, as far as can be told. */
const isCluster = async (redis: Redis): Promise<boolean> =>
  /cluster_enabled:1/.test(await redis.info('cluster').catch(() => ''));

/** Connections of all queues together; a worker asks them one after another. */
const MAX_CONNECTIONS = 4;
const LONGEST_SESSION_S = 60;

async function openInPostgres(options: QueueOptionsHere): Promise<Queues> {
  const where = 'schema bullmq of the database';
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: MAX_CONNECTIONS,
    application_name: 'baleen jobs',
    keepAlive: true,
    // A session of a database that was read-only stays so.
    maxLifetimeSeconds: LONGEST_SESSION_S,
    // BullMQ's SQL names no schema. As a statement: poolers refuse `options` in a connection's first message.
    onConnect: async (client) => void (await client.query(`${NO_TIMEOUTS}; set search_path = bullmq`)),
  });
  pool.setMaxListeners(0);
  pool.on('error', () => undefined);
  pool.on('connect', (client) => void client.on('error', () => undefined));
  try {
    const client = await pool.connect();
    await runMigrations(client, 'bullmq').finally(() => client.release());
  } catch (cause) {
    await pool.end();
    throw explained(`open the job queue in ${where}`, cause);
  }
  // BullMQ's connection for LISTEN is left out: this process asks for jobs and does not wait for notices.
  const backend: Backend = (name, more) =>
    createPostgresBackend(name, { ...more, connection: pool } as never, {});
  const explain = (error: unknown): unknown => explained(`use the job queue in ${where}`, error);
  return queuesOf(options, where, { backend, explain }, undefined, () => pool.end());
}

function queuesOf(
  options: QueueOptionsHere,
  where: string,
  service: Service,
  prefix: string | undefined,
  end: () => Promise<void>,
): Queues {
  const opened = new Map<string, BullQueue>();
  return {
    where,
    open(name) {
      const found = opened.get(name) ?? new BullQueue(name, service, prefix, options);
      opened.set(name, found);
      return found;
    },
    async depth() {
      const depths = await Promise.all([...opened.values()].map((queue) => queue.depth()));
      const sum = (of: keyof QueueDepth): number => depths.reduce((all, depth) => all + depth[of], 0);
      return { waiting: sum('waiting'), active: sum('active'), delayed: sum('delayed') };
    },
    async close() {
      await Promise.all([...opened.values()].map((queue) => queue.close()));
      await end();
    },
  };
}

/** Events kept per queue; nothing of ours reads them. */
const MOST_EVENTS = 1000;
/** Jobs per round trip. */
const ADD_AT_ONCE = 1000;
/** Number of times that a job's worker may vanish before the job is given up. */
const MOST_STALLS = 10;

/** BullMQ's objects are kept over faults: what is asked of a closed one, a job's end among it, is never answered. */
class BullQueue implements JobQueue {
  readonly name: string;
  private readonly service: Service;
  private readonly options: QueueOptionsHere;
  private readonly common: { prefix?: string };
  private queue: Promise<Queue> | undefined;
  private worker: Promise<Worker> | undefined;
  private taken = 0;

  constructor(name: string, service: Service, prefix: string | undefined, options: QueueOptionsHere) {
    this.name = name;
    this.service = service;
    this.options = options;
    this.common = prefix === undefined ? {} : { prefix };
  }

  add(jobs: readonly NewJob[]): Promise<void> {
    return this.explained(() => this.addAll(jobs));
  }

  next(): Promise<TakenJob | undefined> {
    return this.explained(() => this.takeNext());
  }

  depth(): Promise<QueueDepth> {
    return this.explained(() => this.counts());
  }

  private async explained<Result>(ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (error) {
      throw this.service.explain(error);
    }
  }

  private async addAll(jobs: readonly NewJob[]): Promise<void> {
    const { backoffMs } = this.options.timing;
    const queue = await this.bullQueue();
    for (let start = 0; start < jobs.length; start += ADD_AT_ONCE) {
      const some = jobs.slice(start, start + ADD_AT_ONCE);
      await queue.addBulk(some.map((job) => bullJob(job, backoffMs)));
    }
  }

  private async takeNext(): Promise<TakenJob | undefined> {
    const worker = await this.bullWorker();
    const token = `${worker.id}:${this.taken++}`;
    const job = await worker.getNextJob(token, { block: false });
    return job === undefined ? undefined : takenJob(job, token, this.options.timing);
  }

  private async counts(): Promise<QueueDepth> {
    const queue = await this.bullQueue();
    const counts = await queue.getJobCounts('wait', 'prioritized', 'active', 'delayed');
    const { wait = 0, prioritized = 0, active = 0, delayed = 0 } = counts;
    return { waiting: wait + prioritized, active, delayed };
  }

  async close(): Promise<void> {
    for (const made of [this.worker, this.queue]) await (await made?.catch(() => undefined))?.close();
  }

  private bullQueue(): Promise<Queue> {
    this.queue ??= this.startQueue().catch((error: unknown) => {
      this.queue = undefined;
      throw error;
    });
    return this.queue;
  }

  private bullWorker(): Promise<Worker> {
    this.worker ??= this.startWorker().catch((error: unknown) => {
      this.worker = undefined;
      throw error;
    });
    return this.worker;
  }

  private startQueue(): Promise<Queue> {
    const streams = { events: { maxLen: MOST_EVENTS } };
    const queue = new Queue(
      this.name,
      { ...this.common, connection: {}, streams },
      this.service.backend as never,
    );
    queue.on('error', this.options.onTrouble);
    return ready(queue);
  }

  /** Jobs are fetched by hand, so that one process serves many queues in turn; BullMQ's own loop would take a job of each. */
  private async startWorker(): Promise<Worker> {
    const { leaseMs } = this.options.timing;
    const worker = new Worker(
      this.name,
      null,
      {
        ...this.common,
        connection: {},
        autorun: false,
        lockDuration: leaseMs,
        stalledInterval: leaseMs / 2,
        maxStalledCount: MOST_STALLS,
      },
      this.service.backend as never,
    );
    worker.on('error', this.options.onTrouble);
    await ready(worker);
    await worker.startStalledCheckTimer();
    return worker;
  }
}

/** BullMQ remembers for good that it could not connect: such an object is given up, and the next ask makes another. */
async function ready<Made extends Queue | Worker>(made: Made): Promise<Made> {
  try {
    await made.waitUntilReady();
    return made;
  } catch (error) {
    void made.close().catch(() => undefined);
    throw error;
  }
}

const bullJob = ({ payload, priority }: NewJob, delay: number) => ({
  name: 'index',
  data: payload,
  opts: {
    jobId: jobId(payload),
    priority,
    attempts: ATTEMPTS,
    backoff: { type: 'exponential', delay },
    // The ledger and failed_ranges remember; an id that is gone may be asked for again.
    removeOnComplete: true,
    removeOnFail: true,
  },
});

function takenJob(job: Job, token: string, { leaseMs }: Timing): TakenJob {
  return {
    payload: () => readPayload(job.data),
    triesMade: job.attemptsMade,
    givenUp: job.deferredFailure || undefined,
    extend: async () => void (await job.extendLock(token, leaseMs)),
    complete: async () => void (await job.moveToCompleted(null, token, false)),
    fail: async (error, mayRetry) =>
      void (await job.moveToFailed(mayRetry ? error : new UnrecoverableError(error.message), token, false)),
    giveBack: async () => void (await job.moveToWait(token)),
    putOff: (ms) => job.moveToDelayed(Date.now() + ms, token),
  };
}

function withoutPassword(url: string): string {
  const shown = URL.parse(url);
  if (shown === null) return url;
  if (shown.password) shown.password = '***';
  return shown.href;
}
