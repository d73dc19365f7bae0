/** The sources of one chain, followed into one database. */
import { type BackfillOrder, type FollowReport, followChain, type Place } from '@baleen/pipeline';
import { isRpcAddress, openLiveSource, type SourceInfo, type SourceOptions } from '@baleen/source';
import type { Store } from '@baleen/store';
import type { Context } from '../cli/context.ts';
import { bringForward } from '../database.ts';
import { describeChain } from '../index/index-chain.ts';
import { openSources } from '../index/opened-sources.ts';
import type { Telemetry } from '../metrics/telemetry.ts';
import { createFollowStatus } from './follow-status.ts';

export interface FollowSourcesOptions {
  /** Folders and RPC addresses, all of one chain. */
  readonly sources: readonly string[];
  readonly store: Store;
  readonly expectedChain?: string | undefined;
  /** Lowest height that is wanted. */
  readonly from: number | undefined;
  readonly backfill: BackfillOrder | 'none';
  readonly workers?: number | undefined;
  /** Over RPC: requests per second to each endpoint. */
  readonly maxRps?: number | undefined;
  /** Of a live folder: megabytes per second. */
  readonly maxRead?: number | undefined;
  readonly maxPinned?: number | undefined;
  /** Over RPC: compares what no hash covers over two endpoints. */
  readonly crossCheck: boolean;
  readonly trust: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly telemetry: Telemetry;
  /** Mends the database where this process has started it. */
  readonly revive: (() => Promise<void>) | undefined;
}

/** Head and backfill read in threads of their own, each with its own bounds: what a node is promised is halved between them. */
const SHARE = 2;

export async function followSources(options: FollowSourcesOptions, context: Context): Promise<FollowReport> {
  const { store, telemetry, backfill, workers, from, revive } = options;
  const found = await describeSources(options);
  const { chainId } = found[0]!.info;
  await bringForward(store, context.say);
  const work = telemetry.chain(chainId);
  const status = createFollowStatus(options, context);
  try {
    const report = await followChain({
      places: found.map((each) => placeOf(each, options)) as [Place, ...Place[]],
      sourceOptions: readerOptions(options),
      ...{ store, chainId, from, backfill, workers },
      signal: context.signal,
      async prepare(source, wanted) {
        await store.prepareChain(await describeChain(source, wanted, options, context));
      },
      say: status.say,
      onProgress(progress) {
        status.update(progress);
        work.doing = status.doing;
      },
      walk: (info) => work.walk(info),
      ...(revive !== undefined && { reviveDatabase: revive }),
    });
    status.end(report);
    return report;
  } finally {
    status.close();
  }
}

interface FoundPlace {
  readonly paths: readonly string[];
  readonly info: SourceInfo;
}

/** What there is to follow; refuses sources of two chains. */
async function describeSources(options: FollowSourcesOptions): Promise<FoundPlace[]> {
  const opened = await openSources(options);
  for (const { source } of opened) source.close();
  return opened.map(({ paths, source: { info } }) => ({ paths, info }));
}

const placeOf = ({ paths, info }: FoundPlace, options: FollowSourcesOptions): Place => ({
  paths,
  open: (judge) =>
    openLiveSource(paths, {
      ...readerOptions(options),
      ...(options.maxPinned !== undefined && { maxPinned: options.maxPinned }),
      ...(info.bech32Prefix !== undefined && { bech32Prefix: info.bech32Prefix }),
      judge,
    }),
});

function readerOptions(options: FollowSourcesOptions): SourceOptions {
  const { sources, maxRps, maxRead, crossCheck } = options;
  return {
    ...(maxRps !== undefined && { maxRps: maxRps / SHARE }),
    ...(maxRead !== undefined && { maxReadBytesPerSecond: (maxRead * 1_000_000) / SHARE }),
    ...(crossCheck && sources.some(isRpcAddress) && { crossCheck }),
  };
}
