import { BaleenError } from '@baleen/chain';
import { postgresFault } from './postgres-faults.ts';

/** Whether trying again later may succeed: the database or a source can't be reached, is busy or read-only. */
export function isTransient(error: unknown): boolean {
  if (error instanceof BaleenError) return error.kind === 'source';
  return postgresFault(error)?.kind === 'source';
}
