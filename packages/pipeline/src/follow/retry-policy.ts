import { setTimeout as sleep } from 'node:timers/promises';
import { mayPass } from '@baleen/store';

const FIRST_WAIT_MS = 100;
/** A service that comes back is found within this time, and asked no more often than this. */
const LONGEST_WAIT_MS = 5_000;

/** Waits out failures that may pass, and tells each change of state once. */
export interface RetryPolicy {
  /** What is waited for, in words; undefined: nothing. */
  readonly trouble: string | undefined;
  /** Works until it goes well. Other failures are thrown, and the last one when `signal` is aborted. */
  attempt<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Waits before the next try, longer each time.
   * @throws the error itself when it will not pass, or `signal` is aborted */
  wait(error: unknown): Promise<void>;
  /** It goes well again. */
  calm(): void;
}

export interface RetryPolicyOptions {
  /** `the node`, for the line that says that it is back. */
  readonly what: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** A try to mend what is waited for; its failure is no news. */
  readonly revive?: (() => Promise<void>) | undefined;
}

export function createRetryPolicy({ what, signal, say, revive }: RetryPolicyOptions): RetryPolicy {
  let failures = 0;
  let trouble: string | undefined;
  const wait = async (error: unknown): Promise<void> => {
    if (signal.aborted || !mayPass(error)) throw error;
    trouble = (error as Error).message;
    if (failures === 0) say(`${trouble}; waiting for it`);
    await revive?.().catch(() => undefined);
    const delay = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++);
    await sleep(delay, undefined, { signal }).catch(() => {
      throw error;
    });
  };
  const calm = (): void => {
    if (trouble !== undefined) say(`${what} is there again`);
    trouble = undefined;
    failures = 0;
  };
  return {
    get trouble() {
      return trouble;
    },
    wait,
    calm,
    async attempt(work) {
      for (;;) {
        try {
          const result = await work();
          calm();
          return result;
        } catch (error) {
          await wait(error);
        }
      }
    },
  };
}
