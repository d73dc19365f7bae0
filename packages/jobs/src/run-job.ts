import { setImmediate } from 'node:timers/promises';
import { BaleenError } from '@baleen/chain';
import type { IndexOptions } from '@baleen/pipeline';
import type { SourceInfo } from '@baleen/source';
import { explained, type Lease, type Store } from '@baleen/store';
import { dueRanges, isBad, lastingFailures } from './due.ts';
import { backoffMs, type JobPayload } from './job.ts';
import { isOwnFault } from './own-fault.ts';
import type { TakenJob } from './queues.ts';
import type { CachedSession } from './source-cache.ts';
import type { Timing } from './timing.ts';

/** Called while a job walks the heights of one source: about its endpoints, after each written batch, and at
 * the end. The worker counts what they tell, for metrics and for the view `workers`. */
export interface WalkHooks extends Pick<IndexOptions, 'onEndpoints' | 'onWritten'> {
  /** Called when the walk is over, whether it failed or not. */
  end?(): void;
}

export interface JobContext {
  readonly store: Store;
  readonly timing: Timing;
  /** Name of this worker, shown with its leases: `host:pid:random`. */
  readonly holder: string;
  /** Aborted to stop the worker: the batch that is being written is finished, the rest of the job is given back. */
  readonly signal: AbortSignal;
  /** Opens the sources of a job.
   * @throws BaleenError what opening throws */
  open(job: JobPayload): Promise<CachedSession>;
  walk(source: SourceInfo): WalkHooks;
  /** Called when a job has failed.
   * @param isRetried  whether the queue tries it again by itself */
  onFailure(error: Error, isRetried: boolean): void;
}

/** How a job ended. written: all due heights are written. givenBack: stopped, the rest is left to others. heldElsewhere: another worker has
 * the lease of the range. fenced: another worker has taken the lease over. failed: an error, which is recorded. */
export type JobEnd = 'written' | 'givenBack' | 'heldElsewhere' | 'fenced' | 'failed';

/** Runs one job: takes a lease on its range, and indexes what is missing as `baleen index` does. Never throws: the outcome is reported to
 * the queue, and when the queue can't be reached, another worker finds the job stalled. */
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
    // Heights that another worker has written meanwhile were skipped, so that no write has checked the lease.
    if (!(await context.store.renewLease(lease, context.timing.leaseMs))) return 'fenced';
    return await (whole ? end(taken.complete(), 'written') : end(taken.giveBack(), 'givenBack'));
  } finally {
    stopRenewing();
  }
}

/** Renewals within the duration of a lease: when one fails, the next still comes in time. */
const RENEWALS_PER_LEASE = 3;

function keepLease(
  taken: TakenJob,
  lease: Lease,
  { store, timing }: JobContext,
  onLost: () => void,
): () => void {
  const timer = setInterval(() => {
    // A queue that has lost the job changes nothing: the lease decides who writes. A database that can't be reached fails the walk itself.
    taken.extend().catch(() => undefined);
    store.renewLease(lease, timing.leaseMs).then(
      (held) => held || onLost(),
      () => undefined,
    );
  }, timing.leaseMs / RENEWALS_PER_LEASE);
  return () => clearInterval(timer);
}

/** Indexes the due heights from one source after another: each writes what the sources before it lack. A height with a permanent fault is
 * left out.
 *
 * @returns false: interrupted
 * @throws BaleenError the first permanent fault that no source could mend, after all other heights are written */
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
    // The next source may have the heights that failed.
    if (faults.length > 0) await store.retryFailures(job.chainId, lease.range);
    const ranges = await dueRanges(cached.session, source, lease.range, store, isBad);
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

/** After a process was suspended, its connections are cut, and the first query on each of them fails. */
const MOST_RENEWALS = 5;

/** Renews a lease after a failure, several times if need be.
 * @returns true also when the database can't be reached: the next try of the job reports that */
async function isHeld(renew: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < MOST_RENEWALS; attempt++) {
    const held = await renew().catch(() => undefined);
    if (held !== undefined) return held;
    // Lets the pool notice which connections are closed.
    await setImmediate();
  }
  return true;
}

async function remember(store: Store, lease: Lease, error: Error, nextTry: Date | undefined): Promise<void> {
  // `indexRanges` has noted the height.
  if (nextTry === undefined && error instanceof BaleenError && error.height !== undefined) return;
  await store.recordFailure(lease.chainId, lease.range, error.message, nextTry);
}

/** Reports the outcome to the queue. A failure to report is ignored: the ledger has the written heights, and the sweep or BullMQ's check
 * for stalled jobs brings the rest back. */
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
