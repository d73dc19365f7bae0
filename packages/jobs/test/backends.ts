/** The two queues that jobs may lie in, for tests that hold for both. */

import { openStore, type Store } from '@baleen/store';
import { createDatabase, hasRedis, startRedis, type TestDatabase, type TestRedis } from '@baleen/testing';
import pg from 'pg';
import type { TestContext } from 'vitest';
import { openQueues, type Queues } from '../src/queues.ts';
import { timingOf } from '../src/timing.ts';

export const backends = ['redis', 'postgres'] as const;
export type Backend = (typeof backends)[number];

const isThere = (backend: Backend): boolean => backend === 'postgres' || hasRedis();

/** Returns a function for `beforeEach` that skips a test if the backend is not there. */
export function needsBackend(backend: Backend): (context: TestContext) => void {
  return (context) => {
    if (!isThere(backend)) context.skip('needs redis-server');
  };
}

/** Long enough for a busy machine, short enough to wait for. */
export const LEASE_SECONDS = 2;

export interface Bench {
  readonly database: TestDatabase;
  readonly store: Store;
  readonly redis: TestRedis | undefined;
  /** Does something while the queue does not answer. */
  whileAway(work: () => Promise<void>): Promise<void>;
  /** A process's own connection to the queue. */
  openQueues(leaseSeconds?: number): Promise<Queues>;
  close(): Promise<void>;
}

async function withClient(url: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await use(client).finally(() => client.end());
}

/** A database and a queue of their own; undefined where there is no Redis. */
export async function openBench(backend: Backend): Promise<Bench | undefined> {
  if (!isThere(backend)) return undefined;
  const database = await createDatabase();
  const store = await openStore(database.url);
  const redis = backend === 'redis' ? await startRedis() : undefined;
  const opened: Queues[] = [];
  return {
    database,
    store,
    redis,
    async whileAway(work) {
      const renamed = (from: string, to: string) =>
        withClient(database.url, (client) => client.query(`alter schema ${from} rename to ${to}`));
      await (redis === undefined ? renamed('bullmq', 'away') : redis.kill());
      await work();
      await (redis === undefined ? renamed('away', 'bullmq') : redis.start());
    },
    async openQueues(leaseSeconds = LEASE_SECONDS) {
      const queues = await openQueues({
        redisUrl: redis?.url,
        databaseUrl: database.url,
        databaseId: await store.databaseId(),
        timing: timingOf(leaseSeconds),
        onTrouble: () => undefined,
      });
      opened.push(queues);
      return queues;
    },
    async close() {
      await Promise.all(opened.map((queues) => queues.close()));
      await redis?.stop();
      await store.close();
      await database.drop();
    },
  };
}
