import { setTimeout as sleep } from 'node:timers/promises';
import type { Head } from '@baleen/source';

/** A head, and the highest height to read now. */
export interface ReadableHead extends Head {
  readonly upTo: number;
}

/** Holds each head back until its results are there, so that a block and its results are one commit: a node writes a block before it
 * executes it. A block whose results don't come within `holdMs` is yielded without them; from then on none is held back until a block
 * comes with its results. */
export async function* withResults(heads: AsyncIterable<Head>, holdMs: number): AsyncGenerator<ReadableHead> {
  const iterator = heads[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<Head>> | undefined;
  let held: { readonly head: Head; readonly since: number } | undefined;
  let mayHold = true;
  try {
    for (;;) {
      next ??= iterator.next();
      const result = held === undefined ? await next : await orLate(next, held.since + holdMs);
      if (result === 'late') {
        const { head } = held!;
        held = undefined;
        mayHold = false;
        yield { ...head, upTo: head.height };
        continue;
      }
      next = undefined;
      if (result.done) return;
      const head = result.value;
      const { height, resultsHeight = height } = head;
      const isWhole = resultsHeight >= height;
      mayHold ||= isWhole;
      held = isWhole || !mayHold ? undefined : { head, since: held?.since ?? Date.now() };
      yield { ...head, upTo: held === undefined ? height : resultsHeight };
    }
  } finally {
    // Not awaited: the iterator may be waiting for the next head.
    void iterator.return?.();
  }
}

async function orLate<Value>(value: Promise<Value>, at: number): Promise<Value | 'late'> {
  const timer = new AbortController();
  const late = sleep(Math.max(0, at - Date.now()), 'late' as const, { signal: timer.signal });
  late.catch(() => undefined);
  try {
    return await Promise.race([value, late]);
  } finally {
    timer.abort();
  }
}
