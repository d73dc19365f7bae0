import type { EndpointHealth } from '@baleen/source';

/** A chain counts as halted if no block came for this many times the usual time between two blocks. */
const SILENT_BLOCKS = 10;

/** Returns the milliseconds without a block after which the chain counts as halted.
 * @param usualMs  median milliseconds between two blocks; undefined if not known
 * @param leastMs  least result, in milliseconds */
export const silenceLimit = (usualMs: number | undefined, leastMs: number): number =>
  Math.max(leastMs, (usualMs ?? 0) * SILENT_BLOCKS);

/** A source counts as unreachable if it has not answered for more than this share of the time without a block. */
const UNANSWERED_SHARE = 0.5;

/** Measures how long no endpoint has answered. A source of files always answers. */
export interface AnswerClock {
  /** Notices new answers in the health of the source. It is called every second. */
  look(health: readonly EndpointHealth[]): void;
  /** Milliseconds since the last answer of any endpoint. */
  readonly quietMs: number;
}

/** @param nowMs  clock that returns milliseconds since an arbitrary moment */
export function createAnswerClock(nowMs: () => number): AnswerClock {
  let requests: number | undefined;
  let at = nowMs();
  return {
    look(health) {
      const now = health.reduce((sum, each) => sum + each.requests, 0);
      if (now !== requests || health.some(({ backend }) => backend !== 'rpc')) at = nowMs();
      requests = now;
    },
    get quietMs() {
      return nowMs() - at;
    },
  };
}

/** Tells the operator why no block comes: the source can't be reached, or it answers but has no new block. */
export function describeSilence(
  silentMs: number,
  unansweredMs: number,
  usualMs: number | undefined,
  head: number | undefined,
  health: readonly EndpointHealth[],
): string {
  if (unansweredMs > silentMs * UNANSWERED_SHARE) {
    const told = health.map(({ address, trouble }) => `${address}: ${trouble ?? 'no answer'}`);
    return `no source can be asked: ${told.join('; ')}; waiting for it`;
  }
  const usual = usualMs === undefined ? '' : `, usual are ${shown(usualMs)}`;
  return `no block for ${shown(silentMs)}${usual}: the chain has halted at ${head}, or the node is behind it; waiting for the next one`;
}

const shown = (ms: number): string =>
  ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
