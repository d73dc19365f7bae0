import type { BlockRange, ErrorCode, ErrorKind } from '@baleen/chain';
import type { EndpointHealth, SourceOptions } from '@baleen/source';
import type { EncodedBatch } from '@baleen/store';
import type { EncodeSeconds } from './stages.ts';

/** What a worker thread is started with. */
export interface WorkerSetup {
  /** What `openSource` takes. */
  readonly paths: readonly string[];
  /** Among them what the caller's own opening of the source found, so that no worker looks for it again. */
  readonly sourceOptions: SourceOptions;
  /** Raw bytes (blocks and results) after which a batch is closed; a single larger block is a batch of its own. */
  readonly batchBytes: number;
}

/** Main thread to worker: a range to encode, or leave to send one more batch. */
export type ToWorker = { readonly kind: 'range'; readonly range: BlockRange } | { readonly kind: 'credit' };

/** Worker to main thread. Buffers of a batch are transferred. */
export type FromWorker =
  | { readonly kind: 'batch'; readonly batch: EncodedBatch; readonly seconds: EncodeSeconds }
  | { readonly kind: 'idle' }
  | { readonly kind: 'health'; readonly endpoints: readonly EndpointHealth[] }
  | { readonly kind: 'error'; readonly error: TransferredError };

/** A `BaleenError` on its way between threads, which drop a class and its fields. */
export interface TransferredError {
  readonly errorKind: ErrorKind;
  readonly code: ErrorCode;
  readonly message: string;
  /** The height that could not be encoded; undefined when the fault is not of one block. */
  readonly height: number | undefined;
}
