import { BaleenError } from '@baleen/chain';
import { isTransient } from '@baleen/store';

/** True if the error is a fault of Baleen itself, which would come again with each try.
 *
 * @param error  as `explained` gives it */
export const isOwnFault = (error: unknown): boolean =>
  error instanceof BaleenError ? error.kind === 'bug' : !isTransient(error);
