/** Runs `baleen redecode`. */
import { BaleenError, type GivenApplication } from '@baleen/chain';
import { type RedecodeReport, redecodeChain } from '@baleen/pipeline';
import type { Store, TableName } from '@baleen/store';
import type { Context } from '../cli/context.ts';
import type { HeightsAsked } from '../cli/heights.ts';
import { bringForward } from '../database.ts';
import type { Telemetry } from '../metrics/telemetry.ts';
import { createProgress } from '../output/progress.ts';
import { grouped } from '../output/table.ts';

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

/** @throws BaleenError operator `CLI_OPTIONS`: the database holds several chains and none is named; as `redecodeChain` */
export async function redecodeStored(
  options: RedecodeStoredOptions,
  context: Context,
): Promise<RedecodeReport> {
  const { store, databaseUrl, tables, heights, given, workers, quiet } = options;
  await bringForward(store, context.say);
  const chainId = options.chain ?? (await onlyChain(store));
  const work = options.telemetry.chain(chainId);
  const progress = createProgress('blocks', context);
  work.doing = 'decoding stored blocks anew';
  try {
    return await redecodeChain({
      ...{ store, databaseUrl, chainId, workers },
      signal: context.signal,
      asked: {
        ...given,
        tables,
        heights: heights && { from: heights.from ?? 0, to: heights.to ?? Number.MAX_SAFE_INTEGER },
      },
      onProgress({ heights, totalHeights, txs }) {
        if (!quiet) progress.update({ done: heights, total: totalHeights, note: `${grouped(txs)} txs` });
      },
      onWritten({ range }) {
        work.doing = `decoding stored blocks anew, wrote ${range.from}..${range.to}`;
      },
      onFinish() {
        work.doing = 'building indexes';
      },
    });
  } finally {
    progress.end();
  }
}

async function onlyChain(store: Store): Promise<string> {
  const chains = await store.query('select chain_id from baleen.chains order by chain_id');
  const [first, ...others] = chains.map(({ chain_id }) => chain_id as string);
  if (first !== undefined && others.length === 0) return first;
  throw first === undefined
    ? new BaleenError(
        'operator',
        'CLI_NOT_MIGRATED',
        'redecode: expected stored blocks, found no chain in the database; baleen index SOURCE writes one',
      )
    : new BaleenError(
        'operator',
        'CLI_OPTIONS',
        `redecode: the database holds several chains: ${[first, ...others].join(', ')}; say which with --chain`,
      );
}
