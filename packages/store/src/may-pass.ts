import { BaleenError } from '@baleen/chain';
import { sqlState } from './connections.ts';

/** SQLSTATE classes of what is not the statement's fault: connection, rollback of a deadlock, resources (a full disk is
 * emptied), locks, shutdown, the system around. */
const PASSING_STATES = /^(08|40|53|55|57|58)/;

const NETWORK = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE)$/;

/** pg has no code for these. */
const LOST_CONNECTION =
  /connection terminated|connection error|connection ended|not queryable|timeout exceeded when trying to connect|premature close/i;

/** Whether a failure may be gone when the same is tried again: the database or a source can't be reached, or is busy. */
export function mayPass(error: unknown): boolean {
  if (error instanceof BaleenError && error.code !== 'STORE_WRITE_FAILED') return error.kind === 'source';
  const cause = error instanceof BaleenError ? error.cause : error;
  if (!(cause instanceof Error)) return false;
  const state = sqlState(cause);
  if (state !== undefined) return PASSING_STATES.test(state);
  const { code } = cause as NodeJS.ErrnoException;
  return NETWORK.test(code ?? '') || /^ERR_STREAM/.test(code ?? '') || LOST_CONNECTION.test(cause.message);
}
