import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { kindOf } from '@baleen/source';
import type { StateCopy } from '@baleen/store';
import { createAsyncQueue } from '../walk/async-queue.ts';
import { errorFromThread } from '../walk/protocol.ts';
import type { FromStateWorker, StateWorkerSetup, StoreCounts, ToStateWorker } from './protocol.ts';

/** Finished buffers that may wait to be written: one is made while another is copied. */
const CREDITS = 2;

export interface StateWalkHooks {
  /** Called with the number of leaves of all stores that are read so far. */
  onLeaves(leaves: number): void;
  /** Called when a store was read whole. */
  onStore(counts: StoreCounts): void;
}

/** Yields the rows of a state as finished COPY buffers, read in a thread of its own.
 *
 * @throws BaleenError of the source; what was yielded before is a part of the state */
export async function* walkState(setup: StateWorkerSetup, hooks: StateWalkHooks): AsyncGenerator<StateCopy> {
  const queue = createAsyncQueue<StateCopy>();
  const worker = new Worker(new URL(`./state-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: setup,
    resourceLimits: { maxYoungGenerationSizeMb: kindOf(setup.source).youngGenerationMb },
  });
  const giveCredit = (): void => worker.postMessage('credit' satisfies ToStateWorker);
  for (let credit = 0; credit < CREDITS; credit++) giveCredit();
  worker.on('message', (message: FromStateWorker) => {
    if (message.kind === 'copy') {
      hooks.onLeaves(message.leaves);
      queue.put(message.copy);
    } else if (message.kind === 'store') hooks.onStore(message.counts);
    else if (message.kind === 'end') queue.end();
    else queue.fail(errorFromThread(message.error));
  });
  worker.on('error', queue.fail);
  // Out of memory ends a thread without an error; after `end` this does nothing.
  worker.on('exit', (code) => queue.fail(new Error(`the thread that reads the state ended with ${code}`)));
  try {
    for await (const copy of queue) {
      yield copy;
      giveCredit();
    }
  } finally {
    await worker.terminate();
  }
}
