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

/** Status of an enqueued range. working: jobs are in the queue, or another worker completes it. failing: the heights that are left have
 * failed. done: all heights are written. */
export type RangeStatus = 'working' | 'failing' | 'done';

/** Compares an enqueued range with the ledger, and puts jobs that the queue has lost back into it, so that a wiped Redis loses no work. Ids
 * of jobs depend only on their range, so that a queue which is whole stays as it is.
 *
 * @returns true if heights are left to write */
export async function sweepRange(
  asked: EnqueuedRange,
  session: ChainSession,
  { store, queues }: SweepContext,
): Promise<boolean> {
  const queue = queues.open(queueName(asked));
  // The queue is read before the ledger: a job that ends in between is then seen in the queue and not as due, which is harmless.
  const inQueue = total(await queue.depth());
  const jobs = jobsOf(asked, await dueParts(asked, session, store));
  // A queue with as many jobs as are due has lost none. To add tens of thousands again each minute would cost more than all else.
  if (jobs.length > inQueue) await queue.add(jobs);
  return jobs.length > 0 || inQueue > 0;
}

const total = ({ waiting, active, delayed }: QueueDepth): number => waiting + active + delayed;

/** Completes a range that has no heights left to write: stores the genesis and builds the indexes, under a lease, so that one worker does
 * it. Takes as long as the indexes take. */
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
