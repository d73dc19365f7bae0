/** A circuit breaker for one endpoint: after trouble no request is made for a while, each time a longer one. */

/** Between two tries of an endpoint in trouble. */
const LONGEST_REST_MS = 15_000;
/** Rest of a proven liar, in waits before the first repeat of a failed request: ten minutes of the usual 250 ms, then longer. */
const LIAR_REST_WAITS = 2_400;
const MOST_LIAR_DOUBLINGS = 4;

export interface Breaker {
  /** Why the endpoint is not asked now, in words; undefined if it may be asked. */
  readonly trouble: string | undefined;
  /** When the endpoint may be asked again, on `performance.now()`'s clock. */
  readonly until: number;
  /** Counts a request that got no answer, and opens the circuit.
   * @param begunAt  when the request was made: those that fail together count once
   * @param attempt  how often this request failed here */
  failed(reason: string, begunAt: number, attempt: number, retryAfterMs: number | undefined): void;
  /** Opens the circuit for minutes: an answer was refuted by its hashes. */
  recordLie(reason: string): void;
  /** Counts an answer: earlier failures weigh half as much. */
  answered(): void;
  /** Closes the circuit: the endpoint may be asked at once. */
  reset(): void;
}

export function createBreaker(retryMs: number): Breaker {
  let reason = '';
  let until = 0;
  let failures = 0;
  let failedAt = -1;
  let lies = 0;
  return {
    get trouble() {
      return until > performance.now() ? reason : undefined;
    },
    get until() {
      return until;
    },
    failed(why, begunAt, attempt, retryAfterMs) {
      const now = performance.now();
      if (begunAt > failedAt) failures++;
      failedAt = now;
      const doubled = retryMs * 2 ** (Math.max(failures, attempt) - 1);
      // Spread, so that several workers don't come back at once.
      const rest = retryAfterMs ?? Math.min(LONGEST_REST_MS, doubled) * (0.5 + Math.random() / 2);
      if (now + rest < until) return;
      until = now + rest;
      reason = why;
    },
    recordLie(why) {
      reason = why;
      until = performance.now() + retryMs * LIAR_REST_WAITS * 2 ** Math.min(MOST_LIAR_DOUBLINGS, lies++);
    },
    answered() {
      failures = Math.floor(failures / 2);
    },
    reset() {
      until = 0;
    },
  };
}
