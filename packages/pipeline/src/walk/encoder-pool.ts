import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BaleenError, type BlockRange } from '@baleen/chain';
import { type EndpointHealth, shareLimits, type Together } from '@baleen/source';
import type { EncodedBatch } from '@baleen/store';
import { type AsyncQueue, createAsyncQueue } from './async-queue.ts';
import { HealthSum } from './health-sum.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.ts';
import type { EncodeSeconds } from './stages.ts';
import { threadMemory } from './thread-memory.ts';

/** Batches a worker may have finished that are not yet written: it makes the next one meanwhile. More only costs memory. */
const CREDITS_PER_WORKER = 1;

/** A batch and the call that says it is written, which lets its worker finish another. */
export interface FinishedBatch {
  readonly batch: EncodedBatch;
  readonly seconds: EncodeSeconds;
  /** Batches that wait behind it. */
  readonly queued: number;
  release(): void;
}

/** Threads that have the source open, for one walk after another: starting them costs more than a small range. */
export interface EncoderPool {
  /** Yields finished batches as they come, in no order between threads. A thread's error is thrown after the batches that came
   * before it. A walk that ends early ends the threads; the next one starts others. Once `signal` is aborted it ends, however
   * long a thread would wait for its source. */
  encode(ranges: Iterator<BlockRange>, options?: EncodeOptions): AsyncGenerator<FinishedBatch>;
  /** Ends threads that have nothing to do; the next walk starts others. */
  rest(): Promise<void>;
  /** Ends the threads; those of a walk that is under way, or comes after all, when it is over. */
  close(): Promise<void>;
}

export interface EncodeOptions {
  readonly onEndpoints?: ((endpoints: readonly EndpointHealth[]) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One walk's share of the pool. */
interface Walk {
  readonly queue: AsyncQueue<Omit<FinishedBatch, 'queued'>>;
  readonly ranges: Iterator<BlockRange>;
  readonly onEndpoints: ((endpoints: readonly EndpointHealth[]) => void) | undefined;
}

/** @param count  threads at most; started by the first walk that has a range for them */
export const createEncoderPool = (setup: WorkerSetup, count: number): EncoderPool =>
  new ThreadPool(setup, count);

class ThreadPool implements EncoderPool {
  private readonly setup: WorkerSetup;
  private readonly count: number;
  private threads: Worker[] = [];
  private readonly idle = new Set<Worker>();
  private readonly health = new HealthSum<Worker>();
  private walk: Walk | undefined;
  private isClosed = false;
  private together: Together | undefined;

  constructor(setup: WorkerSetup, count: number) {
    this.setup = setup;
    this.count = count;
  }

  async *encode(ranges: Iterator<BlockRange>, options: EncodeOptions = {}): AsyncGenerator<FinishedBatch> {
    if (this.walk !== undefined) return yield* encodeRanges(ranges, this.setup, this.count, options);
    const { onEndpoints, signal } = options;
    this.walk = { queue: createAsyncQueue(), ranges, onEndpoints };
    this.health.begin();
    const { queue } = this.walk;
    let isWhole = false;
    if (signal?.aborted) queue.end();
    signal?.addEventListener('abort', queue.end);
    try {
      for (const thread of [...this.idle]) this.giveRange(thread);
      this.startSome();
      if (this.threads.length === this.idle.size) queue.end();
      for await (const finished of queue) yield { ...finished, queued: queue.length };
      isWhole = !signal?.aborted;
    } finally {
      signal?.removeEventListener('abort', queue.end);
      this.walk = undefined;
      if (!isWhole || this.isClosed) await this.end();
    }
  }

  async rest(): Promise<void> {
    if (this.walk === undefined) await this.end();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.rest();
  }

  private async end(): Promise<void> {
    const ended = this.threads;
    this.threads = [];
    this.idle.clear();
    this.health.clear();
    // A thread that is ended while it asks gives nothing back.
    this.together = undefined;
    await Promise.all(ended.map((worker) => worker.terminate()));
  }

  /** No more than there are ranges. */
  private startSome(): void {
    while (this.walk !== undefined && this.threads.length < this.count) {
      const next = this.walk.ranges.next();
      if (next.done) return;
      const thread = this.start();
      this.threads.push(thread);
      send(thread, { kind: 'range', range: next.value });
    }
  }

  private start(): Worker {
    const { paths, sourceOptions } = this.setup;
    this.together ??= shareLimits(paths.length);
    const setup = { ...this.setup, sourceOptions: { ...sourceOptions, together: this.together } };
    const worker = new Worker(new URL(`./encode-worker${extname(import.meta.url)}`, import.meta.url), {
      workerData: setup,
      resourceLimits: threadMemory(paths),
    });
    for (let credit = 0; credit < CREDITS_PER_WORKER; credit++) send(worker, { kind: 'credit' });
    worker.on('message', (message: FromWorker) => this.receive(worker, message));
    worker.on('error', (cause) => (this.walk === undefined ? void this.end() : this.walk.queue.fail(cause)));
    return worker;
  }

  private receive(worker: Worker, message: FromWorker): void {
    if (!this.threads.includes(worker)) return;
    if (message.kind === 'batch') {
      const { batch, seconds } = message;
      this.walk?.queue.put({ batch, seconds, release: () => send(worker, { kind: 'credit' }) });
    } else if (message.kind === 'idle') {
      this.giveRange(worker);
    } else if (message.kind === 'health') {
      const endpoints = this.health.put(worker, message.endpoints);
      this.walk?.onEndpoints?.(endpoints);
    } else {
      const { errorKind, code, message: text, height } = message.error;
      this.walk?.queue.fail(new BaleenError(errorKind, code, text, { height }));
    }
  }

  private giveRange(worker: Worker): void {
    const next = this.walk?.ranges.next();
    if (next !== undefined && !next.done) {
      this.idle.delete(worker);
      send(worker, { kind: 'range', range: next.value });
      return;
    }
    this.idle.add(worker);
    if (this.idle.size === this.threads.length) this.walk?.queue.end();
  }
}

/** A walk with threads of its own. */
export async function* encodeRanges(
  ranges: Iterator<BlockRange>,
  setup: WorkerSetup,
  count: number,
  options?: EncodeOptions,
): AsyncGenerator<FinishedBatch> {
  const pool = createEncoderPool(setup, count);
  try {
    yield* pool.encode(ranges, options);
  } finally {
    await pool.close();
  }
}

const send = (worker: Worker, message: ToWorker): void => worker.postMessage(message);
