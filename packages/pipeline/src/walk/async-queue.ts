export interface AsyncQueue<T> extends AsyncIterable<T> {
  readonly length: number;
  put(item: T): void;
  end(): void;
  fail(cause: unknown): void;
}

/** A queue that callbacks fill and one `for await` loop empties. It has no bound of its own: permits of a semaphore bound what is put. */
export function createAsyncQueue<T>(): AsyncQueue<T> {
  const items: T[] = [];
  let ended = false;
  let failure: { readonly cause: unknown } | undefined;
  let wake: (() => void) | undefined;
  const changed = (): void => wake?.();
  return {
    get length() {
      return items.length;
    },
    put(item) {
      items.push(item);
      changed();
    },
    end() {
      ended = true;
      changed();
    },
    fail(cause) {
      failure ??= { cause };
      changed();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) yield item;
        else if (failure) throw failure.cause;
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
