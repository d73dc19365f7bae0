import { setImmediate } from 'node:timers/promises';
import { BaleenError } from '@baleen/chain';
import type { IndexOptions } from '@baleen/pipeline';
import type { SourceInfo } from '@baleen/source';
import { explained, type Lease, type Store } from '@baleen/store';
import { dueRanges, hasPermanentFault, lastingFailures } from './due.ts';
import { backoffMs, type JobPayload } from './job.ts';
import { isOwnFault } from './own-fault.ts';
import type { TakenJob } from './queues.ts';
import type { CachedSession } from './source-cache.ts';
import type { Timing } from './timing.ts';

/** Callbacks while a job reads the heights of one source: about its endpoints, after each written batch, and at the end. The worker counts
 * with them, for metrics and for the view `workers`. */
export interface WalkHooks extends Pick<IndexOptions, 'onEndpoints' | 'onWritten'> {
  /** Called when the walk is over, whether it failed or not. */
  end?(): void;
}

export interface JobContext {
  readonly store: Store;
  readonly timing: Timing;
  /** Name of this worker, `host:pid:random`. It is stored with the worker's leases. */
  readonly holder: string;
  /** Aborted to stop the worker. The batch that is being written is finished, and the rest of the job goes back to the queue. */
  readonly signal: AbortSignal;
  /** Opens the sources of a job.
   * @throws BaleenError the error of opening a source */
  open(job: JobPayload): Promise<CachedSession>;
  walk(source: SourceInfo): WalkHooks;
  /** Called when a job has failed.
   * @param isRetried  true if the queue tries the job again by itself */
  onFailure(error: Error, isRetried: boolean): void;
}

/** How a job ended.
 *
 * - `written`: all due heights are written.
 * - `givenBack`: the worker was stopped, and the rest of the job is left to other workers.
 * - `heldElsewhere`: another worker had the lease of the range, so the job did not begin.
 * - `fenced`: another worker took the lease over while the job ran.
 * - `failed`: an error ended it. The error is recorded. */
export type JobEnd = 'written' | 'givenBack' | 'heldElsewhere' | 'fenced' | 'failed';

/** Runs one job: takes a lease on its range, and indexes the missing heights as `baleen index` does. It never throws, but reports the
 * outcome to the queue. If the queue can't be reached, another worker finds the job stalled and runs it again. */
export async function runJob(taken: TakenJob, context: JobContext): Promise<JobEnd> {
  const { store, timing, holder } = context;
  let lease: Lease | undefined;
  try {
    const job = taken.payload();
    const range = { from: job.from, to: job.to };
    lease = await store.takeLease({ chainId: job.chainId, range, holder, forMs: timing.leaseMs });
    if (lease === undefined) return await end(taken.putOff(timing.leaseMs / 2), 'heldElsewhere');
    if (taken.givenUp !== undefined) throw stalledTooOften(job, taken.givenUp);
    return await runHolding(taken, job, lease, context);
  } catch (error) {
    return await failed(taken, lease, explained('do a job', error) as Error, context);
  } finally {
    if (lease !== undefined) await store.releaseLease(lease).catch(() => undefined);
  }
}

async function runHolding(
  taken: TakenJob,
  job: JobPayload,
  lease: Lease,
  context: JobContext,
): Promise<JobEnd> {
  const lost = new AbortController();
  const stopRenewing = keepLease(taken, lease, context, () => lost.abort());
  try {
    const signal = AbortSignal.any([context.signal, lost.signal]);
    const whole = await writeDue(job, lease, signal, context);
    // If another worker has written all heights in the meantime, this job wrote nothing, and so no write has checked the lease.
    if (!(await context.store.renewLease(lease, context.timing.leaseMs))) return 'fenced';
    return await (whole ? end(taken.complete(), 'written') : end(taken.giveBack(), 'givenBack'));
  } finally {
    stopRenewing();
  }
}

/** Number of renewals within the duration of a lease. If one fails, the next still comes in time. */
const RENEWALS_PER_LEASE = 3;

