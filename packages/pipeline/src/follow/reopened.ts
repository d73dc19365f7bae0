import { BaleenError } from '@baleen/chain';

/** A node goes on with another version, or its directory is gone, was replaced, or is filled anew: a source that was there when
 * the following began comes again, as another source of the chain. */
const REOPENED = new Set([
  ...['SOURCE_ERA_CHANGED', 'SOURCE_NOT_FOUND', 'SOURCE_EMPTY'],
  ...['LEVELDB_REPLACED', 'LEVELDB_MISSING'],
]);

/** The same failure as one that may pass, when the source may be opened again. */
export function orReopened(error: unknown): unknown {
  if (!isReopened(error)) return error;
  return new BaleenError('source', error.code, error.message, { cause: error });
}

/** Nothing is where a source was. */
export const isGone = (error: unknown): boolean =>
  error instanceof BaleenError && error.code === 'SOURCE_NOT_FOUND';

const isReopened = (error: unknown): error is BaleenError =>
  error instanceof BaleenError && REOPENED.has(error.code);
