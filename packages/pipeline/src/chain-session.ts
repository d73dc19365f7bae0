import { BaleenError, type BlockRange, intersection, type NodeRef } from '@baleen/chain';
import { kindOf } from '@baleen/source';
import { readByStored } from './chain-applications.ts';
import { missingRanges } from './missing-ranges.ts';
import { type OpenSourcesOptions, openSources } from './open-sources.ts';
import { type PrepareOptions, prepareChain } from './prepare-chain.ts';
import { type ReadStateOptions, readState, type StateReport } from './state/read-state.ts';
import { storeGenesisAndIndexes } from './store-genesis-and-indexes.ts';
import { storedPrefix } from './stored-prefix.ts';
import { type BlockSource, heldBy } from './walk/block-source.ts';
import { type IndexOptions, type IndexReport, indexRanges, openThreads } from './walk/index-ranges.ts';
import type { ThreadPool } from './walk/thread-pool.ts';

export interface SessionOptions extends OpenSourcesOptions, PrepareOptions {
  readonly signal: AbortSignal;
}

/** Heights with open ends. undefined: the lowest or the highest that a source has. */
export interface OpenRange {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** The sources of one chain, opened, and the sequence by which they get into a database: prepare the chain, find what is missing,
 * index it, finish with the genesis and the indexes, read the state. Each step is for one of the sources. */
export class ChainSession {
  readonly sources: readonly [BlockSource, ...BlockSource[]];
  readonly chainId: string;
  private readonly options: SessionOptions;

  /** @throws BaleenError  as `openSources` */
  static async open(refs: readonly NodeRef[], options: SessionOptions): Promise<ChainSession> {
    return new ChainSession(await openSources(refs, options), options);
  }

  private constructor(sources: readonly [BlockSource, ...BlockSource[]], options: SessionOptions) {
    this.sources = sources;
    this.options = options;
    this.chainId = sources[0].info.chainId;
  }

  /** Lowest to highest height that some source holds. */
  get held(): BlockRange {
    const ranges = this.sources.map(heldBy);
    return {
      from: Math.min(...ranges.map(({ from }) => from)),
      to: Math.max(...ranges.map(({ to }) => to)),
    };
  }

  /** The heights that were asked for; an open end reaches as far as any source does.
   * @throws BaleenError operator `CLI_HEIGHTS_NOT_THERE`: no source holds any of them */
  rangeOf(asked: OpenRange | undefined): BlockRange {
    const { held } = this;
    const wanted = { from: asked?.from ?? held.from, to: asked?.to ?? held.to };
    if (this.sources.some((source) => intersection(wanted, heldBy(source)) !== undefined)) return wanted;
    const told = this.sources.map(({ info }) => `${info.path} holds ${info.base}..${info.head}`);
    throw new BaleenError(
      'operator',
      'CLI_HEIGHTS_NOT_THERE',
      `${this.options.command}: heights ${asked?.from ?? ''}..${asked?.to ?? ''} were asked for, ${told.join(', ')}; nothing written`,
    );
  }

  /** @throws BaleenError  as `prepareChain` */
  prepare(source: BlockSource, wanted: BlockRange | undefined): Promise<void> {
    return prepareChain(source, wanted, this.options);
  }

  /** Has every source read its txs by the applications that the database has, for a chain that was prepared before.
   * @throws BaleenError operator `CLI_APPLICATION` */
  async recall(): Promise<void> {
    for (const source of this.sources) await readByStored(source, this.options.store);
  }

  /** Heights of `range` that the source holds and the database lacks, in blocks or in results. */
  async missing(source: BlockSource, range: BlockRange): Promise<BlockRange[]> {
    const there = intersection(range, heldBy(source));
    return there === undefined ? [] : missingRanges(source.info, there, this.options.store);
  }

  /** @throws BaleenError  as `indexRanges` */
  index(
    source: BlockSource,
    ranges: readonly BlockRange[],
    more: Omit<IndexOptions, 'source' | 'ranges' | 'limits' | 'store' | 'chainId'>,
  ): Promise<IndexReport> {
    const { store, signal, limits } = this.options;
    return indexRanges({ signal, ...more, source, ranges, limits, store, chainId: this.chainId });
  }

  /** Threads for several calls of `index` on a source.
   * @param workers  as of `indexRanges` */
  openThreads(source: BlockSource, workers: number | undefined): ThreadPool {
    return openThreads({ source, workers, limits: this.options.limits });
  }

  /** Stores the genesis document of the source, and builds the indexes of what was loaded.
   * @param onIndexes  called before indexes are built */
  finish(source: BlockSource, wroteBlocks: boolean, onIndexes?: () => void): Promise<void> {
    const { store, signal } = this.options;
    return storeGenesisAndIndexes(source, store, { wroteBlocks, signal, onIndexes });
  }

  /** The source that keeps the application's state; of several, the one whose node went farthest. */
  get stateSource(): BlockSource | undefined {
    const height = ({ info }: BlockSource): number => info.stateHeight ?? info.head;
    return this.sources
      .filter(({ ref, info }) => kindOf(ref).keepsState && info.databases.includes('application.db'))
      .toSorted((one, other) => height(other) - height(one))[0];
  }

  /** Reads the application's state of a source into the database. The chain has to be prepared.
   * @throws BaleenError  as `readState`; operator `CLI_NO_PREFIX` */
  async readState(
    { ref, info }: BlockSource,
    options: Pick<ReadStateOptions, 'height' | 'keepsNewer' | 'onProgress'>,
  ): Promise<StateReport> {
    const { store, signal } = this.options;
    const prefix = info.bech32Prefix ?? (await storedPrefix(info.chainId, store));
    if (prefix === undefined) throw noPrefix(info.path);
    return readState({ ...options, source: ref, chainId: info.chainId, prefix, store, signal });
  }

  close(): void {
    for (const source of this.sources) source.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

const noPrefix = (path: string): BaleenError =>
  new BaleenError(
    'operator',
    'CLI_NO_PREFIX',
    `read the state of ${path}: expected a genesis that tells the prefix of addresses, found none; put the chain's genesis.json at ` +
      `${path}/genesis.json; nothing written`,
  );
