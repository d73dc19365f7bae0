import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeRef } from '@baleen/chain';
import { type Headers, kindOf, parseSources, type SourceInfo } from '@baleen/source';
import { type EnqueuedRange, explained, type Store } from '@baleen/store';
import { jobId, queueName } from './job.ts';
import { isOwnFault } from './own-fault.ts';
import type { JobQueue, Queues, TakenJob } from './queues.ts';
import { type JobEnd, runJob, type WalkHooks } from './run-job.ts';
import { type CachedSession, createSourceCache, type OpenSession } from './source-cache.ts';
import { completeRange, type RangeStatus, sweepRange } from './sweep.ts';
import type { Timing } from './timing.ts';

export interface WorkerOptions {
  readonly store: Store;
  readonly queues: Queues;
  readonly timing: Timing;
  /** Name of this worker, shown with its leases: `host:pid:random`. */
  readonly holder: string;
  /** Paths and addresses of each source on this host, by the name of the source. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** For requests over RPC to those sources, and not to addresses that were enqueued. */
  readonly headers?: Headers | undefined;
  readonly openSession: OpenSession;
  /** Number of jobs at the same time. */
  readonly concurrency: number;
  /** True: the worker ends when no job is left. */
  readonly drain: boolean;
  /** Aborted to stop the worker: batches that are being written are finished, the rest of their jobs is given back. */
  readonly signal: AbortSignal;
  /** Threads of a job; undefined: one per core, at most four. */
  readonly workers?: number | undefined;
  walk(source: SourceInfo): WalkHooks;
  /** Called with a sentence for people about each failure. */
  say(line: string): void;
  /** Called when this worker has completed a range. */
  onDone?(asked: EnqueuedRange): void;
}

export interface WorkerReport {
  readonly jobs: Readonly<Record<JobEnd, number>>;
  /** Ranges with failed heights and no others left to write. */
  readonly failing: readonly EnqueuedRange[];
  readonly interrupted: boolean;
}

/** Runs the jobs of all queues whose source this process has, one queue after the other, until it is stopped or, with `drain`, no job is
 * left. A queue or a database that can't be reached is waited for.
 *
 * @throws what is a fault of Baleen itself, once the jobs that run are over */
export async function runWorker(options: WorkerOptions): Promise<WorkerReport> {
  const worker = new JobWorker(options);
  try {
    await worker.run();
    return worker.report();
  } finally {
    await worker.close();
  }
}

/** An enqueued range whose source this worker has. */
interface Work {
  readonly asked: EnqueuedRange;
  readonly sources: readonly NodeRef[];
  readonly queue: JobQueue;
}

class JobWorker {
  private readonly options: WorkerOptions;
  private readonly cache;
  private readonly running = new Map<Promise<void>, Work>();
  private readonly ends: Record<JobEnd, number> = {
    written: 0,
    givenBack: 0,
    heldElsewhere: 0,
    fenced: 0,
    failed: 0,
  };
  /** One entry per queue; several ranges may share a queue. */
  private queues: readonly Work[] = [];
  private failing: readonly EnqueuedRange[] = [];
  /** Status of the ranges that had no heights left to write at the last sweep. */
  private readonly completed = new Map<string, RangeStatus>();
  private readonly completing = new Set<Promise<void>>();
  private isDone = false;
  private nextSweep = 0;
  /** Index of the queue that is asked first for the next job. */
  private turn = 0;
  /** Queues whose threads are kept, the one used last first. */
  private warm: readonly string[] = [];
  private wasIdle = false;
  private lastTrouble = '';
  private ownFault: { readonly error: unknown } | undefined;

  constructor(options: WorkerOptions) {
    this.options = options;
    this.cache = createSourceCache(options.openSession, options.workers);
  }

  async run(): Promise<void> {
    const { signal, drain } = this.options;
    const isOver = (): boolean =>
      signal.aborted || this.ownFault !== undefined || (drain && this.isDone && this.running.size === 0);
    while (!isOver()) await this.step();
    await Promise.all([...this.running.keys(), ...this.completing]);
    if (this.ownFault !== undefined) throw this.ownFault.error;
  }

  report(): WorkerReport {
    return { jobs: this.ends, failing: this.failing, interrupted: this.options.signal.aborted };
  }

  close(): Promise<void> {
    return this.cache.close();
  }

  private async step(): Promise<void> {
    const { concurrency, timing } = this.options;
    if (Date.now() >= this.nextSweep) await this.guarded(() => this.sweep());
    if (this.running.size >= concurrency) return this.wait(this.nextSweep - Date.now());
    const taken = await this.guarded(() => this.take());
    if (taken !== undefined) return this.start(...taken);
    // When the queues run empty, a sweep follows at once: a range may be complete, or the queue was lost.
    if (!this.wasIdle) this.nextSweep = 0;
    this.wasIdle = true;
    if (this.running.size === 0) this.cache.rest([]);
    await this.wait(timing.pollMs);
  }

  /** Takes the next job, beginning with the queue after the one that gave the last. */
  private async take(): Promise<[TakenJob, Work] | undefined> {
    const { queues } = this;
    for (let tried = 0; tried < queues.length; tried++) {
      const next = queues[(this.turn + tried) % queues.length]!;
      if (this.isBusy(next)) continue;
      const job = await next.queue.next();
      if (job === undefined) continue;
      this.turn = (this.turn + tried + 1) % queues.length;
      this.keepWarm(next.queue.name);
      return [job, next];
    }
    return undefined;
  }

