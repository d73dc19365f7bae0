import { BaleenError, type BlockRange, type ErrorCode, type ErrorKind, type SourceRef } from '@baleen/chain';
import type { EndpointHealth, SourceOptions } from '@baleen/source';
import type { SinkName, SinkOptions, SinkOutputs } from './sinks.ts';
import type { EncodeSeconds } from './stages.ts';

/** What a thread is started with. */
export interface ThreadSetup<Name extends SinkName = SinkName> {
  readonly source: SourceRef;
  /** Includes the facts that the caller found when it opened the source (`known`), so that no thread looks for them again. */
  readonly sourceOptions: SourceOptions;
  readonly sink: Name;
  readonly sinkOptions: SinkOptions[Name];
}

/** From the main thread: a range to walk, or a permit to send one more batch. */
export type ToThread = { readonly kind: 'range'; readonly range: BlockRange } | { readonly kind: 'credit' };

/** To the main thread. The buffers of a batch are transferred, not copied. */
export type FromThread<Name extends SinkName = SinkName> =
  | { readonly kind: 'batch'; readonly output: SinkOutputs[Name]; readonly seconds: EncodeSeconds }
  /** A height that can't be had for good; the range is walked on above it. */
  | { readonly kind: 'fault'; readonly error: TransferredError }
  | { readonly kind: 'idle' }
  | { readonly kind: 'health'; readonly endpoints: readonly EndpointHealth[] }
  | { readonly kind: 'error'; readonly error: TransferredError };

/** The fields of a `BaleenError`: a message between threads keeps neither the class nor the fields of an error. */
export interface TransferredError {
  readonly errorKind: ErrorKind;
  readonly code: ErrorCode;
  readonly message: string;
  /** Height that could not be read. undefined: the error is not about one block. */
  readonly height: number | undefined;
}

/** Makes an error ready to be posted. One that is no `BaleenError` is a fault of ours.
 * @param doing  what failed, for an error that does not say so: `read the state of columbus-4` */
export function transferred(cause: unknown, doing: string): TransferredError {
  if (cause instanceof BaleenError) {
    const { kind: errorKind, code, message, height } = cause;
    return { errorKind, code, message, height };
  }
  const told = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return { errorKind: 'bug', code: 'PIPELINE_UNEXPECTED', message: `${doing}: ${told}`, height: undefined };
}

/** Makes the error of a posted one. */
export const received = ({ errorKind, code, message, height }: TransferredError): BaleenError =>
  new BaleenError(errorKind, code, message, { height });
