/** Runs `baleen index` and the indexing of `baleen demo`: writes the sources of one chain into one database. */
import {
  BaleenError,
  type BlockRange,
  covers,
  type GivenApplication,
  intersection,
  without,
} from '@baleen/chain';
import {
  type BlockSource,
  ChainSession,
  checkCrossCheck,
  heldBy,
  type IndexReport,
  type StateReport,
} from '@baleen/pipeline';
import { type Headers, parseSources } from '@baleen/source';
import type { Store } from '@baleen/store';
import type { Context } from '../cli/context.ts';
import type { HeightsAsked } from '../cli/heights.ts';
import { bringForward } from '../database.ts';
import type { Telemetry } from '../metrics/telemetry.ts';
import { createProgress } from '../output/progress.ts';
import { grouped } from '../output/table.ts';
import { checkState, type LeftOutState, takeState } from '../state/take-state.ts';
import { type WithoutGenesis, withoutGenesis } from './without-genesis.ts';

export interface IndexChainOptions {
  /** Folders and RPC addresses, all of one chain. */
  readonly sources: readonly string[];
  readonly store: Store;
  /** Heights to index; undefined means all that the sources have. */
  readonly asked?: HeightsAsked | undefined;
  readonly expectedChain?: string | undefined;
  readonly workers?: number | undefined;
  /** Most requests per second that are sent to each RPC endpoint; undefined means no limit. */
  readonly maxRps?: number | undefined;
  /** HTTP headers that are sent with every RPC request, value by name. */
  readonly header?: Headers;
  /** True if the facts that no hash covers are read from two RPC endpoints and compared. */
  readonly crossCheck?: boolean | undefined;
  /** True if the application's state is not written. */
  readonly noState?: boolean | undefined;
  /** Height of the state to write; undefined means the newest that the sources have. */
  readonly stateAt?: number | undefined;
  readonly trust: boolean;
  /** What the user says about the chain's application: its name, and protobuf descriptors of its modules. */
  readonly given?: GivenApplication | undefined;
  readonly quiet: boolean;
  readonly telemetry: Telemetry;
}

export interface IndexedChain extends IndexReport {
  readonly chainId: string;
  /** Heights that the user asked for. */
  readonly range: BlockRange;
  /** Those of the heights that are not in the database now. */
  readonly missing: readonly BlockRange[];
  /** Heights of the range whose block is in the database without its results. */
  readonly withoutResults: readonly BlockRange[];
  /** What was done with the application's state; undefined if no source has one, or the user did not want it. */
  readonly state: StateReport | LeftOutState | undefined;
  /** What the database lacks because it has no genesis of the chain; undefined if it has the genesis. */
  readonly withoutGenesis: WithoutGenesis | undefined;
}

export async function indexChain(options: IndexChainOptions, context: Context): Promise<IndexedChain> {
  const { store, maxRps, crossCheck, expectedChain, trust, given } = options;
  const { signal } = context;
  const refs = parseSources(options.sources, options.header);
  checkCrossCheck(refs, crossCheck);
  using session = await ChainSession.open(refs, {
    ...{ store, expectedChain, trust, signal, command: 'index' },
    warn: (line) => context.say(`warning: ${line}`),
    limits: { maxRps, crossCheck, application: given },
  });
  const { chainId } = session;
  const range = session.rangeOf(options.asked);
  const stateSource = stateSourceOf(session, options);
  await bringForward(store, context.say);
  let report: IndexReport | undefined;
  for (const source of session.sources) {
    if (report?.interrupted || intersection(range, heldBy(source)) === undefined) continue;
    report = sum(report, await indexSource(session, source, range, options, context));
  }
  const missing = await store.missing(chainId, range, ['blocks']);
  const withoutResults = (await store.missing(chainId, range, ['results'])).flatMap((part) =>
    without(part, missing),
  );
  const all = sum(report, undefined);
  const state = all.interrupted
    ? undefined
    : await stateBehind(session, stateSource, range, options, context);
  const interrupted = all.interrupted || state?.outcome === 'interrupted';
  // A later source may have had the heights at which an earlier one failed.
  const faults = all.faults.filter(({ height = 0 }) => covers(missing, { from: height, to: height }));
  const lacking = interrupted ? undefined : await withoutGenesis(store, session.sources);
  return {
    ...all,
    ...{ interrupted, chainId, range, missing, withoutResults, faults, state },
    withoutGenesis: lacking,
  };
}

