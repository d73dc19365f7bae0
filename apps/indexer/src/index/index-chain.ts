/** The sources of one chain into one database: what `index` and `demo` do. */
import { BaleenError, type BlockRange, intersection } from '@baleen/chain';
import {
  completeChain,
  type IndexReport,
  indexRanges,
  missingRanges,
  type StateReport,
} from '@baleen/pipeline';
import type { Source } from '@baleen/source';
import type { ChainDescription, Store } from '@baleen/store';
import type { Context } from '../cli/context.ts';
import type { HeightsAsked } from '../cli/heights.ts';
import { bringForward } from '../database.ts';
import type { Telemetry } from '../metrics/telemetry.ts';
import { createProgress } from '../output/progress.ts';
import { grouped } from '../output/table.ts';
import { checkState, type LeftOutState, takeState, withState } from '../state/take-state.ts';
import { type OpenedSource, openSources } from './opened-sources.ts';
import { blockAt, eventsPerBlock, sampleBlocks } from './sampled-blocks.ts';

export interface IndexChainOptions {
  /** Folders and RPC addresses, all of one chain. */
  readonly sources: readonly string[];
  readonly store: Store;
  /** undefined: all that the sources have. */
  readonly asked?: HeightsAsked | undefined;
  readonly expectedChain?: string | undefined;
  readonly workers?: number | undefined;
  /** Over RPC: requests per second to each endpoint. */
  readonly maxRps?: number | undefined;
  /** Over RPC: compares what no hash covers over two endpoints. */
  readonly crossCheck?: boolean | undefined;
  /** Leave the application's state out. */
  readonly noState?: boolean | undefined;
  /** Its height; undefined: the newest, where the sources have one. */
  readonly stateAt?: number | undefined;
  readonly trust: boolean;
  readonly quiet: boolean;
  readonly telemetry: Telemetry;
}

export interface IndexedChain extends IndexReport {
  readonly chainId: string;
  /** Heights that were asked for. */
  readonly range: BlockRange;
  /** Those of them that are not in the database now. */
  readonly missing: readonly BlockRange[];
  /** undefined: no source has one, or it was not asked for. */
  readonly state: StateReport | LeftOutState | undefined;
}

export async function indexChain(options: IndexChainOptions, context: Context): Promise<IndexedChain> {
  const opened = await openSources(options);
  try {
    const { chainId } = opened[0].source.info;
    const range = rangeAsked(opened, options);
    const stateSource = stateSourceOf(opened, options);
    await bringForward(options.store, context.say);
    let report: IndexReport | undefined;
    for (const each of opened) {
      const there = intersection(range, rangeOf(each.source));
      if (report?.interrupted || there === undefined) continue;
      report = sum(report, await indexSource(each, range, there, options, context));
    }
    const missing = await options.store.missing(chainId, range, ['blocks']);
    const all = sum(report, undefined);
    const state = all.interrupted ? undefined : await stateBehind(stateSource, range, options, context);
    const interrupted = all.interrupted || state?.outcome === 'interrupted';
    return { ...all, interrupted, chainId, range, missing, state };
  } finally {
    for (const { source } of opened) source.close();
  }
}

/** @throws BaleenError operator: what was asked for by its height is not there */
function stateSourceOf(
  opened: readonly OpenedSource[],
  { noState = false, stateAt }: IndexChainOptions,
): Source | undefined {
  if (noState && stateAt !== undefined)
    throw new BaleenError(
      'operator',
      'CLI_OPTIONS',
      'index: --no-state leaves the state out and --state-at asks for one; give one of them',
    );
  if (noState) return undefined;
  const source = withState(opened);
  if (stateAt !== undefined) checkState((source ?? opened[0]!.source).info.path, stateAt);
  return source;
}

/** A newer one that the database has stays, unless one was asked for by its height. A state that can't be read here, as of an
 * application whose stores are not known, does not spoil the blocks; a damaged one is an error. */
async function stateBehind(
  source: Source | undefined,
  indexed: BlockRange,
  options: IndexChainOptions,
  context: Context,
): Promise<StateReport | LeftOutState | undefined> {
  const { store, stateAt: height } = options;
  if (source === undefined) return undefined;
  try {
    if (intersection(indexed, rangeOf(source)) === undefined)
      await store.prepareChain(await describeChain(source, undefined, options, context));
    const keepsNewer = height === undefined;
    return await takeState(source, { ...options, height, keepsNewer }, context);
  } catch (error) {
    if (error instanceof BaleenError && error.kind === 'operator' && height === undefined)
      return { chainId: source.info.chainId, outcome: 'left_out', why: error.message };
    context.say('note: the blocks are written, the state is not');
    throw error;
  }
}

