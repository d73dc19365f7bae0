import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BaleenError, BlockRange } from '@baleen/chain';
import type { EndpointHealth, SharedLimits } from '@baleen/source';
import { type AsyncQueue, createAsyncQueue } from './async-queue.ts';
import { HealthSum } from './health-sum.ts';
import { errorFromThread, type FromThread, type ThreadSetup, type ToThread } from './protocol.ts';
import type { SinkName, SinkOutputs } from './sinks.ts';
import type { EncodeSeconds } from './stages.ts';
import { walkKindOf } from './walk-kinds.ts';

/** Finished batches of a thread that may wait to be written: it makes the next one meanwhile. More only cost memory. */
const PERMITS_PER_THREAD = 1;

/** The output of a thread's sink for one batch. Call `release` when it is written; it lets the thread send another batch. */
export interface FinishedBatch<Name extends SinkName> {
  readonly kind: 'batch';
  readonly output: SinkOutputs[Name];
  readonly seconds: EncodeSeconds;
  /** Number of batches that wait after this one. */
  readonly queued: number;
  release(): void;
}

/** A height with a permanent fault; the walk goes on above it. */
export interface HeightFault {
  readonly kind: 'fault';
  readonly error: BaleenError;
}

export type Walked<Name extends SinkName> = FinishedBatch<Name> | HeightFault;

/** Threads that keep a source open for one walk after another, since starting a thread takes longer than indexing a small range. */
export interface ThreadPool<Name extends SinkName = 'copy'> {
  /** Yields batches in the order in which threads finish them, which need not be the order of heights. A thread's error is thrown
   * after the batches that came before it. Leaving the walk early stops the threads; the next walk starts new ones. An aborted
   * `signal` ends the walk at once, even while a thread waits for its source. */
  walk(ranges: Iterator<BlockRange>, options?: WalkOptions): AsyncGenerator<Walked<Name>>;
  /** Ends the threads if no walk is under way; the next walk starts others. */
  rest(): Promise<void>;
  /** Ends the threads; during a walk once it is over. Threads of later walks end with their walk. */
  close(): Promise<void>;
}

