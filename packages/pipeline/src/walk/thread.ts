/** A thread that walks ranges of a source: read, decode, and what its sink makes of the blocks.
 *
 * It opens the source itself, read-only, so that nothing but finished batches crosses threads. Each batch needs a permit, so the
 * main thread bounds how many are finished and not yet written. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BlockRange } from '@baleen/chain';
import { type Batch, batchesOf } from './batches-of.ts';
import { type FromThread, type ThreadSetup, type ToThread, transferred } from './protocol.ts';
import { createSemaphore } from './semaphore.ts';
import { openSink } from './sinks.ts';
import { createStopwatch } from './stages.ts';
import { walkKindOf } from './walk-kinds.ts';

const HEALTH_MS = 1000;

const port = parentPort!;
const setup = workerData as ThreadSetup;
const sink = await openSink(setup.sink, setup.sinkOptions).catch(reportAndWait);
const source = await walkKindOf(setup.source).open(setup.sourceOptions).catch(reportAndWait);
const permits = createSemaphore();

port.on('message', (message: ToThread) => {
  if (message.kind === 'credit') permits.release();
  else walk(message.range).then(postIdle, postError);
});

setInterval(postHealth, HEALTH_MS).unref();
postHealth();

async function walk(range: BlockRange): Promise<void> {
  for await (const step of batchesOf(source, range)) {
    if (step.kind === 'fault') post({ kind: 'fault', error: transferred(step.error, '') });
    else await send(step);
  }
}

async function send({ blocks, seconds }: Batch): Promise<void> {
  await permits.acquire();
  const lap = createStopwatch();
  const { output, transfer } = await sink(blocks);
  const message: FromThread = { kind: 'batch', output, seconds: { ...seconds, encode: lap() } };
  port.postMessage(message, transfer);
}

/** Reports the error to the main thread and keeps this thread alive until the main thread ends it. */
function reportAndWait(cause: unknown): Promise<never> {
  post({ kind: 'error', error: transferred(cause, 'open the source') });
  port.ref();
  return new Promise(() => undefined);
}

function postIdle(): void {
  postHealth();
  post({ kind: 'idle' });
}

function postHealth(): void {
  post({ kind: 'health', endpoints: source.health() });
}

function postError(cause: unknown): void {
  postHealth();
  post({ kind: 'error', error: transferred(cause, 'encode blocks') });
}

function post(message: FromThread): void {
  port.postMessage(message);
}
