/** How far the endpoints of a pool are: polling is the truth, a subscription the hint to poll at once. */
import type { BaleenError } from '@baleen/chain';
import { createPace } from '../block-pace.ts';
import { sourceError } from '../errors.ts';
import type { Head } from '../live-source.ts';
import { type Hints, openHints } from './hints.ts';
import type { Described, Member } from './member.ts';
import type { Pool } from './pool.ts';
import { type NodeStatus, readStatus } from './status.ts';
import type { Tip } from './tip.ts';
import { type TransportOptions, Trouble } from './transport.ts';

const SHORTEST_POLL_MS = 50;
const LONGEST_POLL_MS = 1_000;
/** When no block has come for long, or no endpoint can be asked. */
const LONGEST_QUIET_POLL_MS = 5_000;
/** A poll this share of the time that no block has come is early enough. */
const QUIET_SHARE = 20;
/** With `maxRps`, polls take at most this share of it. */
const POLLS_SHARE = 4;
/** Between two looks at the endpoints that don't lead. */
const OTHERS_MS = 2_000;
/** Blocks that another endpoint is ahead of the one that leads, twice in a row, before it leads. */
const LAG_BLOCKS = 2;

type Leader = Member & { described: Described };

/** The head at once, then each time it grows. */
export async function* pollHeads(
  pool: Pool,
  options: TransportOptions,
  tip: Tip,
  signal: AbortSignal,
): AsyncGenerator<Head> {
  const pace = createPace();
  const others = watchOthers(pool, options);
  const least = options.maxRps === undefined ? 0 : (POLLS_SHARE * 1000) / options.maxRps;
  let hints: { readonly of: Member; readonly from: Hints } | undefined;
  const stop = (): void => hints?.from.close();
  signal.addEventListener('abort', stop);
  try {
    let leader: Leader | undefined;
    while (!signal.aborted) {
      leader = others.better() ?? choose(pool, leader);
      if (leader !== undefined && hints?.of !== leader) {
        hints?.from.close();
        hints = { of: leader, from: openHints(leader.transport.endpoint) };
      }
      const status = leader && (await ask(leader, pool, options));
      if (leader !== undefined && status !== undefined && status.latest > (tip.height ?? 0)) {
        const seenAt = Date.now();
        tip.reached(status.latest);
        pace.seen(status.latest, seenAt);
        hints?.from.found();
        const resultsHeight = leader.described.resultsHead;
        yield { height: status.latest, resultsHeight, seenAt };
      }
      others.look(leader);
      const waitMs = Math.max(least, pollMs(pace.usualMs, pace.quietMs));
      await (hints?.from.wait(waitMs) ?? sleep(waitMs, signal));
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
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

const isDescribed = (member: Member | undefined): member is Leader => member?.described !== undefined;

/** The same one as long as it can be asked. */
function choose(pool: Pool, leader: Leader | undefined): Leader | undefined {
  const chosen =
    pool.choose((member) => member === leader && isDescribed(member)) ?? pool.choose(isDescribed);
  return isDescribed(chosen) ? chosen : undefined;
}

/** undefined: it can't be asked now, or is another node than it was and has to be described again.
 * @throws BaleenError source `SOURCE_CHANGED` when there is no other endpoint */
async function ask(member: Leader, pool: Pool, options: TransportOptions): Promise<NodeStatus | undefined> {
  const begunAt = performance.now();
  let status: NodeStatus;
  try {
    status = await readStatus(member.transport, options, 1);
  } catch (error) {
    const retryAfterMs = error instanceof Trouble ? error.retryAfterMs : undefined;
    member.breaker.failed((error as Error).message, begunAt, 1, retryAfterMs);
    return undefined;
  }
  member.breaker.answered();
  const { described } = member;
  if (status.chainId === described.chainId && status.version === described.nodeVersion) {
    member.described = grown(described, status);
    return status;
  }
  if (pool.members.some((other) => other !== member && isDescribed(other))) {
    (member as Member).described = undefined;
    return undefined;
  }
  throw changed(member, status);
}

function grown(described: Described, { latest, earliest }: NodeStatus): Described {
  const base = Math.max(described.base, earliest ?? 0);
  const { resultsBase } = described;
  const results =
    resultsBase === undefined
      ? {}
      : { resultsBase: Math.max(resultsBase, base), resultsHead: Math.max(latest, described.head) };
  return { ...described, base, head: Math.max(latest, described.head), ...results };
}

const changed = ({ address, described }: Leader, { chainId, version }: NodeStatus): BaleenError =>
  sourceError(
    'SOURCE_CHANGED',
    `follow ${described.chainId} at ${address}: the node of version ${described.nodeVersion} is now one of ` +
      `${version} (chain ${chainId}); it is opened again`,
  );

interface Others {
  /** Asks those that don't lead, now and then, beside. */
  look(leader: Leader | undefined): void;
  /** One that should lead, once. */
  better(): Leader | undefined;
}

function watchOthers(pool: Pool, options: TransportOptions): Others {
  let lookedAt = performance.now();
  let isLooking = false;
  let ahead: { readonly member: Leader; readonly times: number } | undefined;

  async function lookAt(leader: Leader | undefined): Promise<void> {
    const rest = pool.members.filter((each) => each !== leader && each.refused === undefined);
    for (const member of rest)
      if (isDescribed(member) && member.breaker.trouble === undefined)
        await ask(member, pool, options).catch(() => undefined);
    const first = rest.filter(isDescribed).toSorted((one, two) => two.described.head - one.described.head)[0];
    const lag = (first?.described.head ?? 0) - (leader?.described?.head ?? 0);
    if (first === undefined || lag < LAG_BLOCKS || first.breaker.trouble !== undefined) ahead = undefined;
    else ahead = { member: first, times: ahead?.member === first ? ahead.times + 1 : 1 };
  }

  return {
    look(leader) {
      if (pool.members.length === 1 || isLooking || performance.now() - lookedAt < OTHERS_MS) return;
      isLooking = true;
      void lookAt(leader).finally(() => {
        isLooking = false;
        lookedAt = performance.now();
      });
    },
    better() {
      if (ahead === undefined || ahead.times < 2) return undefined;
      const { member } = ahead;
      ahead = undefined;
      return isDescribed(member) ? member : undefined;
    },
  };
}
