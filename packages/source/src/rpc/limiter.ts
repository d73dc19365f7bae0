import type { SharedLimit } from './shared-limit.ts';

/** Answers in a row without trouble before one more request may be in flight, per request in flight. */
const CALM_ANSWERS = 16;

/** Slow answers in a row that count as an overloaded node. */
const SLOW_ANSWERS = 3;

/** An answer is slow when its first byte takes this many times the usual wait, and this much longer. */
const SLOW_FACTOR = 4;
const SLOW_MS = 100;

/** Between two looks whether other threads have left room. */
const OTHERS_MS = 2;

/** Lets requests through: few at once, fewer as soon as the node is slow or fails, more only slowly. */
export interface Limiter {
  /** Waits for leave, works, and learns from how it went. First come, first served. */
  run<Result>(work: (firstByte: () => void) => Promise<Result>, signal?: AbortSignal): Promise<Result>;
  /** Requests that may be in flight now, of all that share the limit. */
  readonly limit: number;
  /** Requests that are in flight or wait for it. */
  readonly load: number;
}

/** @param maxRps  requests per second, of all that share the limit */
export function createLimiter(
  maxRps: number | undefined,
  isTrouble: (error: unknown) => boolean,
  shared: SharedLimit,
): Limiter {
  const turns = createTurns(maxRps === undefined ? 0 : 1000 / maxRps, shared);
  const speed = createSpeed(shared);
  return {
    get limit() {
      return shared.limit;
    },
    get load() {
      return turns.load;
    },
    async run(work, signal) {
      await turns.take(signal);
      try {
        signal?.throwIfAborted();
        const begun = performance.now();
        let waitedMs: number | undefined;
        const result = await work(() => (waitedMs ??= performance.now() - begun));
        speed.answered(waitedMs ?? performance.now() - begun);
        return result;
      } catch (error) {
        if (isTrouble(error)) speed.halve();
        throw error;
      } finally {
        turns.end();
      }
    },
  };
}

interface Turns {
  /** Number of permits that are taken or waited for. */
  readonly load: number;
  take(signal: AbortSignal | undefined): Promise<void>;
  end(): void;
}

interface Waiting {
  start(): void;
  readonly signal: AbortSignal | undefined;
}

function createTurns(spacingMs: number, shared: SharedLimit): Turns {
  const waiting: Waiting[] = [];
  let active = 0;
  let earliest = 0;
  let isWaiting = false;

  function startSome(): void {
    while (waiting.length > 0) {
      const now = performance.now();
      if (earliest > now) {
        wakeIn(earliest - now);
        return;
      }
      if (!shared.take(active)) {
        // The end of an own turn wakes; of what other threads end nothing is heard.
        if (active === 0) wakeIn(OTHERS_MS);
        return;
      }
      const next = waiting.shift()!;
      if (!next.signal?.aborted) earliest = now + spacingMs * shared.readers;
      active++;
      next.start();
    }
  }

  function wakeIn(ms: number): void {
    if (!isWaiting) setTimeout(wake, ms);
    isWaiting = true;
  }

  function wake(): void {
    isWaiting = false;
    startSome();
  }

  return {
    get load() {
      return active + waiting.length;
    },
    take: (signal) =>
      new Promise<void>((start) => {
        waiting.push({ start, signal });
        startSome();
      }),
    end() {
      active--;
      shared.give();
      startSome();
    },
  };
}

interface Speed {
  answered(waitedMs: number): void;
  halve(): void;
}

function createSpeed(shared: SharedLimit): Speed {
  let usualMs: number | undefined;
  let slow = 0;
  let calm = 0;
  const halve = (): void => {
    shared.halve();
    slow = calm = 0;
  };
  return {
    halve,
    answered(waitedMs) {
      usualMs ??= waitedMs;
      const isSlow = waitedMs > usualMs * SLOW_FACTOR && waitedMs > usualMs + SLOW_MS;
      slow = isSlow ? slow + 1 : 0;
      // Quick answers teach at once what is possible, slow ones only slowly that this is how it is now.
      usualMs += (waitedMs - usualMs) * (waitedMs < usualMs ? 0.5 : 0.02);
      if (slow >= SLOW_ANSWERS) halve();
      else if (++calm >= CALM_ANSWERS * shared.limit) {
        shared.raise();
        calm = 0;
      }
    },
  };
}
