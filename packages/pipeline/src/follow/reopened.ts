import { BaleenError } from '@baleen/chain';

/** Errors of a source that was there when following began, and may be opened again later: the node goes on with another version, or its
 * directory was removed, replaced or filled anew. */
const REOPENED = new Set([
  ...['SOURCE_ERA_CHANGED', 'SOURCE_NOT_FOUND', 'SOURCE_EMPTY'],
  ...['LEVELDB_REPLACED', 'LEVELDB_MISSING'],
]);

/** Turns such an error into a transient one (kind `source`), so that it is waited out. Other errors are returned as they are. */
export function orReopened(error: unknown): unknown {
  if (!isReopened(error)) return error;
  return new BaleenError('source', error.code, error.message, { cause: error });
}

/** True if there is nothing at the path of the source. */
export const isGone = (error: unknown): boolean =>
  error instanceof BaleenError && error.code === 'SOURCE_NOT_FOUND';

const isReopened = (error: unknown): error is BaleenError =>
  error instanceof BaleenError && REOPENED.has(error.code);
