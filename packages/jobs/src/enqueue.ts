import { type BlockRange, countHeights, merged } from '@baleen/chain';
import type { ChainSession } from '@baleen/pipeline';
import type { EnqueuedRange, Store } from '@baleen/store';
import { dueRanges, isNotDue } from './due.ts';
import { cutsTouching, priorityOf, queueName } from './job.ts';
import type { NewJob, Queues } from './queues.ts';

export interface Enqueued {
  /** Number of jobs that are due, including those that were in the queue already. */
  readonly jobs: number;
  readonly heights: number;
}

/** Puts jobs for the missing heights of a range into its queue. A second call changes nothing. */
export async function enqueue(
  asked: EnqueuedRange,
  session: ChainSession,
  store: Store,
  queues: Queues,
): Promise<Enqueued> {
  const stored = await store.rememberEnqueued(asked);
  // A user has asked for the range, so failed heights are tried again at once.
  await store.retryFailures(asked.chainId, asked);
  const parts = await dueParts(stored, session, store);
  const jobs = jobsOf(stored, parts);
  await queues.open(queueName(stored)).add(jobs);
  return { jobs: jobs.length, heights: countHeights(merged(parts)) };
}

export async function dueParts(
  asked: EnqueuedRange,
  session: ChainSession,
  store: Store,
): Promise<BlockRange[]> {
  const parts: BlockRange[] = [];
  for (const source of session.sources)
    parts.push(...(await dueRanges(session, source, asked, store, isNotDue)));
  return parts;
}

/** Makes a job for each piece of a range in which heights are missing. The job covers the whole piece, and writes what is missing when it
 * runs. */
export const jobsOf = (asked: EnqueuedRange, parts: readonly BlockRange[]): NewJob[] =>
  cutsTouching(asked, asked.rangeSize, parts).map(({ from, to }) => ({
    payload: { chainId: asked.chainId, source: asked.source, from, to },
    priority: priorityOf({ from, to }, asked, asked.rangeSize),
  }));
