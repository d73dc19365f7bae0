/** Watches the heads of a pool's endpoints. Heads are only taken from polls; an event of a subscription is a hint to poll at once. */
import { createPace } from '../block-pace.ts';
import type { Head } from '../live-source.ts';
import type { Endpoint, EndpointDescription } from './endpoint.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import type { HeadTracker } from './head-tracker.ts';
import { type NewBlockSubscription, subscribeToNewBlocks } from './new-block-subscription.ts';
import type { Reader } from './reader.ts';
import { type DescribedEndpoint, isDescribed, refreshStatus } from './refresh-status.ts';
import type { NodeStatus } from './status.ts';
import type { TransportOptions } from './transport.ts';

const SHORTEST_POLL_MS = 50;
const LONGEST_POLL_MS = 1_000;
/** Longest wait between polls when no block has come for long, or no endpoint can be asked. */
const LONGEST_QUIET_POLL_MS = 5_000;
/** If no new blocks come, the wait between two polls grows to the time since the last block divided by this number. */
const QUIET_SHARE = 20;
/** If `maxRps` is set, polls take at most `maxRps` divided by this number. */
const POLLS_SHARE = 4;
/** Milliseconds between two polls of the endpoints that are not the leader. */
const OTHERS_MS = 2_000;
/** If another endpoint is this many blocks ahead of the leader twice in a row, it becomes the leader. */
const LAG_BLOCKS = 2;

export interface Polling {
  readonly pool: EndpointPool;
  readonly reader: Pick<Reader, 'show'>;
  readonly tracker: HeadTracker;
  readonly options: TransportOptions;
  readonly signal: AbortSignal;
}

/** The head at once, then each time it grows: what an endpoint says, once its block is shown. */
export async function* pollHeads(polling: Polling): AsyncGenerator<Head> {
  const { pool, options, tracker, signal } = polling;
  const pace = createPace();
  const others = watchOthers(pool);
  const least = options.maxRps === undefined ? 0 : (POLLS_SHARE * 1000) / options.maxRps;
  let hints: { readonly of: Endpoint; readonly from: NewBlockSubscription } | undefined;
  const stop = (): void => hints?.from.close();
  signal.addEventListener('abort', stop);
  try {
    let leader: DescribedEndpoint | undefined;
    while (!signal.aborted) {
      leader = others.better() ?? choose(pool, leader);
      if (leader !== undefined && hints?.of !== leader) {
        hints?.from.close();
        hints = { of: leader, from: subscribeToNewBlocks(leader.transport.endpoint) };
      }
      const before = leader?.described;
      const status = leader && (await refreshStatus(leader, pool, signal));
      const seenAt = Date.now();
      if (leader !== undefined && status !== undefined && status.latest > (tracker.height ?? 0)) {
        if (await isShown(leader, before!, status, polling)) {
          pace.seen(status.latest, seenAt);
          hints?.from.found();
          yield { height: status.latest, resultsHeight: leader.described.resultsHead, seenAt };
        } else leader = undefined;
      }
      others.refreshSome(leader);
      const waitMs = Math.max(least, pollMs(pace.usualMs, pace.quietMs));
      await (hints?.from.wait(waitMs) ?? sleep(waitMs, signal));
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Whether the new head is there: a node may tell of a block that it does not have, or stand with others behind one address that
 * do not have it yet. */
async function isShown(
  leader: DescribedEndpoint,
  before: EndpointDescription,
  { latest }: NodeStatus,
  { pool, reader, tracker, signal }: Polling,
): Promise<boolean> {
  const { height: known } = tracker;
  const begunAt = performance.now();
  tracker.reached(latest);
  if (await reader.show(latest, signal)) return true;
  tracker.withdraw(known);
  if (signal.aborted) return false;
  leader.described = before;
  const reason = `it tells of block ${latest}, and does not have it`;
  leader.breaker.failed(reason, begunAt, 1, undefined);
  const others = pool.endpoints.flatMap((each) => (each === leader ? [] : (each.described?.head ?? [])));
  if (latest - Math.max(known ?? 0, ...others) > LAG_BLOCKS) pool.penalise(leader, reason);
  return false;
}

/** A quarter of the usual time between blocks; rarer when the chain is quiet. */
export function pollMs(usualMs: number | undefined, quietMs: number): number {
  const usual = Math.min(LONGEST_POLL_MS, Math.max(SHORTEST_POLL_MS, (usualMs ?? 0) / 4));
  return Math.min(LONGEST_QUIET_POLL_MS, Math.max(usual, quietMs / QUIET_SHARE));
}

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });

/** Chooses the endpoint that is polled most often (the leader). It stays the same one as long as it can be asked. */
function choose(pool: EndpointPool, leader: DescribedEndpoint | undefined): DescribedEndpoint | undefined {
  const chosen =
    pool.choose((endpoint) => endpoint === leader && isDescribed(endpoint)) ?? pool.choose(isDescribed);
  return isDescribed(chosen) ? chosen : undefined;
}

interface Others {
  /** From time to time, polls the endpoints that are not the leader, without waiting for the answers. */
  refreshSome(leader: DescribedEndpoint | undefined): void;
  /** Returns an endpoint that should become the leader, once; undefined if there is none. */
  better(): DescribedEndpoint | undefined;
}

function watchOthers(pool: EndpointPool): Others {
  let lookedAt = performance.now();
  let isLooking = false;
  let ahead: { readonly endpoint: DescribedEndpoint; readonly times: number } | undefined;

  async function lookAt(leader: DescribedEndpoint | undefined): Promise<void> {
    const rest = pool.endpoints.filter((each) => each !== leader && each.refused === undefined);
    for (const endpoint of rest)
      if (isDescribed(endpoint) && endpoint.breaker.trouble === undefined)
        await refreshStatus(endpoint, pool).catch(() => undefined);
    const first = rest.filter(isDescribed).toSorted((one, two) => two.described.head - one.described.head)[0];
    const lag = (first?.described.head ?? 0) - (leader?.described?.head ?? 0);
    if (first === undefined || lag < LAG_BLOCKS || first.breaker.trouble !== undefined) ahead = undefined;
    else ahead = { endpoint: first, times: ahead?.endpoint === first ? ahead.times + 1 : 1 };
  }

  return {
    refreshSome(leader) {
      if (pool.endpoints.length === 1 || isLooking || performance.now() - lookedAt < OTHERS_MS) return;
      isLooking = true;
      void lookAt(leader).finally(() => {
        isLooking = false;
        lookedAt = performance.now();
      });
    },
    better() {
      if (ahead === undefined || ahead.times < 2) return undefined;
      const { endpoint } = ahead;
      ahead = undefined;
      return isDescribed(endpoint) ? endpoint : undefined;
    },
  };
}