export interface WalkOptions {
  readonly onEndpoints?: ((endpoints: readonly EndpointHealth[]) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The walk that is under way. */
interface Walk<Name extends SinkName> {
  readonly queue: AsyncQueue<Omit<FinishedBatch<Name>, 'queued'> | HeightFault>;
  readonly ranges: Iterator<BlockRange>;
  readonly onEndpoints: ((endpoints: readonly EndpointHealth[]) => void) | undefined;
}

/** Makes a pool without threads: walks start them as they have ranges for them.
 * @param count  number of threads at most */
export const createThreadPool = <Name extends SinkName>(
  setup: ThreadSetup<Name>,
  count: number,
): ThreadPool<Name> => new Pool(setup, count);

class Pool<Name extends SinkName> implements ThreadPool<Name> {
  private readonly setup: ThreadSetup<Name>;
  private readonly count: number;
  private threads: Worker[] = [];
  private readonly idle = new Set<Worker>();
  private readonly health = new HealthSum<Worker>();
  private current: Walk<Name> | undefined;
  private isClosed = false;
  private sharedLimits: SharedLimits | undefined;

  constructor(setup: ThreadSetup<Name>, count: number) {
    this.setup = setup;
    this.count = count;
  }

  async *walk(ranges: Iterator<BlockRange>, options: WalkOptions = {}): AsyncGenerator<Walked<Name>> {
    if (this.current !== undefined) return yield* walkRanges(ranges, this.setup, this.count, options);
    const { onEndpoints, signal } = options;
    this.current = { queue: createAsyncQueue(), ranges, onEndpoints };
    this.health.begin();
    const { queue } = this.current;
    let isWhole = false;
    if (signal?.aborted) queue.end();
    signal?.addEventListener('abort', queue.end);
    try {
      for (const thread of [...this.idle]) this.giveRange(thread);
      this.startSome();
      if (this.threads.length === this.idle.size) queue.end();
      for await (const finished of queue)
        yield finished.kind === 'fault' ? finished : { ...finished, queued: queue.length };
      isWhole = !signal?.aborted;
    } finally {
      signal?.removeEventListener('abort', queue.end);
      this.current = undefined;
      if (!isWhole || this.isClosed) await this.end();
    }
  }

  async rest(): Promise<void> {
    if (this.current === undefined) await this.end();
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
    // A thread that is ended during a request does not give its place in the shared limits back: new threads get new limits.
    this.sharedLimits = undefined;
    await Promise.all(ended.map((worker) => worker.terminate()));
  }

  /** Starts threads, no more than there are ranges left. */
  private startSome(): void {
    while (this.current !== undefined && this.threads.length < this.count) {
      const next = this.current.ranges.next();
      if (next.done) return;
      const thread = this.start();
      this.threads.push(thread);
      send(thread, { kind: 'range', range: next.value });
    }
  }

  private start(): Worker {
    const { source, sourceOptions } = this.setup;
    const kind = walkKindOf(source);
    this.sharedLimits ??= kind.shareLimits();
    const setup: ThreadSetup = {
      ...this.setup,
      sourceOptions: { ...sourceOptions, sharedLimits: this.sharedLimits },
    };
    const worker = new Worker(new URL(`./thread${extname(import.meta.url)}`, import.meta.url), {
      workerData: setup,
      // Where V8's flag for the young generation is set, the flag wins.
      resourceLimits: { maxYoungGenerationSizeMb: kind.youngGenerationMb },
    });
    for (let permit = 0; permit < PERMITS_PER_THREAD; permit++) send(worker, { kind: 'credit' });
    worker.on('message', (message: FromThread<Name>) => this.receive(worker, message));
    worker.on('error', (cause) => this.lost(worker, cause));
    // Out of memory ends a thread without an error, as does an awaited promise that nothing can settle any more.
    worker.on('exit', (code) => this.lost(worker, new Error(`a thread of the walk ended with ${code}`)));
    return worker;
  }

  /** Fails the walk that the thread worked for, or ends the threads between two walks. Does nothing once the pool has ended the thread. */
  private lost(worker: Worker, cause: unknown): void {
    if (!this.threads.includes(worker)) return;
    if (this.current === undefined) void this.end();
    else this.current.queue.fail(cause);
  }

  private receive(worker: Worker, message: FromThread<Name>): void {
    if (!this.threads.includes(worker)) return;
    if (message.kind === 'batch') {
      const { output, seconds } = message;
      this.current?.queue.put({
        kind: 'batch',
        output,
        seconds,
        release: () => send(worker, { kind: 'credit' }),
      });
    } else if (message.kind === 'fault') {
      this.current?.queue.put({ kind: 'fault', error: errorFromThread(message.error) });
    } else if (message.kind === 'idle') {
      this.giveRange(worker);
    } else if (message.kind === 'health') {
      const endpoints = this.health.put(worker, message.endpoints);
      this.current?.onEndpoints?.(endpoints);
    } else {
      this.current?.queue.fail(errorFromThread(message.error));
    }
  }

  private giveRange(worker: Worker): void {
    const next = this.current?.ranges.next();
    if (next !== undefined && !next.done) {
      this.idle.delete(worker);
      send(worker, { kind: 'range', range: next.value });
      return;
    }
    this.idle.add(worker);
    if (this.idle.size === this.threads.length) this.current?.queue.end();
  }
}

/** Walks ranges with threads that end with the walk. */
export async function* walkRanges<Name extends SinkName>(
  ranges: Iterator<BlockRange>,
  setup: ThreadSetup<Name>,
  count: number,
  options?: WalkOptions,
): AsyncGenerator<Walked<Name>> {
  const pool = createThreadPool(setup, count);
  try {
    yield* pool.walk(ranges, options);
  } finally {
    await pool.close();
  }
}

const send = (worker: Worker, message: ToThread): void => worker.postMessage(message);
