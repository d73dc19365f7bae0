/** Runs `baleen follow`: follows the sources of one chain into one database until stopped. */
import type { GivenApplication } from '@baleen/chain';
import {
  type BackfillOrder,
  checkCrossCheck,
  type FollowedSource,
  type FollowReport,
  followChain,
  openSources,
  prepareChain,
  type ReadLimits,
  storedPrefix,
} from '@baleen/pipeline';
import { type Headers, parseSources } from '@baleen/source';
import type { Store } from '@baleen/store';
import type { Context } from '../cli/context.ts';
import { bringForward } from '../database.ts';
import type { Telemetry } from '../metrics/telemetry.ts';
import { grouped } from '../output/table.ts';
import { createFollowStatus } from './follow-status.ts';

export interface FollowSourcesOptions {
  /** Folders and RPC addresses, all of one chain. */
  readonly sources: readonly string[];
  readonly store: Store;
  readonly expectedChain?: string | undefined;
  /** Lowest height to backfill; undefined means the lowest that a source has. */
  readonly from: number | undefined;
  readonly backfill: BackfillOrder | 'none';
  readonly workers?: number | undefined;
  /** Most requests per second that are sent to each RPC endpoint; undefined means no limit. */
  readonly maxRps?: number | undefined;
  /** HTTP headers that are sent with every RPC request, value by name. */
  readonly header: Headers;
  /** Most megabytes per second that are read from the folder of a running node; undefined means no limit. */
  readonly maxRead?: number | undefined;
  readonly maxPinned?: number | undefined;
  /** True if the facts that no hash covers are read from two RPC endpoints and compared. */
  readonly crossCheck: boolean;
  readonly trust: boolean;
  /** What the user says about the chain's application: its name, and protobuf descriptors of its modules. */
  readonly given: GivenApplication;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly telemetry: Telemetry;
  /** Starts the embedded database again if it has ended; undefined if the database server is the user's own. */
  readonly revive: (() => Promise<void>) | undefined;
}

/** The head and the backfill are read in two threads, each with its own limits. So each gets half of the limits that the user set. */
const SHARE = 2;

export async function followSources(options: FollowSourcesOptions, context: Context): Promise<FollowReport> {
  const { store, telemetry, backfill, workers, from, trust, revive } = options;
  const { signal } = context;
  const { chainId, sources: found } = await findSources(options);
  await bringForward(store, context.say);
  const sources = withPrefix(found, await storedPrefix(chainId, store));
  await sayWithoutState(chainId, options, context);
  const work = telemetry.chain(chainId);
  const status = createFollowStatus(options, context);
  try {
    const report = await followChain({
      ...{ sources, limits: limitsOf(options), store, chainId, from, backfill, workers, signal },
      prepare: (source, wanted) =>
        prepareChain(source, wanted, {
          store,
          trust,
          signal,
          warn: (line) => status.say(`warning: ${line}`),
        }),
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

/** Prints a note at the start: `follow` does not update the application's state, so the views of the current state stay as they are. */
async function sayWithoutState(
  chainId: string,
  { store, quiet }: FollowSourcesOptions,
  { say }: Context,
): Promise<void> {
  if (quiet) return;
  const known = (await store.status()).find((each) => each.chainId === chainId);
  const state = known?.state;
  const there =
    state === undefined ? 'none is here' : `the one here is that after block ${grouped(state.height)}`;
  say(
    `note: follow writes blocks and no application state yet; ${there}; baleen state FOLDER takes the newest`,
  );
}

/** Gives the prefix of addresses that the database has to sources that do not tell it. */
function withPrefix(
  [first, ...others]: FoundSources['sources'],
  bech32Prefix: string | undefined,
): FoundSources['sources'] {
  const knowing = ({ ref, options }: FollowedSource): FollowedSource => ({
    ref,
    options: { ...options, bech32Prefix: options?.bech32Prefix ?? bech32Prefix },
  });
  return [knowing(first), ...others.map(knowing)];
}

interface FoundSources {
  readonly chainId: string;
  readonly sources: readonly [FollowedSource, ...FollowedSource[]];
}

/** Opens the sources once to learn their chain, and returns what to follow.
 * @throws BaleenError  as `openSources`: sources of two chains are refused */
async function findSources(options: FollowSourcesOptions): Promise<FoundSources> {
  const { expectedChain, maxRps, maxPinned, crossCheck, given } = options;
  const refs = parseSources(options.sources, options.header);
  checkCrossCheck(refs, crossCheck);
  const opened = await openSources(refs, {
    limits: { maxRps, crossCheck, application: given },
    expectedChain,
    command: 'follow',
  });
  for (const source of opened) source.close();
  const [first, ...others] = opened.map(
    ({ ref, info: { bech32Prefix, applicationSigns } }): FollowedSource => ({
      ref,
      options: {
        ...limitsOf(options),
        ...{ maxPinned, bech32Prefix, genesisModules: applicationSigns?.modules },
      },
    }),
  );
  return { chainId: opened[0].info.chainId, sources: [first!, ...others] };
}

const limitsOf = ({ maxRps, maxRead, crossCheck, given }: FollowSourcesOptions): ReadLimits => ({
  maxRps: maxRps && maxRps / SHARE,
  maxReadBytesPerSecond: maxRead && (maxRead * 1_000_000) / SHARE,
  crossCheck,
  application: given,
});
