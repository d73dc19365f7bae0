import { BaleenError, type ErrorCode, type ErrorKind } from '@baleen/chain';

export const dataError = (code: ErrorCode, message: string): BaleenError =>
  new BaleenError('data', code, message);

export const operatorError = (code: ErrorCode, message: string): BaleenError =>
  new BaleenError('operator', code, message);

export const sourceError = (code: ErrorCode, message: string, cause?: unknown): BaleenError =>
  new BaleenError('source', code, message, cause === undefined ? {} : { cause });

/** Adds what was being done to an error of the rooms below; their code and kind stay. */
export function withContext(context: string, error: unknown): unknown {
  if (!(error instanceof BaleenError)) return error;
  const kind: ErrorKind = error.kind;
  return new BaleenError(kind, error.code, `${context}: ${error.message}`, { cause: error });
}

/** Runs `read` and says of what it read when that is malformed. */
export function inContext<Value>(context: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw withContext(context, error);
  }
}

/** Turns Node's error of a failed system call (`EACCES`, ...) into one that says what was being done. */
export function unreadable(context: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  return new BaleenError(
    'source',
    'SOURCE_UNREADABLE',
    `${context}: ${error.message}; check its permissions`,
    {
      cause: error,
    },
  );
}
