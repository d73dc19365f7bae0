/** Records when a node had each block, by polling it. */
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 5;

export interface Availability {
  /** Milliseconds since 1970 by height, from the second height on that was seen; at most a poll and an answer too late. */
  readonly at: ReadonlyMap<number, number>;
  readonly head: number;
  stop(): Promise<void>;
}

export function watchAvailability(rpc: string): Availability {
  const at = new Map<number, number>();
  const stopping = new AbortController();
  let head = 0;
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const latest = await heightOf(rpc, stopping.signal).catch(() => head);
      const now = performance.timeOrigin + performance.now();
      for (let height = head + 1; head > 0 && height <= latest; height++) at.set(height, now);
      head = Math.max(head, latest);
      await sleep(POLL_MS);
    }
  })();
  return {
    at,
    get head() {
      return head;
    },
    stop() {
      stopping.abort();
      return watching;
    },
  };
}

async function heightOf(rpc: string, signal: AbortSignal): Promise<number> {
  const response = await fetch(`${rpc}/status`, { signal });
  const { result } = (await response.json()) as {
    result: { sync_info: { latest_block_height: string } };
  };
  return Number(result.sync_info.latest_block_height);
}