async function indexSource(
  opened: OpenedSource,
  wanted: BlockRange,
  there: BlockRange,
  options: IndexChainOptions,
  context: Context,
): Promise<IndexReport> {
  const { source } = opened;
  const work = options.telemetry.chain(source.info.chainId);
  work.opened(source);
  work.doing = `preparing for ${source.info.path}`;
  await options.store.prepareChain(await describeChain(source, wanted, options, context));
  const ranges = await missingRanges(source.info, there, options.store);
  const report = await walk(ranges, opened, options, context);
  if (report.interrupted) return report;
  work.doing = 'storing the genesis';
  await completeChain(source, options.store, {
    wroteBlocks: report.heights > 0,
    signal: context.signal,
    onFinish() {
      work.doing = 'building indexes';
      if (!options.quiet && report.heights > 10_000) context.say('building indexes');
    },
  });
  return report;
}

const NOTHING: IndexReport = { heights: 0, totalHeights: 0, txs: 0, rows: 0, bytes: 0, interrupted: false };

function sum(left: IndexReport = NOTHING, right: IndexReport = NOTHING): IndexReport {
  return {
    heights: left.heights + right.heights,
    totalHeights: left.totalHeights + right.totalHeights,
    txs: left.txs + right.txs,
    rows: left.rows + right.rows,
    bytes: left.bytes + right.bytes,
    interrupted: left.interrupted || right.interrupted,
  };
}

const rangeOf = ({ info }: Source): BlockRange => ({ from: info.base, to: info.head });

/** What was asked for; of an open end, as far as any source goes. */
export function rangeAsked(
  opened: readonly OpenedSource[],
  { asked }: Pick<IndexChainOptions, 'asked'>,
): BlockRange {
  const ranges = opened.map(({ source }) => rangeOf(source));
  const wanted = {
    from: asked?.from ?? Math.min(...ranges.map(({ from }) => from)),
    to: asked?.to ?? Math.max(...ranges.map(({ to }) => to)),
  };
  if (ranges.some((range) => intersection(wanted, range) !== undefined)) return wanted;
  const held = opened.map(({ source: { info } }) => `${info.path} holds ${info.base}..${info.head}`);
  throw new BaleenError(
    'operator',
    'CLI_HEIGHTS_NOT_THERE',
    `index: heights ${asked?.from ?? ''}..${asked?.to ?? ''} were asked for, ${held.join(', ')}; nothing written`,
  );
}

export async function describeChain(
  source: Source,
  wanted: BlockRange | undefined,
  options: Pick<IndexChainOptions, 'store' | 'trust'>,
  context: Context,
): Promise<ChainDescription> {
  const { info } = source;
  const range = { from: info.base, to: info.head };
  const stored = await storedChain(info.chainId, options.store);
  const genesis = (await needsGenesis(source, stored, options.store))
    ? await source.genesis()?.summary(context.signal)
    : undefined;
  return {
    chainId: info.chainId,
    initialHeight: info.initialHeight ?? genesis?.initialHeight ?? 1,
    genesisHash: genesis?.hash,
    genesisFileSha256: genesis?.fileSha256,
    bech32Prefix: info.bech32Prefix ?? genesis?.bech32Prefix,
    // The size of leaves is told when a chain is new; a node is not asked for blocks without need.
    eventsPerBlock: stored === undefined ? await eventsPerBlock(sampleBlocks(source, range)) : 0,
    source: range,
    wanted,
    headerAt: async (height) => {
      const block = await blockAt(source, height);
      return block && { blockHash: block.id.hash, lastBlockHash: block.header.lastBlockId.hash };
    },
    trust: options.trust,
  };
}

interface StoredChain {
  readonly hasGenesis: boolean;
}

async function storedChain(chainId: string, store: Store): Promise<StoredChain | undefined> {
  const [stored] = await store.query('select genesis_hash from baleen.chains where chain_id = $1', [chainId]);
  return stored && { hasGenesis: stored.genesis_hash !== null };
}

/** A genesis of a gigabyte takes long to read: only where the database has none, or no block in common with the source. */
async function needsGenesis(
  { info }: Source,
  stored: StoredChain | undefined,
  store: Store,
): Promise<boolean> {
  if (stored === undefined || !stored.hasGenesis) return true;
  const range = { from: info.base, to: info.head };
  const [first] = await store.missing(info.chainId, range, ['blocks']);
  return first?.from === range.from && first.to === range.to;
}

async function walk(
  ranges: readonly BlockRange[],
  { paths, source: { info } }: OpenedSource,
  options: IndexChainOptions,
  context: Context,
): Promise<IndexReport> {
  const progress = createProgress('blocks', context);
  const hooks = options.telemetry.chain(info.chainId).walk(info);
  try {
    return await indexRanges({
      paths,
      known: info,
      maxRps: options.maxRps,
      crossCheck: options.crossCheck,
      chainId: info.chainId,
      store: options.store,
      ranges,
      ...(options.workers === undefined ? {} : { workers: options.workers }),
      signal: context.signal,
      ...hooks,
      onProgress({ heights, totalHeights, txs }) {
        if (!options.quiet)
          progress.update({ done: heights, total: totalHeights, note: `${grouped(txs)} txs` });
      },
    });
  } finally {
    hooks.end();
    progress.end();
  }
}
