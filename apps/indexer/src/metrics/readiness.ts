import type { ChainStatus } from '@baleen/store';

/** The answer of /readyz. */
export interface Readiness {
  readonly ready: boolean;
  /** Reasons for not being ready, one sentence each. */
  readonly reasons: readonly string[];
  readonly chains: readonly {
    readonly chainId: string;
    readonly lagSeconds: number | undefined;
    readonly lagBlocks: number | undefined;
  }[];
}

/** Ready: every chain that is worked on is indexed up to a block at most `maxLagSeconds` old.
 *
 * @param chains  status of the chains on which the process works; undefined if the database did not answer */
export function readinessOf(
  chainIds: readonly string[],
  chains: readonly ChainStatus[] | undefined,
  maxLagSeconds: number,
): Readiness {
  if (chains === undefined) return { ready: false, reasons: ['the database does not answer'], chains: [] };
  const known = new Map(chains.map((chain) => [chain.chainId, chain]));
  const reasons = chainIds.flatMap((chainId) => {
    const lag = known.get(chainId)?.lagSeconds;
    if (lag === undefined) return [`${chainId}: no block is indexed yet`];
    if (lag <= maxLagSeconds) return [];
    return [
      `${chainId}: the newest indexed block is ${Math.round(lag)} s old, at most ${maxLagSeconds} s are allowed`,
    ];
  });
  if (chainIds.length === 0) reasons.push('no chain is worked on yet');
  return {
    ready: reasons.length === 0,
    reasons,
    chains: chains.map(({ chainId, lagSeconds, lagBlocks }) => ({ chainId, lagSeconds, lagBlocks })),
  };
}
