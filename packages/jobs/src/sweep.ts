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

/** Status of an enqueued range.
 *
 * - `working`: jobs are in the queue, or another worker is completing the range.
 * - `failing`: all heights that are left have failed.
 * - `done`: all heights are written. */
export type RangeStatus = 'working' | 'failing' | 'done';

/** Compares an enqueued range with the ledger, and adds the jobs that the queue has lost, so that no work is lost if Redis loses its data.
 * The id of a job depends only on its range, so a queue that has lost nothing stays as it is.
 *
 * @returns true if heights are left to write */
export async function sweepRange(
  asked: EnqueuedRange,
  session: ChainSession,
  { store, queues }: SweepContext,
): Promise<boolean> {
  const queue = queues.open(queueName(asked));
  // The queue is read before the ledger. A job that ends in between is then counted in the queue and not as due, which is harmless.
  const inQueue = total(await queue.depth());
  const jobs = jobsOf(asked, await dueParts(asked, session, store));
  // If the queue has as many jobs as are due, it has lost none. Adding tens of thousands again each minute would take longer than all else.
  if (jobs.length > inQueue) await queue.add(jobs);
  return jobs.length > 0 || inQueue > 0;
}

const total = ({ waiting, active, delayed }: QueueDepth): number => waiting + active + delayed;

/** Completes a range that has no heights left to write: stores the genesis and builds the indexes. It holds a lease meanwhile, so that only
 * one worker does it. It takes as long as building the indexes. */
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
