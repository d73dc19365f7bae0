import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BaleenError, type BlockRange } from '@baleen/chain';
import type { EncodedBatch } from '@baleen/store';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.ts';

/** Batches a worker may have finished that are not yet written: it makes the next one meanwhile. More only costs memory. */
const CREDITS_PER_WORKER = 1;

/** A batch and the call that says it is written, which lets its worker finish another. */
export interface FinishedBatch {
  readonly batch: EncodedBatch;
  release(): void;
}

/** Encodes ranges in `count` threads and yields finished batches as they come, in no order between threads.
 *
 * Stopping the iteration ends the threads. A thread's error is thrown after the batches that came before it. */
export async function* encodeRanges(
  ranges: Iterator<BlockRange>,
  setup: WorkerSetup,
  count: number,
): AsyncGenerator<FinishedBatch> {
  const inbox = createInbox<FinishedBatch>();
  let running = count;
  const workers = Array.from({ length: count }, () => startWorker());
  try {
    yield* inbox;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  function startWorker(): Worker {
    const worker = new Worker(new URL(`./encode-worker${extname(import.meta.url)}`, import.meta.url), {
      workerData: setup,
    });
    for (let credit = 0; credit < CREDITS_PER_WORKER; credit++) send(worker, { kind: 'credit' });
    worker.on('message', (message: FromWorker) => receive(worker, message));
    worker.on('error', (cause) => inbox.fail(cause));
    return worker;
  }

  function receive(worker: Worker, message: FromWorker): void {
    if (message.kind === 'batch') {
      inbox.put({ batch: message.batch, release: () => send(worker, { kind: 'credit' }) });
    } else if (message.kind === 'idle') {
      const next = ranges.next();
      if (!next.done) send(worker, { kind: 'range', range: next.value });
      else if (--running === 0) inbox.end();
    } else {
      const { errorKind, code, message: text, height } = message.error;
      inbox.fail(new BaleenError(errorKind, code, text, { height }));
    }
  }
}

const send = (worker: Worker, message: ToWorker): void => worker.postMessage(message);

interface Inbox<T> extends AsyncIterable<T> {
  put(item: T): void;
  end(): void;
  fail(cause: unknown): void;
}

/** A queue from callbacks to one async loop. Its length is bounded by who puts (here: by credits). */
function createInbox<T>(): Inbox<T> {
  const items: T[] = [];
  let ended = false;
  let failure: { readonly cause: unknown } | undefined;
  let wake: (() => void) | undefined;
  const changed = (): void => wake?.();
  return {
    put(item) {
      items.push(item);
      changed();
    },
    end() {
      ended = true;
      changed();
    },
    fail(cause) {
      failure ??= { cause };
      changed();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) yield item;
        else if (failure) throw failure.cause;
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