  /** Keeps the threads of the queues that were used last, and ends all others, as threads cost memory. */
  private keepWarm(queue: string): void {
    const most = Math.max(MOST_WARM_SOURCES, this.options.concurrency);
    this.warm = [queue, ...this.warm.filter((name) => name !== queue)].slice(0, most);
    this.cache.rest(this.warm);
  }

  /** True if a job of the same queue runs whose bounds on requests to a node hold for one walk only. */
  private isBusy({ queue, sources }: Work): boolean {
    return (
      sources.some((ref) => kindOf(ref).isOneWalkAtATime) &&
      [...this.running.values()].some((other) => other.queue === queue)
    );
  }

  private start(taken: TakenJob, work: Work): void {
    const { store, timing, holder, signal, walk } = this.options;
    this.wasIdle = false;
    const done = runJob(taken, {
      store,
      timing,
      holder,
      signal,
      walk,
      open: (job) => this.cache.get(job, work.sources),
      onFailure: (error, isRetried) => {
        this.cache.drop(work.asked);
        this.options.say(`${error.message}${isRetried ? '; tried again later' : ''}`);
      },
    }).then((end) => {
      this.ends[end]++;
      this.running.delete(done);
    });
    this.running.set(done, work);
  }

  /** Looks up the enqueued ranges that this worker's sources can serve, and puts their lost jobs back into
   * the queues. */
  private async sweep(): Promise<void> {
    const { store, timing, signal } = this.options;
    this.nextSweep = Date.now() + timing.sweepMs;
    const ranges = await store.enqueued();
    const all = ranges.flatMap((asked) => this.workOf(asked));
    this.queues = [...new Map(all.map((work) => [work.queue, work])).values()];
    const failing: EnqueuedRange[] = [];
    let isDone = true;
    for (const work of all) {
      if (signal.aborted) return;
      const status = (await this.guarded(() => this.sweepOne(work))) ?? 'working';
      if (status === 'working') isDone = false;
      if (status === 'failing') failing.push(work.asked);
    }
    this.isDone = isDone;
    this.failing = failing;
    if (!isDone && this.wasIdle) this.nextSweep = Date.now() + timing.pollMs * IDLE_POLLS_PER_SWEEP;
  }

  private async sweepOne({ asked, sources }: Work): Promise<RangeStatus> {
    const cached = await this.cache.get(asked, sources);
    const key = `${queueName(asked)} ${jobId(asked)}`;
    if (!(await sweepRange(asked, cached.session, this.options))) return this.complete(key, asked, cached);
    this.completed.delete(key);
    return 'working';
  }

  /** Begins to complete a range, at the same time as the jobs of other chains run. */
  private complete(key: string, asked: EnqueuedRange, cached: CachedSession): RangeStatus {
    const status = this.completed.get(key);
    // Failed heights may be mended meanwhile: the next sweep looks at them again.
    if (status === 'failing') this.completed.delete(key);
    if (status !== undefined) return status;
    this.completed.set(key, 'working');
    const completing = this.completeOrSay(asked, cached).then((end) => {
      this.completing.delete(completing);
      if (end === 'working') this.completed.delete(key);
      else this.completed.set(key, end);
      this.nextSweep = Math.min(this.nextSweep, Date.now() + this.options.timing.pollMs);
    });
    this.completing.add(completing);
    return 'working';
  }

  private async completeOrSay(asked: EnqueuedRange, cached: CachedSession): Promise<RangeStatus> {
    try {
      const status = await completeRange(asked, cached.session, this.options);
      if (status === 'done') this.options.onDone?.(asked);
      return status;
    } catch (thrown) {
      const error = explained(`complete ${asked.chainId}`, thrown) as Error;
      if (isOwnFault(error)) this.ownFault ??= { error };
      else this.options.say(`${error.message}; tried again later`);
      return 'working';
    }
  }

  private workOf(asked: EnqueuedRange): Work[] {
    const { sources: named, headers } = this.options;
    const own = named.get(asked.source);
    const sources = own === undefined ? parseSources(asked.addresses) : parseSources(own, headers);
    return sources.length === 0
      ? []
      : [{ asked, sources, queue: this.options.queues.open(queueName(asked)) }];
  }

  /** Reports a failure once, waits, and returns undefined; the caller asks again later. A fault of ours ends the worker. */
  private async guarded<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
    try {
      const result = await ask();
      this.lastTrouble = '';
      return result;
    } catch (thrown) {
      const error = explained('look for jobs', thrown);
      if (isOwnFault(error)) {
        this.ownFault ??= { error };
        return undefined;
      }
      const { message } = error as Error;
      if (message !== this.lastTrouble) this.options.say(`${message}; going on when it is back`);
      this.lastTrouble = message;
      await this.wait(this.options.timing.pollMs);
      return undefined;
    }
  }

  /** Waits until a job ends, the worker is stopped, or the time is over. */
  private async wait(ms: number): Promise<void> {
    const woken = new AbortController();
    const signal = AbortSignal.any([this.options.signal, woken.signal]);
    const timer = sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
    await Promise.race([timer, ...this.running.keys()]);
    woken.abort();
  }
}

const MOST_WARM_SOURCES = 4;

/** Polls between two sweeps of an idle worker, which waits for jobs of other workers and does not see their end. */
const IDLE_POLLS_PER_SWEEP = 4;
