import { BaleenError, type BlockRange, type ErrorCode, type ErrorKind, type SourceRef } from '@baleen/chain';
import type { EndpointHealth, SourceOptions } from '@baleen/source';
import type { SinkName, SinkOutputs } from './sinks.ts';
import type { EncodeSeconds } from './stages.ts';

/** What a thread is started with. */
export interface ThreadSetup<Name extends SinkName = SinkName> {
  readonly source: SourceRef;
  /** Among them what the caller's own opening of the source found, so that no thread looks for it again. */
  readonly sourceOptions: SourceOptions;
  readonly sink: Name;
}

/** Main thread to thread: a range to walk, or leave to send one more batch. */
export type ToThread = { readonly kind: 'range'; readonly range: BlockRange } | { readonly kind: 'credit' };

/** Thread to main thread. Buffers of a batch are transferred. */
export type FromThread<Name extends SinkName = SinkName> =
  | { readonly kind: 'batch'; readonly output: SinkOutputs[Name]; readonly seconds: EncodeSeconds }
  /** A height that can't be had for good; the range is walked on above it. */
  | { readonly kind: 'fault'; readonly error: TransferredError }
  | { readonly kind: 'idle' }
  | { readonly kind: 'health'; readonly endpoints: readonly EndpointHealth[] }
  | { readonly kind: 'error'; readonly error: TransferredError };

/** A `BaleenError` on its way between threads, which drop a class and its fields. */
export interface TransferredError {
  readonly errorKind: ErrorKind;
  readonly code: ErrorCode;
  readonly message: string;
  /** The height that could not be had. undefined: the fault is not one block's. */
  readonly height: number | undefined;
}

/** @param doing  what failed, for an error that does not say so: `read the state of columbus-4` */
export function transferred(cause: unknown, doing: string): TransferredError {
  if (cause instanceof BaleenError) {
    const { kind: errorKind, code, message, height } = cause;
    return { errorKind, code, message, height };
  }
  const told = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return { errorKind: 'data', code: 'PIPELINE_UNEXPECTED', message: `${doing}: ${told}`, height: undefined };
}

export const received = ({ errorKind, code, message, height }: TransferredError): BaleenError =>
  new BaleenError(errorKind, code, message, { height });
