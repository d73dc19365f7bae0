/** `--fail-lag`: finds what keeps a database from being up to date, for scripts and monitors. */
import type { ChainStatus } from '@baleen/store';
import { duration } from '../output/progress.ts';
import { countOf, rangesText } from './status-text.ts';

export const FAIL_LAG_HELP = `--fail-lag TIME ends with exit code 4, and tells why on stderr, when of any chain (with --chain: of that one)
  the newest indexed block is older than TIME, or no block is indexed yet,
  or blocks are missing that were asked for or lie between others,
  or a range has failed;
or when there is no chain to check. Results that a source does not have are no failure. With --watch it ends at the first of these.`;

/** @returns one sentence per reason; empty: every chain is up to date */
export function lagAlarms(chains: readonly ChainStatus[], maxLagSeconds: number): string[] {
  if (chains.length === 0) return ['there is no chain to check'];
  return chains.flatMap(({ chainId, lagSeconds, missing, failed }) => [
    ...(lagSeconds === undefined ? [`${chainId}: no block is indexed yet`] : []),
    ...(lagSeconds !== undefined && lagSeconds > maxLagSeconds
      ? [
          `${chainId}: the newest indexed block is ${duration(lagSeconds)} old, at most ${duration(maxLagSeconds)} are allowed`,
        ]
      : []),
    ...(missing.length > 0
      ? [`${chainId}: ${countOf(missing)} blocks are missing: ${rangesText(missing)}`]
      : []),
    ...(failed.length > 0 ? [`${chainId}: failed: ${rangesText(failed)}`] : []),
  ]);
}
