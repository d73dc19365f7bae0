/** Decides from the failures of one question at an endpoint whether and when it is asked there again. */
import { BaleenError } from '@baleen/chain';
import type { Endpoint } from './endpoint.ts';
import { RpcRefusal, TransientError } from './failures.ts';
import { isNotThere } from './refusals.ts';

/** Most tries at an endpoint that gives no answer. They take about half a minute, with waits of at most 15 s between two tries. */
const ATTEMPTS = 8;
/** Most tries for an answer that the caller can do without. */
const EXTRA_ATTEMPTS = 3;
/** Most tries if the answers can't be right. More than one is needed, since the wrong answer may come from a cache, or from one of several
 * nodes behind the address. */
const WRONG_ANSWERS = 3;
/** How often an endpoint must say that it does not have what it should have before it is believed. There may be several nodes behind the
 * address; if that is known, REFUSALS_OF_MIXED holds. */
const REFUSALS = 12;
const REFUSALS_OF_MIXED = 30;
/** How often an endpoint must say so about something that it never claimed to have, or after it was believed for another height. */
const REFUSALS_AS_SAID = 2;
/** How often an endpoint must refuse one question while it answers others of the same kind before the question counts as unanswerable. */
const UNANSWERABLE = 5;
/** The wait before a question is repeated is a multiple of the endpoint's `retryMs` that doubles with each try, up to LONGEST_WAITS times.
 * After a refusal the unit is this share of `retryMs`, and the wait is at most LONGEST_WAITS_OF_REFUSAL units. */
const ASK_AGAIN_SHARE = 0.2;
const LONGEST_WAITS = 8;
const LONGEST_WAITS_OF_REFUSAL = 4;

/** What is known about one question at one endpoint after it failed there. */
export interface Finding {
  /** How often the question failed at the endpoint. */
  readonly attempts: number;
  /** When the question was asked last, on `performance.now()`'s clock. */
  readonly askedAt: number;
  /** How often the endpoint refused it while it answered other questions. */
  readonly refusedWhileWell: number;
  /** True if it is of no use to ask this endpoint again. */
  readonly isFinal: boolean;
  /** When the question may be asked again, on `performance.now()`'s clock. The endpoint as a whole may rest longer. */
  readonly notBefore: number;
  readonly error: unknown;
}

export interface Judged {
  readonly endpoint: Endpoint;
  readonly route: string;
  readonly error: unknown;
  /** The finding about the same question at this endpoint before; undefined at the first failure. */
  readonly earlier: Finding | undefined;
  /** True if the endpoint claims to have what was asked for. */
  readonly isKept: boolean;
  /** True if the caller can do without the answer. */
  readonly isExtra: boolean;
  /** True if the answer may come later and the caller asks again itself. */
  readonly isTentative: boolean;
  /** True if the endpoint answers other questions of this kind. */
  readonly isWell: boolean;
}

export function findingOf(judged: Judged): Omit<Finding, 'askedAt'> {
  const { error, earlier, endpoint } = judged;
  const attempts = (earlier?.attempts ?? 0) + 1;
  const refusedWhileWell = (earlier?.refusedWhileWell ?? 0) + (judged.isWell ? 1 : 0);
  const most = mostAttempts(judged);
  const isUnanswerable = refusedWhileWell >= UNANSWERABLE;
  const isFinal = attempts >= most || isUnanswerable;
  return { attempts, refusedWhileWell, isFinal, notBefore: performance.now() + waitMs(), error };

  /** Returns the milliseconds to wait. A refusal is repeated at once the first time, since another connection may lead to another node. */
  function waitMs(): number {
    const { retryMs } = endpoint;
    if (error instanceof RpcRefusal && isNotThere(error.data))
      return Math.min(LONGEST_WAITS_OF_REFUSAL, 2 ** (attempts - 1) - 1) * ASK_AGAIN_SHARE * retryMs;
    return Math.min(LONGEST_WAITS, 2 ** (attempts - 1)) * retryMs;
  }
}

function mostAttempts({ error, endpoint, route, isKept, isExtra, isTentative }: Judged): number {
  if (error instanceof RpcRefusal && isNotThere(error.data)) {
    if (isTentative) return 1;
    if (endpoint.isMixed) return REFUSALS_OF_MIXED;
    return isKept && !endpoint.isBelieved(route) ? REFUSALS : REFUSALS_AS_SAID;
  }
  if (isExtra) return EXTRA_ATTEMPTS;
  if (error instanceof TransientError || error instanceof RpcRefusal) return ATTEMPTS;
  return error instanceof BaleenError && error.kind === 'data' ? WRONG_ANSWERS : 1;
}

/** Returns true if the endpoint has refused this question again and again while it answered others. */
export const isUnanswerable = ({ refusedWhileWell, error }: Finding): boolean =>
  error instanceof RpcRefusal && refusedWhileWell >= UNANSWERABLE;
