import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@baleen/store';
import { storeGenesisAndIndexes } from '../store-genesis-and-indexes.ts';
import type { BlockSource } from '../walk/block-source.ts';
import type { ReadLimits } from '../walk/index-ranges.ts';
import { openBlocks } from '../walk/open-blocks.ts';
import { openOrAbort } from './open-or-abort.ts';
import { orReopened } from './reopened.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** A partition that the chain has filled gets its indexes within a day. Vacuum and analyze of the others take seconds. */
const EVERY_MS = 24 * 60 * 60_000;

export interface MaintenanceOptions {
  /** The source that is followed now; what is known of it is not asked for again. */
  readonly source: () => Pick<BlockSource, 'ref' | 'info'>;
  readonly limits: ReadLimits;
  readonly store: Store;
  readonly chainId: string;
  readonly signal: AbortSignal;
  readonly retries: RetryPolicy;
}

/** Work that follows when blocks are written: storing the genesis, building indexes, sealing filled partitions. */
export interface Maintenance {
  /** Tells that the backfill has written all that was missing: indexes are built now. */
  loaded(): void;
  /** Runs until the signal is aborted: works at the start, after each call of `loaded`, and once a day. */
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
      await storeGenesisAndIndexes(source, store, { wroteBlocks: false, signal });
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
