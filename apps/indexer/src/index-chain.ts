/** One source into one database: what `index` and `demo` do. */
import { BaleenError, type BlockRange } from '@baleen/chain';
import { type IndexReport, indexRanges } from '@baleen/pipeline';
import { openSource, type Source } from '@baleen/source';
import type { ChainDescription, Store } from '@baleen/store';
import type { Context } from './context.ts';
import type { HeightsAsked } from './heights.ts';
import { createProgress } from './progress.ts';
import { blockAt, eventsPerBlock, sampleBlocks } from './sampled-blocks.ts';
import { grouped } from './table.ts';

export interface IndexChainOptions {
  readonly path: string;
  readonly store: Store;
  /** undefined: all that the source has. */
  readonly asked?: HeightsAsked | undefined;
  readonly expectedChain?: string | undefined;
  readonly workers?: number | undefined;
  /** Over RPC: requests per second. */
  readonly maxRps?: number | undefined;
  readonly trust: boolean;
  readonly quiet: boolean;
}

export interface IndexedChain extends IndexReport {
  readonly chainId: string;
  /** Heights that were asked for. */
  readonly range: BlockRange;
  /** Those of them that are not in the database now. */
  readonly missing: readonly BlockRange[];
}

export async function indexChain(options: IndexChainOptions, context: Context): Promise<IndexedChain> {
  const source = await openSource(
    options.path,
    options.maxRps === undefined ? {} : { maxRps: options.maxRps },
  );
  try {
    const { chainId } = source.info;
    checkChain(source, options.expectedChain);
    const { wanted, there } = rangesOf(source, options.asked);
    await options.store.migrate();
    await options.store.prepareChain(await describeChain(source, wanted, options, context));
    const ranges = await rangesToWrite(source, there, options.store);
    const report = await walk(ranges, source.info, options, context);
    if (!report.interrupted) await complete(source, report, options, context);
    const missing = await options.store.missing(chainId, wanted, ['blocks']);
    return { ...report, chainId, range: wanted, missing };
  } finally {
    source.close();
  }
}

function checkChain({ info }: Source, expected: string | undefined): void {
  if (expected === undefined || expected === info.chainId) return;
  throw new BaleenError(
    'operator',
    'CLI_OTHER_CHAIN',
    `index ${info.path}: expected chain ${expected} (--chain), found ${info.chainId}; nothing written`,
  );
}

/** `wanted`: what was asked for. `there`: the part of it that the source holds. */
function rangesOf(
  { info }: Source,
  asked: HeightsAsked | undefined,
): { wanted: BlockRange; there: BlockRange } {
  const wanted = { from: asked?.from ?? info.base, to: asked?.to ?? info.head };
  const there = { from: Math.max(wanted.from, info.base), to: Math.min(wanted.to, info.head) };
  if (there.from <= there.to) return { wanted, there };
  throw new BaleenError(
    'operator',
    'CLI_HEIGHTS_NOT_THERE',
    `index ${info.path}: heights ${asked?.from ?? ''}..${asked?.to ?? ''} were asked for, the source holds ${info.base}..${info.head}; nothing written`,
  );
}

async function describeChain(
  source: Source,
  wanted: BlockRange,
  options: IndexChainOptions,
  context: Context,
): Promise<ChainDescription> {
  const { info } = source;
  const range = { from: info.base, to: info.head };
  const genesis = (await needsGenesis(source, options.store))
    ? await source.genesis()?.summary(context.signal)
    : undefined;
  return {
    chainId: info.chainId,
    initialHeight: info.initialHeight ?? genesis?.initialHeight ?? 1,
    genesisHash: genesis?.hash,
    genesisFileSha256: genesis?.fileSha256,
    bech32Prefix: info.bech32Prefix ?? genesis?.bech32Prefix,
    eventsPerBlock: await eventsPerBlock(sampleBlocks(source, range)),
    source: range,
    wanted,
    headerAt: async (height) => {
      const block = await blockAt(source, height);
      return block && { blockHash: block.id.hash, lastBlockHash: block.header.lastBlockId.hash };
    },
    trust: options.trust,
  };
}

/** A genesis of a gigabyte takes long to read: only where the database has none, or no block in common with the source. */
async function needsGenesis({ info }: Source, store: Store): Promise<boolean> {
  const [stored] = await store.query('select genesis_hash from baleen.chains where chain_id = $1', [
    info.chainId,
  ]);
  if (stored === undefined || stored.genesis_hash === null) return true;
  const range = { from: info.base, to: info.head };
  const [first] = await store.missing(info.chainId, range, ['blocks']);
  return first?.from === range.from && first.to === range.to;
}

/** Blocks that are missing, and blocks whose results the source has and the database does not. */
async function rangesToWrite({ info }: Source, there: BlockRange, store: Store): Promise<BlockRange[]> {
  const { chainId, resultsBase, resultsHead } = info;
  if (resultsBase === undefined || resultsHead === undefined)
    return store.missing(chainId, there, ['blocks']);
  const parts: [BlockRange, ('blocks' | 'results')[]][] = [
    [{ from: there.from, to: Math.min(there.to, resultsBase - 1) }, ['blocks']],
    [{ from: Math.max(there.from, resultsBase), to: Math.min(there.to, resultsHead) }, ['blocks', 'results']],
    [{ from: Math.max(there.from, resultsHead + 1), to: there.to }, ['blocks']],
  ];
  const ranges: BlockRange[] = [];
  for (const [part, kinds] of parts)
    if (part.from <= part.to) ranges.push(...(await store.missing(chainId, part, kinds)));
  return ranges;
}

async function walk(
  ranges: readonly BlockRange[],
  info: Source['info'],
  options: IndexChainOptions,
  context: Context,
): Promise<IndexReport> {
  const progress = createProgress('blocks', context);
  try {
    return await indexRanges({
      path: options.path,
      known: info,
      maxRps: options.maxRps,
      chainId: info.chainId,
      store: options.store,
      ranges,
      ...(options.workers === undefined ? {} : { workers: options.workers }),
      signal: context.signal,
      onProgress({ heights, totalHeights, txs }) {
        if (!options.quiet)
          progress.update({ done: heights, total: totalHeights, note: `${grouped(txs)} txs` });
      },
    });
  } finally {
    progress.end();
  }
}

/** The genesis document, and indexes of what was loaded. */
async function complete(
  source: Source,
  report: IndexReport,
  options: IndexChainOptions,
  context: Context,
): Promise<void> {
  const { chainId } = source.info;
  const { store } = options;
  const genesis = source.genesis();
  if (genesis !== undefined) await store.storeGenesis(chainId, genesis.chunks(context.signal));
  const status = (await store.status()).find((chain) => chain.chainId === chainId);
  if (report.heights === 0 && status?.missingIndexes.length === 0) return;
  if (!options.quiet && report.heights > 10_000) context.say('building indexes');
  await store.finish(chainId);
}
