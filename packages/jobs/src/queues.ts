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

/** The job queues: BullMQ on Redis, or BullMQ on its own tables in the schema `bullmq` of the database. */
export interface Queues {
  /** Where the queues are, for messages and without a password: `Redis at …` or `schema bullmq of the database`. */
  readonly where: string;
  open(name: string): JobQueue;
  /** Counts the jobs in all queues that this process has opened. */
  depth(): Promise<QueueDepth>;
  close(): Promise<void>;
}

export interface JobQueue {
  readonly name: string;
  /** Adds jobs. A job that is already in the queue stays as it is. */
  add(jobs: readonly NewJob[]): Promise<void>;
  /** Takes the next job; undefined if no job is due now. */
  next(): Promise<TakenJob | undefined>;
  depth(): Promise<QueueDepth>;
}

export interface NewJob {
  readonly payload: JobPayload;
  /** Priority of the job, from 1. Jobs with lower numbers are taken first. */
  readonly priority: number;
}

export interface QueueDepth {
  readonly waiting: number;
  readonly active: number;
  /** Number of jobs that failed and wait for their next try. */
  readonly delayed: number;
}

/** A job that this process has taken from the queue. Reporting its end fails if the queue has lost the job or can't be reached; another
 * worker then takes the job again later. */
export interface TakenJob {
  payload(): JobPayload;
  /** Number of earlier tries, which all failed. */
  readonly triesMade: number;
  /** Why the queue gives the job up, in words: its workers vanished too often. undefined if it is not given up. */
  readonly givenUp: string | undefined;
  extend(): Promise<void>;
  complete(): Promise<void>;
  fail(error: Error, mayRetry: boolean): Promise<void>;
  giveBack(): Promise<void>;
  putOff(ms: number): Promise<void>;
}

export interface QueueOptionsHere {
  /** URL of Redis; undefined if the queues are in PostgreSQL. */
  readonly redisUrl: string | undefined;
  readonly databaseUrl: string;
  /** Id of the database. It is part of the queues' keys, so that several databases can share one Redis. */
  readonly databaseId: string;
  readonly timing: Timing;
  /** Called with an error of the queue's own background work, which then goes on. */
  onTrouble(error: Error): void;
}

/** Connects to Redis or PostgreSQL, wherever the queues are.
 * @throws BaleenError `JOBS_UNREACHABLE`, `JOBS_LOGIN`, `JOBS_REFUSED`, or an error of PostgreSQL */
export function openQueues(options: QueueOptionsHere): Promise<Queues> {
  return options.redisUrl === undefined ? openInPostgres(options) : openInRedis(options, options.redisUrl);
}

/** Makes the backend of one queue. BullMQ's `Queue` and `Worker` both take this factory. */
type Backend = (name: string, options: QueueOptions<never>) => IQueueBackend;

interface Service {
  readonly backend: Backend;
  /** Turns an error of Redis or PostgreSQL into a BaleenError that says what to do; returns any other error unchanged. */
  explain(error: unknown): unknown;
}

/** Number of reconnections after which a command without a connection fails. The callers send it again later. */
const RECONNECTIONS = 3;
const RECONNECT_MS = 200;

async function openInRedis(options: QueueOptionsHere, url: string): Promise<Queues> {
  const where = `Redis at ${withoutPassword(url)}`;
  const explain = (error: unknown): unknown => explainedRedis(where, error);
  const redis = await connected(url).catch((error: unknown) => {
    throw explain(error);
  });
  // The braces make a Redis cluster keep all keys of the queue on one node.
  const prefix = `{baleen-${options.databaseId}}`;
  const backend: Backend = (name, more) =>
    createRedisBackend(name, { ...more, connection: redis, prefix } as never, {});
  return queuesOf(options, where, { backend, explain }, prefix, async () => redis.disconnect());
}

const REDIS_OPTIONS = {
  maxRetriesPerRequest: RECONNECTIONS,
  retryStrategy: (times: number) => Math.min(1000, times * RECONNECT_MS),
  // READONLY means that this server has become a replica. A new connection to the same host name may reach the new primary.
  reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
};

/** Connects to Redis, or to the Redis cluster that the server belongs to. Errors of the connection are not listened to, since ioredis
 * reconnects by itself and each command that fails throws its own error. */
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

/** Returns true if the server is part of a cluster. If the login has no right to ask for that, the answer is false. */
const isCluster = async (redis: Redis): Promise<boolean> =>
  /cluster_enabled:1/.test(await redis.info('cluster').catch(() => ''));

/** Most connections to PostgreSQL for all queues together. Few are enough, since a worker asks the queues one after another. */
const MAX_CONNECTIONS = 4;
const LONGEST_SESSION_S = 60;

async function openInPostgres(options: QueueOptionsHere): Promise<Queues> {
  const where = 'schema bullmq of the database';
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: MAX_CONNECTIONS,
    application_name: 'baleen jobs',
    keepAlive: true,
    // If the database was read-only when a session began, the session stays read-only. So sessions are replaced after a while.
    maxLifetimeSeconds: LONGEST_SESSION_S,
    // BullMQ's SQL does not name the schema, so the search path does. It is set by a statement, since poolers refuse `options` in a
    // connection's first message.
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
  // BullMQ's connection for LISTEN is left out, since this process polls for jobs and does not wait for notifications.
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

/** Number of events that BullMQ keeps per queue. Baleen does not read them. */
const MOST_EVENTS = 1000;
/** Number of jobs that are added in one round trip. */
const ADD_AT_ONCE = 1000;
/** Number of times that the worker of a job may vanish before the queue gives the job up. */
const MOST_STALLS = 10;

/** One queue. It keeps its BullMQ objects after an error, since BullMQ never answers a call on a closed object, and so a job's end would be
 * lost. */
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

  /** Starts BullMQ's worker without its loop, which would take a job from every queue. This process fetches jobs itself, from one queue
   * after another. */
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

/** Waits until a BullMQ object is connected. An object that could not connect never recovers, so it is closed, and the next call makes a
 * new one. */
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
    // The job's id can be used again at once: the ledger and failed_ranges know what was written and what failed.
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
