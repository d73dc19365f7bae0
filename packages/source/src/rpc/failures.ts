/** Why a node gives no answer, and what that means. */
import type { BaleenError } from '@baleen/chain';
import { operatorError, sourceError } from '../errors.ts';

/** The node understood the question and says no: a JSON-RPC error. */
export class RpcRefusal extends Error {
  /** The node's reason. */
  readonly data: string;
  /** URL of the request, without secrets. */
  readonly url: string;
  constructor(data: string, url: string) {
    super(data);
    this.name = 'RpcRefusal';
    this.data = data;
    this.url = url;
  }
}

/** The error of a request that got no answer for a reason that may pass. */
export class TransientError extends Error {
  /** The Retry-After of the node's response in milliseconds; undefined if it had none. */
  readonly retryAfterMs: number | undefined;
  /** The error to throw if the address has never answered before; undefined if the failure may be temporary even then. */
  readonly verdict: BaleenError | undefined;
  constructor(
    message: string,
    options: {
      readonly cause?: unknown;
      readonly retryAfterMs?: number | undefined;
      readonly verdict?: BaleenError | undefined;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'TransientError';
    this.retryAfterMs = options.retryAfterMs;
    this.verdict = options.verdict;
  }
}

/** An answer of HTTP that is none of a node: a page, an empty body, a status that refuses. */
export class WrongAnswer extends TransientError {
  readonly status: number;
  constructor(
    message: string,
    status: number,
    options: { retryAfterMs: number | undefined; verdict: BaleenError | undefined },
  ) {
    super(message, options);
    this.status = status;
  }
}

export const notRpc = (url: string, found: string): BaleenError =>
  operatorError(
    'SOURCE_NOT_RPC',
    `ask ${url}: expected a Tendermint RPC answer in JSON, found ${found}; give the address of port 26657`,
  );

export const unreachable = (url: string, why: string, cause: unknown): BaleenError =>
  sourceError('SOURCE_UNREACHABLE', `ask ${url}: expected an answer, found ${why}; is the node up?`, cause);

/** A client hides the system's reason in the cause, or in a list of one for each of the host's addresses. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof AggregateError ? error.errors : error.message === '' ? [error.cause] : [];
  const told = inner.flatMap((each) => (each instanceof Error ? [reasonOf(each)] : []));
  return told.join('; ') || error.message || (error as NodeJS.ErrnoException).code || error.name;
}
