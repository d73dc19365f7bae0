import { BaleenError, type BlockRange, type ErrorCode, type ErrorKind, type SourceRef } from '@baleen/chain';
import type { EndpointHealth, SourceOptions } from '@baleen/source';
import type { SinkName, SinkOptions, SinkOutputs } from './sinks.ts';
import type { EncodeSeconds } from './stages.ts';

/** The data with which a thread is started. */
export interface ThreadSetup<Name extends SinkName = SinkName> {
  readonly source: SourceRef;
  /** Options for opening the source. `known` has the facts that the caller found when it opened the source, so that no thread reads them
   * again. */
  readonly sourceOptions: SourceOptions;
  readonly sink: Name;
  readonly sinkOptions: SinkOptions[Name];
}

/** A message from the main thread: a range to walk, or the permission to send one more batch. */
export type ToThread = { readonly kind: 'range'; readonly range: BlockRange } | { readonly kind: 'credit' };

/** A message to the main thread. The buffers of a batch are transferred, not copied. */
export type FromThread<Name extends SinkName = SinkName> =
  | { readonly kind: 'batch'; readonly output: SinkOutputs[Name]; readonly seconds: EncodeSeconds }
  /** A height with a permanent fault. The walk of the range goes on above it. */
  | { readonly kind: 'fault'; readonly error: TransferredError }
  | { readonly kind: 'idle' }
  | { readonly kind: 'health'; readonly endpoints: readonly EndpointHealth[] }
  | { readonly kind: 'error'; readonly error: TransferredError };

/** The fields of a `BaleenError` as plain data. A message between threads loses the class of an error and its own fields. */
export interface TransferredError {
  readonly errorKind: ErrorKind;
  readonly code: ErrorCode;
  readonly message: string;
  /** Height that could not be read; undefined if the error is not about a single block. */
  readonly height: number | undefined;
}

/** Turns an error into plain data that can be posted to another thread. An error that is no `BaleenError` is a fault of Baleen.
 * @param doing  what was being done, for an error that does not say it: `read the state of columbus-4` */
export function transferred(cause: unknown, doing: string): TransferredError {
  if (cause instanceof BaleenError) {
    const { kind: errorKind, code, message, height } = cause;
    return { errorKind, code, message, height };
  }
  const told = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return { errorKind: 'bug', code: 'PIPELINE_UNEXPECTED', message: `${doing}: ${told}`, height: undefined };
}

/** Turns the data that another thread has posted back into an error. */
export const errorFromThread = ({ errorKind, code, message, height }: TransferredError): BaleenError =>
  new BaleenError(errorKind, code, message, { height });
