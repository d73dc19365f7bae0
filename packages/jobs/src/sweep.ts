import type { ChainSession } from '@baleen/pipeline';
import type { EnqueuedRange, Store } from '@baleen/store';
import { lastingFailures } from './due.ts';
import { dueParts, jobsOf } from './enqueue.ts';
import { queueName } from './job.ts';
import type { QueueDepth, Queues } from './queues.ts';
import type { Timing } from './timing.ts';

export interface SweepContext {
  readonly store: Store;
  readonly queues: Queues;
  readonly timing: Timing;
  readonly holder: string;
  readonly signal: AbortSignal;
}

/** How an enqueued range stands. working: jobs are in the queue, or another worker completes it. failing: what is left failed.
 * done: all of it is there. */
export type RangeStatus = 'working' | 'failing' | 'done';

/** Compares what was asked for with the ledger, and puts what the queue has lost back into it: of a Redis that was wiped
 * nothing is missed. Ids are the same as before, so a queue that is whole stays as it is.
 *
 * @returns whether there is still something to write */
export async function sweepRange(
  asked: EnqueuedRange,
  session: ChainSession,
  { store, queues }: SweepContext,
): Promise<boolean> {
  const queue = queues.open(queueName(asked));
  // In this order: a job that ends between the two looks is in the queue and not due, instead of due and not in the queue.
  const inQueue = total(await queue.depth());
  const jobs = jobsOf(asked, await dueParts(asked, session, store));
  // As many jobs as are due: adding tens of thousands again each minute would cost more than all else.
  if (jobs.length > inQueue) await queue.add(jobs);
  return jobs.length > 0 || inQueue > 0;
}

const total = ({ waiting, active, delayed }: QueueDepth): number => waiting + active + delayed;

/** Nothing is left to write: the genesis and the indexes follow, by one worker. Takes as long as the indexes do. */
export async function completeRange(
  asked: EnqueuedRange,
  session: ChainSession,
  { store, timing, holder }: SweepContext,
): Promise<RangeStatus> {
  const { chainId, from, to } = asked;
  const range = { from, to };
  const lease = await store.takeLease({ chainId, range, holder, forMs: timing.leaseMs });
  if (lease === undefined) return 'working';
  const renewal = setInterval(
    () => void store.renewLease(lease, timing.leaseMs).catch(() => undefined),
    timing.leaseMs / 3,
  );
  try {
    const failed = await lastingFailures(session, range, store);
    const isDone = failed.length === 0;
    for (const source of session.sources) await session.finish(source, isDone);
    if (!isDone) return failed.some(({ nextTry }) => nextTry !== null) ? 'working' : 'failing';
    await store.forgetEnqueued(asked);
    return 'done';
  } finally {
    clearInterval(renewal);
    await store.releaseLease(lease);
  }
}
