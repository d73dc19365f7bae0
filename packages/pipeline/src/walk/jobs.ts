/** How a walk is divided among threads. */
import { availableParallelism } from 'node:os';
import { type BlockRange, countHeights, type SourceRef, split } from '@baleen/chain';
import { walkKindOf } from './walk-kinds.ts';

/** Heights handed to a thread at once: several batches of a usual chain, so that neighbours stay together. */
const MOST_HEIGHTS_PER_JOB = 1_000;

/** Jobs per thread, where there are enough heights: threads that come to an end late wait for each other less. */
const JOBS_PER_THREAD = 4;

/** Threads by default, where there are as many cores: the database needs cores, too. */
const MOST_THREADS = 4;

/** @param workers  threads that were asked for */
export const threadCount = (workers: number | undefined): number =>
  workers ?? Math.min(MOST_THREADS, availableParallelism());

/** Cuts ranges into what a thread is given at once.
 * @param workers  threads that were asked for */
export function jobsOf(
  ranges: readonly BlockRange[],
  source: SourceRef,
  workers: number | undefined,
): Iterator<BlockRange> {
  const share = Math.ceil(countHeights(ranges) / (threadCount(workers) * JOBS_PER_THREAD));
  const { leastHeightsPerJob } = walkKindOf(source);
  return split(ranges, Math.max(leastHeightsPerJob, Math.min(MOST_HEIGHTS_PER_JOB, share)));
}