/** Returns the source whose state is written after the blocks; undefined means none.
 *
 * @throws BaleenError of kind operator: the options contradict each other, or no source has the state at the height `stateAt` */
function stateSourceOf(
  session: ChainSession,
  { noState = false, stateAt }: IndexChainOptions,
): BlockSource | undefined {
  if (noState && stateAt !== undefined)
    throw new BaleenError(
      'operator',
      'CLI_OPTIONS',
      'index: --no-state leaves the state out and --state-at asks for one; give one of them',
    );
  if (noState) return undefined;
  const source = session.stateSource;
  if (stateAt !== undefined) checkState((source ?? session.sources[0]).ref, stateAt);
  return source;
}

/** Writes the source's application state after the blocks. If the database has a newer state, that one stays, unless the user asked for
 * a height. If Baleen can't read the state, for example because it does not know the application's stores, the result says so and the
 * blocks stay written. A damaged state is an error. */
async function stateBehind(
  session: ChainSession,
  source: BlockSource | undefined,
  indexed: BlockRange,
  options: IndexChainOptions,
  context: Context,
): Promise<StateReport | LeftOutState | undefined> {
  const { stateAt: height } = options;
  if (source === undefined) return undefined;
  try {
    if (intersection(indexed, heldBy(source)) === undefined) await session.prepare(source, undefined);
    const keepsNewer = height === undefined;
    return await takeState(session, source, { ...options, height, keepsNewer }, context);
  } catch (error) {
    if (error instanceof BaleenError && error.kind === 'operator' && height === undefined)
      return { chainId: source.info.chainId, outcome: 'left_out', why: error.message };
    context.say('note: the blocks are written, the state is not');
    throw error;
  }
}

async function indexSource(
  session: ChainSession,
  source: BlockSource,
  wanted: BlockRange,
  options: IndexChainOptions,
  context: Context,
): Promise<IndexReport> {
  const work = options.telemetry.chain(session.chainId);
  work.opened(source);
  work.doing = `preparing for ${source.info.path}`;
  await session.prepare(source, wanted);
  const report = await walk(session, source, await session.missing(source, wanted), options, context);
  if (report.interrupted) return report;
  work.doing = 'storing the genesis';
  await session.finish(source, report.heights > 0, () => {
    work.doing = 'building indexes';
    if (!options.quiet && report.heights > 10_000) context.say('building indexes');
  });
  return { ...report, interrupted: context.signal.aborted };
}

const NOTHING: IndexReport = {
  ...{ heights: 0, totalHeights: 0, txs: 0, rows: 0, bytes: 0 },
  interrupted: false,
  faults: [],
};

function sum(left: IndexReport = NOTHING, right: IndexReport = NOTHING): IndexReport {
  return {
    heights: left.heights + right.heights,
    totalHeights: left.totalHeights + right.totalHeights,
    txs: left.txs + right.txs,
    rows: left.rows + right.rows,
    bytes: left.bytes + right.bytes,
    interrupted: left.interrupted || right.interrupted,
    faults: [...left.faults, ...right.faults],
  };
}

async function walk(
  session: ChainSession,
  source: BlockSource,
  ranges: readonly BlockRange[],
  { telemetry, workers, quiet }: IndexChainOptions,
  context: Context,
): Promise<IndexReport> {
  const progress = createProgress('blocks', context);
  const hooks = telemetry.chain(session.chainId).walk(source.info);
  try {
    return await session.index(source, ranges, {
      workers,
      ...hooks,
      onProgress({ heights, totalHeights, txs }) {
        if (!quiet) progress.update({ done: heights, total: totalHeights, note: `${grouped(txs)} txs` });
      },
    });
  } finally {
    hooks.end();
    progress.end();
  }
}
