import { parentPort, workerData } from 'node:worker_threads';
import { BaleenError, type Block, type BlockRange, type RawBlock } from '@baleen/chain';
import { createBlockDecoder } from '@baleen/decode';
import { openSource } from '@baleen/source';
import { encodeBlocks, transferables } from '@baleen/store';
import { createCredits } from './credits.ts';
import type { FromWorker, ToWorker, TransferredError, WorkerSetup } from './protocol.ts';

/** A thread that turns ranges of heights into finished COPY buffers: read, decode, rows, encode.
 *
 * It opens the source itself, read-only, so nothing but finished buffers crosses threads. It sends a batch only against a
 * credit: what is encoded and not yet written is bounded by the credits that the main thread gives. */
const port = parentPort!;
const setup = workerData as WorkerSetup;
const source = await openSource(setup.path, setup.sourceOptions);
const decode = createBlockDecoder(
  source.info.backend === 'rpc' ? await import('@baleen/decode/rpc') : undefined,
);
const credits = createCredits();
let atHeight: number | undefined;

port.on('message', (message: ToWorker) => {
  if (message.kind === 'credit') credits.give();
  else encodeRange(message.range).then(() => post({ kind: 'idle' }), postError);
});

post({ kind: 'idle' });

/** Blocks before one that can't be encoded are sent all the same, so that only that one is missing. */
async function encodeRange(range: BlockRange): Promise<void> {
  let blocks: Block[] = [];
  let bytes = 0;
  atHeight = range.from;
  try {
    for await (const raw of source.read(range)) {
      const hasResults = raw.results !== undefined;
      if (
        blocks.length > 0 &&
        (bytes >= setup.batchBytes || hasResults !== (blocks[0]!.results !== undefined))
      ) {
        await send(blocks);
        blocks = [];
        bytes = 0;
      }
      const block = decode(raw);
      blocks.push(block);
      bytes += weightOf(raw, block);
      atHeight = raw.height + 1;
    }
  } finally {
    if (blocks.length > 0) await send(blocks);
  }
}

/** Raw bytes of a block and its results. */
const weightOf = (raw: RawBlock, block: Block): number =>
  raw.encoding === 'rpc' ? raw.answerBytes : block.sizeBytes + (raw.results?.length ?? 0);

async function send(blocks: readonly Block[]): Promise<void> {
  await credits.take();
  const batch = encodeBlocks(blocks);
  port.postMessage({ kind: 'batch', batch } satisfies FromWorker, transferables(batch));
}

function post(message: FromWorker): void {
  port.postMessage(message);
}

function postError(cause: unknown): void {
  const known = cause instanceof BaleenError;
  const error: TransferredError = {
    errorKind: known ? cause.kind : 'data',
    code: known ? cause.code : 'PIPELINE_UNEXPECTED',
    message: known
      ? cause.message
      : `encode block ${atHeight}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
    height: atHeight,
  };
  post({ kind: 'error', error });
}
