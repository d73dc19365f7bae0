import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from '@baleen/store';

const FIRST_WAIT_MS = 100;
/** Longest wait between two tries, in milliseconds. So it takes no longer to notice that a service is back. */
const LONGEST_WAIT_MS = 5_000;

/** Repeats work after transient failures, waits longer before each try, and reports each change of state once. */
export interface RetryPolicy {
  /** The failure whose end is being waited for, in words; undefined if there is none. */
  readonly trouble: string | undefined;
  /** Repeats `work` until it succeeds.
   * @throws the failure, if it is not transient or `signal` is aborted */
  attempt<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Waits before the next try, longer each time.
   * @throws `error`, if it is not transient or `signal` is aborted */
  wait(error: unknown): Promise<void>;
  /** To be called when the work has succeeded. The next wait is short again. */
  calm(): void;
}

export interface RetryPolicyOptions {
  /** Names the service in the line that says that it is back: `the node`. */
  readonly what: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** Tries to restart the service that is waited for. Its own failure is ignored. */
  readonly revive?: (() => Promise<void>) | undefined;
}

export function createRetryPolicy({ what, signal, say, revive }: RetryPolicyOptions): RetryPolicy {
  let failures = 0;
  let trouble: string | undefined;
  const wait = async (error: unknown): Promise<void> => {
    if (signal.aborted || !isTransient(error)) throw error;
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