function keepLease(
  taken: TakenJob,
  lease: Lease,
  { store, timing }: JobContext,
  onLost: () => void,
): () => void {
  const timer = setInterval(() => {
    // It does not matter if the queue has lost the job, since the lease decides which worker writes. If the database can't be reached, the
    // walk itself fails.
    taken.extend().catch(() => undefined);
    store.renewLease(lease, timing.leaseMs).then(
      (held) => held || onLost(),
      () => undefined,
    );
  }, timing.leaseMs / RENEWALS_PER_LEASE);
  return () => clearInterval(timer);
}

/** Indexes the due heights from one source after another. From each source it writes the heights that the earlier sources do not have. A
 * height with a permanent fault is skipped.
 *
 * @returns false if it was interrupted
 * @throws BaleenError the first permanent fault for which no source helped, after all other heights are written */
async function writeDue(
  job: JobPayload,
  lease: Lease,
  signal: AbortSignal,
  context: JobContext,
): Promise<boolean> {
  const { store } = context;
  const faults: BaleenError[] = [];
  const cached = await context.open(job);
  for (const [source, threads] of cached.threads) {
    // The next source may have the heights that failed here.
    if (faults.length > 0) await store.retryFailures(job.chainId, lease.range);
    const ranges = await dueRanges(cached.session, source, lease.range, store, hasPermanentFault);
    if (ranges.length === 0) continue;
    const hooks = context.walk(source.info);
    try {
      const report = await cached.session.index(source, ranges, { ...hooks, threads, lease, signal });
      faults.push(...report.faults);
      if (report.interrupted) return false;
    } finally {
      hooks.end?.();
    }
  }
  const lasting = await lastingFailures(cached.session, lease.range, store);
  if (faults[0] !== undefined && lasting.length > 0) throw faults[0];
  return true;
}

async function failed(
  taken: TakenJob,
  lease: Lease | undefined,
  error: Error,
  context: JobContext,
): Promise<JobEnd> {
  const { store, timing, signal } = context;
  if (error instanceof BaleenError && error.code === 'STORE_FENCED') return 'fenced';
  if (signal.aborted) return await end(taken.giveBack(), 'givenBack');
  // A fault of ours would come again with each try, as wrong data would.
  const isForGood = isOwnFault(error) || (error instanceof BaleenError && error.kind === 'data');
  if (lease !== undefined) {
    // If another worker holds the range now, that worker reports the outcome.
    const held = await isHeld(() => store.renewLease(lease, timing.leaseMs));
    if (!held) return 'fenced';
    const nextTry = new Date(Date.now() + backoffMs(timing.backoffMs, taken.triesMade + 1));
    await remember(store, lease, error, isForGood ? undefined : nextTry).catch(() => undefined);
  }
  context.onFailure(error, !isForGood);
  return await end(taken.fail(error, !isForGood), 'failed');
}

/** Most tries to renew a lease. More than one is needed after the process was suspended: its connections are cut then, and the first query
 * on each of them fails. */
const MOST_RENEWALS = 5;

/** Renews a lease after a job has failed, and tries again if that fails.
 * @returns true if this worker has the lease, and also if the database can't be reached, which the next try of the job reports */
async function isHeld(renew: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < MOST_RENEWALS; attempt++) {
    const held = await renew().catch(() => undefined);
    if (held !== undefined) return held;
    // Gives the connection pool a turn of the event loop to notice which of its connections are closed.
    await setImmediate();
  }
  return true;
}

async function remember(store: Store, lease: Lease, error: Error, nextTry: Date | undefined): Promise<void> {
  // `indexRanges` has recorded the failure of this height already.
  if (nextTry === undefined && error instanceof BaleenError && error.height !== undefined) return;
  await store.recordFailure(lease.chainId, lease.range, error.message, nextTry);
}

/** Waits until the queue has been told the outcome. If that fails, the error is ignored: the ledger has the written heights, and the sweep
 * or BullMQ's check for stalled jobs brings the others back. */
async function end(told: Promise<void>, outcome: JobEnd): Promise<JobEnd> {
  await told.catch(() => undefined);
  return outcome;
}

const stalledTooOften = ({ chainId, from, to }: JobPayload, reason: string): BaleenError =>
  new BaleenError(
    'data',
    'JOBS_STALLED',
    `index ${from}..${to} of ${chainId}: ${reason}: one worker after another ended while it wrote this range; look at their memory, then baleen enqueue it again`,
  );
