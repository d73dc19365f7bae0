import type { ErrorCode, ErrorKind } from './error-codes.ts';

/** An error of a room, told so that it can be read alone: what was being done, to what, expected, found, next step. */
export class BaleenError extends Error {
  /** Stable, e.g. `LEVELDB_CORRUPT`. Tests and callers use it; people read the message. */
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  /** The block that it is about, where it is about one. */
  readonly height: number | undefined;
  constructor(
    kind: ErrorKind,
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly height?: number | undefined } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'BaleenError';
    this.kind = kind;
    this.code = code;
    this.height = options.height;
  }
}
