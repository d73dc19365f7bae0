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
  /** Name of this worker, `host:pid:random`. It is stored with the worker's leases. */
  readonly holder: string;
  /** Folders and RPC addresses of each source, as they are on this host, by the name of the source. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** HTTP headers for RPC requests to `sources`, value by name. They are not sent to addresses that came with a job. */
  readonly headers?: Headers | undefined;
  readonly openSession: OpenSession;
  /** Number of jobs that this worker runs at the same time. */
  readonly concurrency: number;
  /** True if the worker is to end when no job is left. */
  readonly drain: boolean;
  /** Aborted to stop the worker. Batches that are being written are finished, and the rest of their jobs goes back to the queue. */
  readonly signal: AbortSignal;
  /** Number of threads of a job; undefined means one per core, at most four. */
  readonly workers?: number | undefined;
  walk(source: SourceInfo): WalkHooks;
  /** Called with a line about each failure, for the operator. */
  say(line: string): void;
  /** Called when this worker has completed a range. */
  onDone?(asked: EnqueuedRange): void;
}

export interface WorkerReport {
  readonly jobs: Readonly<Record<JobEnd, number>>;
  /** Ranges in which all heights that are left have failed. */
  readonly failing: readonly EnqueuedRange[];
  /** Enqueued ranges that were left, as this worker does not know where their source is. */
  readonly withoutSource: readonly EnqueuedRange[];
  readonly interrupted: boolean;
}

/** Runs the jobs of all queues whose source this process has, one queue after the other, until it is stopped or, with `drain`, no job is
 * left. If the queue or the database can't be reached, it waits for it.
 *
 * @throws an error that is a fault of Baleen itself, after the running jobs have ended */
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
  private withoutSource: readonly EnqueuedRange[] = [];
  /** Status of the ranges that the last sweep found without heights to write. */
  private readonly completed = new Map<string, RangeStatus>();
  private readonly completing = new Set<Promise<void>>();
  private isDone = false;
  private nextSweep = 0;
  /** Index of the queue in which the worker looks first for its next job. */
  private turn = 0;
  /** Names of the queues whose sources keep their threads, most recently used first. */
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
    const { ends: jobs, failing, withoutSource } = this;
    return { jobs, failing, withoutSource, interrupted: this.options.signal.aborted };
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
    // When the queues become empty, the next sweep comes at once: a range may be complete, or the queue may have lost its jobs.
    if (!this.wasIdle) this.nextSweep = 0;
    this.wasIdle = true;
    if (this.running.size === 0) this.cache.rest([]);
    await this.wait(timing.pollMs);
  }

  /** Takes the next job. It looks first in the queue after the one from which the last job came; undefined if no queue has a job. */
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

  /** Marks a queue as just used, and ends the threads of all queues but the most recently used ones, since threads take memory. */
  private keepWarm(queue: string): void {
    const most = Math.max(MOST_WARM_SOURCES, this.options.concurrency);
    this.warm = [queue, ...this.warm.filter((name) => name !== queue)].slice(0, most);
    this.cache.rest(this.warm);
  }

  /** True if a job of the queue is running and its source may be read by only one walk at a time, since the limits on requests to a node
   * hold for a single walk. */
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
    this.withoutSource = ranges.filter((asked) => !all.some((work) => work.asked === asked));
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

  /** Begins to complete a range. Jobs of other chains go on meanwhile. */
  private complete(key: string, asked: EnqueuedRange, cached: CachedSession): RangeStatus {
    const status = this.completed.get(key);
    // A source may have the failed heights later, so the next sweep looks at them again.
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

  /** Runs `ask`. If it fails, reports the failure once, waits, and returns undefined; the caller tries again later. A fault of Baleen ends
   * the worker. */
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

/** Number of polls between two sweeps of an idle worker. It waits for the jobs of other workers, whose end it does not notice otherwise. */
const IDLE_POLLS_PER_SWEEP = 4;
