import type { EndpointHealth } from '@baleen/source';

/** A chain that has made no block for this many of its usual ones has halted. */
const SILENT_BLOCKS = 10;

/** Milliseconds without a block that are no accident. */
export const silenceLimit = (usualMs: number | undefined, leastMs: number): number =>
  Math.max(leastMs, (usualMs ?? 0) * SILENT_BLOCKS);

/** A source that has not answered for this share of a silence can't be asked. */
const UNANSWERED_SHARE = 0.5;

/** When an endpoint answered last. Files always do. */
export interface Answers {
  /** Called every second. */
  look(health: readonly EndpointHealth[]): void;
  readonly quietMs: number;
}

export function createAnswers(): Answers {
  let requests: number | undefined;
  let at = Date.now();
  return {
    look(health) {
      const now = health.reduce((sum, each) => sum + each.requests, 0);
      if (now !== requests || health.some(({ backend }) => backend !== 'rpc')) at = Date.now();
      requests = now;
    },
    get quietMs() {
      return Date.now() - at;
    },
  };
}

/** Why no block comes, as far as the source tells: it can't be asked, or answers and has none. */
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
