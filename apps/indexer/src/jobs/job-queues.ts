/** Opens the job queue that the options name: on Redis, or in the database itself. */

import { BaleenError } from '@baleen/chain';
import { openQueues, type Queues, timingOf } from '@baleen/jobs';
import type { Store } from '@baleen/store';
import type { Context } from '../cli/context.ts';

export interface QueueChoice {
  readonly redis?: string | undefined;
  readonly databaseUrl: string;
  /** Seconds after which a worker that does not renew its lease loses its job. */
  readonly lease?: number | undefined;
}

/** Runs `work` with the queue, and closes it. */
export async function withQueues<T>(
  { redis, databaseUrl, lease }: QueueChoice,
  store: Store,
  context: Context,
  work: (queues: Queues) => Promise<T>,
): Promise<T> {
  const queues = await openQueues({
    redisUrl: redis === undefined ? undefined : checkedUrl(redis),
    databaseUrl,
    databaseId: await store.databaseId(),
    timing: timingOf(lease),
    onTrouble: sayOnce(context),
  });
  try {
    return await work(queues);
  } finally {
    await queues.close();
  }
}

/** Reports an error of the queue, and not the same one again: an unreachable queue raises it every few seconds. */
function sayOnce({ say }: Context): (error: Error) => void {
  let last = '';
  return ({ message }) => {
    if (message !== last) say(`job queue: ${message}`);
    last = message;
  };
}

function checkedUrl(url: string): string {
  if (/^rediss?:$/.test(URL.parse(url)?.protocol ?? '')) return url;
  throw new BaleenError(
    'operator',
    'CLI_REDIS_URL',
    `connect to Redis: REDIS_URL (or --redis) must look like redis://:password@localhost:6379, got "${url}"`,
  );
}
