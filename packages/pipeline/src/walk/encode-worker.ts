import { parentPort, workerData } from 'node:worker_threads';
import { BaleenError, type Block, type BlockRange, type RawBlock } from '@baleen/chain';
import { isRpcAddress, openSource } from '@baleen/source';
import { encodeBlocks, transferables } from '@baleen/store/encode';
import { createJudge } from './judge.ts';
import type { FromWorker, ToWorker, TransferredError, WorkerSetup } from './protocol.ts';
import { createSemaphore } from './semaphore.ts';
import { createStopwatch, type EncodeSeconds } from './stages.ts';

/** A thread that turns ranges of heights into finished COPY buffers: read, decode, rows, encode.
 *
 * It opens the source itself, read-only, so nothing but finished buffers crosses threads. It sends a batch only against a
 * credit: what is encoded and not yet written is bounded by the credits that the main thread gives. */
const port = parentPort!;
const setup = workerData as WorkerSetup;
const judge = createJudge(setup.paths.some(isRpcAddress) ? await import('@baleen/decode/rpc') : undefined);
const source = await openSource(setup.paths, { ...setup.sourceOptions, judge }).catch(giveUp);
const HEALTH_MS = 1000;
const credits = createSemaphore();
let atHeight: number | undefined;

port.on('message', (message: ToWorker) => {
  if (message.kind === 'credit') credits.release();
  else encodeRange(message.range).then(postIdle, postError);
});

setInterval(postHealth, HEALTH_MS).unref();
postHealth();

/** Whoever hears of it ends the thread, which listens until then. */
function giveUp(cause: unknown): Promise<never> {
  post({ kind: 'error', error: transferred(cause, undefined) });
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

/** Blocks before one that can't be encoded are sent all the same, so that only that one is missing. */
async function encodeRange(range: BlockRange): Promise<void> {
  let blocks: Block[] = [];
  let bytes = 0;
  let seconds = { read: 0, decode: 0 };
  const lap = createStopwatch();
  atHeight = range.from;
  try {
    for await (const raw of source.read(range)) {
      const proving = judge.takeSeconds();
      seconds.read += lap() - proving;
      seconds.decode += proving;
      const hasResults = raw.results !== undefined;
      if (
        blocks.length > 0 &&
        (bytes >= setup.batchBytes || hasResults !== (blocks[0]!.results !== undefined))
      ) {
        await send(blocks, seconds);
        blocks = [];
        bytes = 0;
        seconds = { read: 0, decode: 0 };
        lap();
      }
      const block = judge.decode(raw);
      blocks.push(block);
      bytes += weightOf(raw, block);
      atHeight = raw.height + 1;
      seconds.decode += lap();
    }
  } finally {
    if (blocks.length > 0) await send(blocks, seconds);
  }
}

/** Raw bytes of a block and its results. */
const weightOf = (raw: RawBlock, block: Block): number =>
  raw.encoding === 'rpc' ? raw.answerBytes : block.sizeBytes + (raw.results?.length ?? 0);

async function send(blocks: readonly Block[], spent: Omit<EncodeSeconds, 'encode'>): Promise<void> {
  await credits.acquire();
  const lap = createStopwatch();
  const batch = encodeBlocks(blocks);
  const seconds = { ...spent, encode: lap() };
  port.postMessage({ kind: 'batch', batch, seconds } satisfies FromWorker, transferables(batch));
}

function post(message: FromWorker): void {
  port.postMessage(message);
}

function postError(cause: unknown): void {
  postHealth();
  post({ kind: 'error', error: transferred(cause, atHeight) });
}

function transferred(cause: unknown, height: number | undefined): TransferredError {
  if (cause instanceof BaleenError)
    return {
      errorKind: cause.kind,
      code: cause.code,
      message: cause.message,
      height: height ?? cause.height,
    };
  const told = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  const doing = height === undefined ? 'open the source' : `encode block ${height}`;
  return { errorKind: 'data', code: 'PIPELINE_UNEXPECTED', message: `${doing}: ${told}`, height };
}
