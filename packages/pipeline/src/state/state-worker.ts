import { parentPort, workerData } from 'node:worker_threads';
import { createStateDecoder } from '@baleen/decode/state';
import { kindOf, type State } from '@baleen/source';
import type { StateCopy } from '@baleen/store';
import { StateEncoder } from '@baleen/store/encode';
import { transferred } from '../walk/protocol.ts';
import { createSemaphore } from '../walk/semaphore.ts';
import type { FromStateWorker, StateWorkerSetup, ToStateWorker } from './protocol.ts';

/** A thread that turns a state into finished COPY buffers: walk, decode, rows, encode. It opens the state itself, read-only, and
 * each buffer needs a permit, so that the main thread bounds how many wait to be written. */
const port = parentPort!;
const { source, height, chainId, era, stores, prefix } = workerData as StateWorkerSetup;
const decode = createStateDecoder(era, prefix);
const credits = createSemaphore();
let leavesRead = 0;

port.on('message', (_: ToStateWorker) => credits.release());

readStores().then(
  () => post({ kind: 'end' }),
  (cause: unknown) => postError(cause),
);

async function readStores(): Promise<void> {
  using state = kindOf(source).openState({ height });
  for (const store of stores) await readStore(state, store);
}

async function readStore(state: State, store: string): Promise<void> {
  const encoder = new StateEncoder();
  const before = leavesRead;
  let unknown = 0;
  for (const { key, value, version } of state.tree(store).leaves()) {
    const place = { chainId, fromHeight: version };
    for (const record of decode(store, key, value)) {
      if (record.kind === 'unknown') unknown++;
      encoder.append(record, place);
    }
    leavesRead++;
    for (const copy of encoder.takeFull()) await send(copy);
  }
  const { rows } = encoder;
  for (const copy of encoder.takeAll()) await send(copy);
  post({ kind: 'store', counts: { store, leaves: leavesRead - before, rows, unknown } });
}

async function send(copy: StateCopy): Promise<void> {
  await credits.acquire();
  const message: FromStateWorker = { kind: 'copy', copy, leaves: leavesRead };
  port.postMessage(message, [copy.body.buffer as ArrayBuffer]);
}

function post(message: FromStateWorker): void {
  port.postMessage(message);
}

function postError(cause: unknown): void {
  const error = transferred(cause, `read the state of ${chainId} at ${height}`);
  post({ kind: 'error', error });
}
