import { BaleenError } from '@baleen/chain';
import { type IndexOptions, indexRanges } from '@baleen/pipeline';
import type { SourceInfo } from '@baleen/source';
import type { Lease, Store } from '@baleen/store';
import { dueRanges, isBad, lastingFailures } from './due.ts';
import { backoffMs, type JobPayload } from './job.ts';
import type { TakenJob } from './queues.ts';
import type { CachedSource } from './source-cache.ts';
import type { Timing } from './timing.ts';

/** Bounds on requests, and who counts. */
export interface Walk
  extends Pick<IndexOptions, 'workers' | 'maxRps' | 'crossCheck' | 'onEndpoints' | 'onWritten'> {
  /** It is over. */
  end?(): void;
}

export interface JobContext {
  readonly store: Store;
  readonly timing: Timing;
  /** This worker, for people who look at leases. */
  readonly holder: string;
  /** The worker is to stop: what is being written is finished, the rest given back. */
  readonly signal: AbortSignal;
  /** @throws BaleenError what opening throws */
  open(job: JobPayload): Promise<readonly CachedSource[]>;
  /** What a walk of this worker is given beside its range. */
  walk(source: SourceInfo): Walk;
  /** Told of a job that failed, and whether it is tried again by itself. */
  onFailure(error: Error, isRetried: boolean): void;
}

/** written: all that was due is there. heldElsewhere: another worker has the range. fenced: it was taken over from us. */
export type JobEnd = 'written' | 'givenBack' | 'heldElsewhere' | 'fenced' | 'failed';

/** Does one job: under a lease, by the same walk that `baleen index` does. It never throws: how it ends is told to the queue,
 * and where the queue is away, another worker finds the job stalled. */
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
    return await failed(taken, lease, error as Error, context);
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
    // What another has written meanwhile needs no write, and so met no fence.
    if (!(await context.store.renewLease(lease, context.timing.leaseMs))) return 'fenced';
    return await (whole ? end(taken.complete(), 'written') : end(taken.giveBack(), 'givenBack'));
  } finally {
    stopRenewing();
  }
}

/** Of the time that a lease lasts: a renewal that is late by one has another chance. */
const RENEWALS_PER_LEASE = 3;

function keepLease(
  taken: TakenJob,
  lease: Lease,
  { store, timing }: JobContext,
  onLost: () => void,
): () => void {
  const timer = setInterval(() => {
    // A queue that has lost the job changes nothing: the lease decides who writes. A database that is away tells the walk itself.
    taken.extend().catch(() => undefined);
    store.renewLease(lease, timing.leaseMs).then(
      (held) => held || onLost(),
      () => undefined,
    );
  }, timing.leaseMs / RENEWALS_PER_LEASE);
  return () => clearInterval(timer);
}

/** Bad blocks in one job after which the rest of it is left: the source is bad, not a block of it. */
const MOST_BAD_BLOCKS = 20;

/** Each source in turn writes what the ones before it lacked. A bad block costs that block, not those behind it.
 *
 * @returns false: interrupted
 * @throws BaleenError the first bad block's, after the others are written */
async function writeDue(
  job: JobPayload,
  lease: Lease,
  signal: AbortSignal,
  context: JobContext,
): Promise<boolean> {
  const { store } = context;
  const bad: BaleenError[] = [];
  const sources = await context.open(job);
  for (const opened of sources) {
    // What a source before this one could not give, this one may.
    if (bad.length > 0) await store.retryFailures(job.chainId, lease.range);
    if (!(await writeFrom(opened, lease, signal, context, bad))) return false;
  }
  const failed = await lastingFailures(sources, job.chainId, lease.range, store);
  if (bad[0] !== undefined && failed.length > 0) throw bad[0];
  return true;
}

async function writeFrom(
  { paths, source: { info }, encoders }: CachedSource,
  lease: Lease,
  signal: AbortSignal,
  { store, walk }: JobContext,
  bad: BaleenError[],
): Promise<boolean> {
  for (;;) {
    const ranges = await dueRanges(info, lease.range, store, isBad);
    if (ranges.length === 0) return true;
    const walked = { ...walk(info), paths, known: info, chainId: lease.chainId, encoders };
    const outcome = await walkOnce({ ...walked, store, ranges, lease, signal });
    if (outcome === 'interrupted') return false;
    if (outcome === 'written') return true;
    bad.push(outcome);
    if (bad.length >= MOST_BAD_BLOCKS) throw outcome;
  }
}

async function walkOnce(options: IndexOptions & Walk): Promise<'written' | 'interrupted' | BaleenError> {
  try {
    return (await indexRanges(options)).interrupted ? 'interrupted' : 'written';
  } catch (error) {
    if (isBadBlock(error)) return error;
    throw error;
  } finally {
    options.end?.();
  }
}

/** `indexRanges` has put it into failed_ranges. */
const isBadBlock = (error: unknown): error is BaleenError =>
  error instanceof BaleenError && error.kind === 'data' && error.height !== undefined;

async function failed(
  taken: TakenJob,
  lease: Lease | undefined,
  error: Error,
  context: JobContext,
): Promise<JobEnd> {
  const { store, timing, signal } = context;
  if (error instanceof BaleenError && error.code === 'STORE_FENCED') return 'fenced';
  if (signal.aborted) return await end(taken.giveBack(), 'givenBack');
  const isData = error instanceof BaleenError && error.kind === 'data';
  if (lease !== undefined) {
    const renew = (): Promise<boolean> => store.renewLease(lease, timing.leaseMs);
    // Whoever holds the range now tells how it goes. Of a process that stood still the connections were cut, and the first to be used
    // says only that. A database that is away is told by the next try.
    const held = await renew()
      .catch(renew)
      .catch(() => true);
    if (!held) return 'fenced';
    const nextTry = new Date(Date.now() + backoffMs(timing.backoffMs, taken.triesMade + 1));
    await remember(store, lease, error, isData ? undefined : nextTry).catch(() => undefined);
  }
  context.onFailure(error, !isData);
  return await end(taken.fail(error, !isData), 'failed');
}

async function remember(store: Store, lease: Lease, error: Error, nextTry: Date | undefined): Promise<void> {
  if (nextTry === undefined && isBadBlock(error)) return;
  await store.recordFailure(lease.chainId, lease.range, error.message, nextTry);
}

/** The queue may have lost the job, or be away: the ledger has what was done, and the sweep or the stalled check the rest. */
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
