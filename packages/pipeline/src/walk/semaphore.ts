/** Counts permits. `acquire` takes one, and waits for it while there is none; each `release` adds one. */
export interface Semaphore {
  release(): void;
  acquire(): Promise<void>;
}

/** Begins without a permit. */
export function createSemaphore(): Semaphore {
  let permits = 0;
  const waiting: (() => void)[] = [];
  return {
    release() {
      const next = waiting.shift();
      if (next) next();
      else permits++;
    },
    acquire() {
      if (permits > 0) {
        permits--;
        return Promise.resolve();
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}
