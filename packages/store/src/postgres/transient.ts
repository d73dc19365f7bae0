import { BaleenError } from '@baleen/chain';
import { postgresFault } from './postgres-faults.ts';

/** Whether trying again later may succeed: the database or a source can't be reached, is busy or read-only. */
export function isTransient(error: unknown): boolean {
  if (error instanceof BaleenError) return error.kind === 'source';
  if (!(error instanceof Error)) return false;
  return (
    postgresFault(error)?.kind === 'source' || /^ERR_STREAM/.test((error as NodeJS.ErrnoException).code ?? '')
  );
}
