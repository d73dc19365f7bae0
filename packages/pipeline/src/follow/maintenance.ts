import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@baleen/store';
import { completeChain } from '../complete-chain.ts';
import type { BlockSource } from '../walk/block-source.ts';
import type { ReadLimits } from '../walk/index-ranges.ts';
import { openBlocks } from '../walk/open-blocks.ts';
import { openOrAbort } from './open-or-abort.ts';
import { orReopened } from './reopened.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** A leaf that the chain has filled is sealed within a day; vacuum and analyze on the others cost seconds. */
const EVERY_MS = 24 * 60 * 60_000;

export interface MaintenanceOptions {
  /** The source that is followed now, with what is known of it, so that a node is not asked again. */
  readonly source: () => Pick<BlockSource, 'ref' | 'info'>;
  readonly limits: ReadLimits;
  readonly store: Store;
  readonly chainId: string;
  readonly signal: AbortSignal;
  readonly retries: RetryPolicy;
}

/** What follows when blocks are written, beside the head: the genesis, indexes, sealed leaves. */
export interface Maintenance {
  /** Much was loaded. */
  loaded(): void;
  /** Works at the start, after loads, and once a day, until the signal is aborted. */
  run(): Promise<void>;
}

export function createMaintenance(options: MaintenanceOptions): Maintenance {
  const { store, chainId, signal, retries, limits } = options;
  let isDue = false;
  let wake = (): void => undefined;

  const begin = async (): Promise<void> => {
    const { ref, info } = options.source();
    try {
      using source = await openOrAbort(openBlocks(ref, { ...limits, known: info }), signal);
      await completeChain(source, store, { wroteBlocks: false, signal });
    } catch (error) {
      throw orReopened(error);
    }
  };

  const rest = async (): Promise<void> => {
    const timer = new AbortController();
    await Promise.race([
      new Promise<void>((resolve) => (wake = resolve)),
      sleep(EVERY_MS, undefined, { signal: AbortSignal.any([signal, timer.signal]) }),
    ]).catch(() => undefined);
    timer.abort();
  };

  return {
    loaded() {
      isDue = true;
      wake();
    },
    async run() {
      await retries.attempt(begin);
      for (;;) {
        if (!isDue) await rest();
        if (signal.aborted) return;
        isDue = false;
        await retries.attempt(() => store.finish(chainId, signal));
      }
    },
  };
}
