/** Runs `baleen redecode`. */
import type { BlockRange, GivenApplication } from '@baleen/chain';
import { type RedecodeReport, redecodeChain } from '@baleen/pipeline';
import type { Store, TableName } from '@baleen/store';
import type { Context } from '../cli/context.ts';
import type { HeightsAsked } from '../cli/heights.ts';
import { bringForward } from '../database.ts';
import type { Telemetry } from '../metrics/telemetry.ts';
import { createProgress } from '../output/progress.ts';
import { grouped } from '../output/table.ts';
import { storedChain, storedRange } from '../stored-chain.ts';

export interface RedecodeStoredOptions {
  readonly store: Store;
  readonly databaseUrl: string;
  readonly chain?: string | undefined;
  readonly tables?: readonly TableName[] | undefined;
  readonly heights?: HeightsAsked | undefined;
  readonly given: GivenApplication;
  readonly workers?: number | undefined;
  readonly quiet: boolean;
  readonly telemetry: Telemetry;
}

export interface StoredRedecodeReport extends RedecodeReport {
  /** Heights that were asked for and whose blocks are not stored, ascending. */
  readonly missing: readonly BlockRange[];
}

/** @throws BaleenError  as `storedChain`, `storedRange` and `redecodeChain` */
export async function redecodeStored(
  options: RedecodeStoredOptions,
  context: Context,
): Promise<StoredRedecodeReport> {
  const { store, databaseUrl, tables, heights, given, workers, quiet } = options;
  await bringForward(store, context.say);
  const chain = await storedChain(store, options.chain, 'redecode');
  const { chainId } = chain;
  const range = heights && storedRange(chain, heights, 'redecode');
  const missing = range === undefined ? [] : await store.missing(chainId, range, ['blocks']);
  const work = options.telemetry.chain(chainId);
  const hooks = work.walk();
  const progress = createProgress('blocks', context);
  work.doing = 'decoding stored blocks anew';
  try {
    const report = await redecodeChain({
      ...{ store, databaseUrl, chainId, workers },
      signal: context.signal,
      asked: { ...given, tables, heights: range },
      onProgress({ heights, totalHeights, txs }) {
        if (!quiet) progress.update({ done: heights, total: totalHeights, note: `${grouped(txs)} txs` });
      },
      onWritten(written) {
        hooks.onWritten(written);
        const { range } = written;
        work.doing = `decoding stored blocks anew, wrote ${range.from}..${range.to}`;
      },
      onFinish() {
        work.doing = 'building indexes';
      },
    });
    return { ...report, missing };
  } finally {
    hooks.end();
    progress.end();
  }
}
