/** What became of one question at each endpoint, and whether it is asked there again. */
import { BaleenError } from '@baleen/chain';
import type { Endpoint } from './endpoint.ts';
import { RpcRefusal, TransientError } from './failures.ts';
import { isNotThere } from './refusals.ts';

/** Tries at one endpoint that gives no answer: about half a minute, the longest rest between two being 15 s. */
const ATTEMPTS = 8;
/** Tries of what can be done without. */
const EXTRA_ATTEMPTS = 3;
/** Tries of an answer that can't be right: a cache may hold it, or one of several nodes behind the address. */
const WRONG_ANSWERS = 3;
/** Times that a node says it doesn't have what it should have, before it is believed; several nodes may stand behind its address. */
const REFUSALS = 12;
const REFUSALS_OF_MIXED = 30;
/** The same of what it never said to have, or once it has been believed for another height. */
const REFUSALS_AS_SAID = 2;
/** Times that a node refuses one question while it answers others like it, before the question is taken for unanswerable. */
const UNANSWERABLE = 5;
/** Waits between two questions at one endpoint, in parts of the first wait after trouble, and their bound. */
const ASK_AGAIN_SHARE = 0.2;
const LONGEST_WAITS = 8;
const LONGEST_WAITS_OF_REFUSAL = 4;

export interface Finding {
  /** How often the question failed at the endpoint. */
  readonly attempts: number;
  /** When it was asked last. */
  readonly askedAt: number;
  /** How often it was refused while other questions were answered. */
  readonly refusedWhileWell: number;
  /** No use in asking it again. */
  readonly isFinal: boolean;
  /** When it may be asked again, on `performance.now()`'s clock; the endpoint itself may rest longer. */
  readonly notBefore: number;
  readonly error: unknown;
}

export interface Judged {
  readonly endpoint: Endpoint;
  readonly route: string;
  readonly error: unknown;
  /** What was found of the same question at this endpoint before. */
  readonly earlier: Finding | undefined;
  /** Whether the endpoint says that it has what was asked for. */
  readonly isKept: boolean;
  /** Whether it can be done without. */
  readonly isExtra: boolean;
  /** Whether the answer may come later, and is asked for anew by the caller. */
  readonly isTentative: boolean;
  /** Whether the endpoint answers other questions of this kind. */
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

  /** None before the first repeat of a refusal: another connection may lead to another node. */
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

/** Whether the endpoint refuses this question alone, time and again. */
export const isUnanswerable = ({ refusedWhileWell, error }: Finding): boolean =>
  error instanceof RpcRefusal && refusedWhileWell >= UNANSWERABLE;
