import type { EndpointHealth } from '@baleen/source';

/** Usual times between two blocks after which a chain without a new block counts as halted. */
const SILENT_BLOCKS = 10;

/** Milliseconds without a block after which the chain counts as halted.
 * @param usualMs  median milliseconds between two blocks. undefined: not known */
export const silenceLimit = (usualMs: number | undefined, leastMs: number): number =>
  Math.max(leastMs, (usualMs ?? 0) * SILENT_BLOCKS);

/** Share of the time without a block for which a source has to have been silent to count as unreachable. */
const UNANSWERED_SHARE = 0.5;

/** Keeps the time of the last answer of any endpoint. Files always answer. */
export interface Answers {
  /** Takes in the health of the source; called every second. */
  look(health: readonly EndpointHealth[]): void;
  readonly quietMs: number;
}

/** @param nowMs  the time, from any beginning */
export function createAnswers(nowMs: () => number): Answers {
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

/** Says for people why no block comes: the source can't be asked, or it answers and has no new block. */
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
