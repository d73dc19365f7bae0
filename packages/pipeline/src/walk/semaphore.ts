/** Leave to do something a counted number of times; `take` waits until `give` was called often enough. */
export interface Credits {
  give(): void;
  take(): Promise<void>;
}

export function createCredits(): Credits {
  let available = 0;
  const waiting: (() => void)[] = [];
  return {
    give() {
      const next = waiting.shift();
      if (next) next();
      else available++;
    },
    take() {
      if (available > 0) {
        available--;
        return Promise.resolve();
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}
