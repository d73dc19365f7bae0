import type { BlockRange, EraName, RawBlock } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { type LevelDb, openLevelDb } from '@baleen/leveldb';
import {
  type BlockEnvelope,
  type BlockStoreState,
  getMeta,
  getParts,
  isWhole,
  missingKey,
  readBlockStoreState,
  readEnvelope,
} from './block-store.ts';
import { detectEra } from './era.ts';
import { dataError, operatorError, unreadable, withContext } from './errors.ts';
import { createGenesisSource, findBech32Prefix, type GenesisPlace, type GenesisSource } from './genesis.ts';
import { isLive } from './live.ts';
import { databaseBytes, locateNode, type NodeFiles } from './locate.ts';
import { findResults } from './results-range.ts';
import { isRpcAddress } from './rpc/endpoint.ts';
import { readStateSummary, StateReader, type StateSummary } from './state-store.ts';

/** What a source holds, as it was when it was opened. Plain data: it may cross threads. */
export interface SourceInfo {
  /** Folder of the databases; of a node's RPC its address, without a password. */
  readonly path: string;
  /** Databases there, e.g. `blockstore.db`, in order of name; only blockstore.db and state.db are read. None over RPC. */
  readonly databases: readonly string[];
  readonly backend: 'goleveldb' | 'rpc';
  readonly chainId: string;
  readonly era: EraName;
  /** Version of the software that began the chain, `0.34.14`; undefined: state.db is missing or doesn't say. */
  readonly software: string | undefined;
  /** Version that a node names over RPC, `0.34.14`. */
  readonly nodeVersion?: string;
  /** First height of the chain; undefined without state.db. */
  readonly initialHeight: number | undefined;
  /** Lowest and highest height whose block is whole. */
  readonly base: number;
  readonly head: number;
  /** Lowest and highest height with results; undefined: there are none. */
  readonly resultsBase: number | undefined;
  readonly resultsHead: number | undefined;
  /** Height of the state in state.db. */
  readonly stateHeight: number | undefined;
  /** What is less than whole, in words. */
  readonly notes: readonly string[];
  /** A place that holds the genesis document, files first, as state.db's copy is only looked at by `genesis()`. */
  readonly genesis: GenesisPlace | undefined;
  /** `terra`; undefined: no genesis document tells it. */
  readonly bech32Prefix: string | undefined;
  /** A process holds the databases' lock, or a node answers. */
  readonly live: boolean;
  /** Bytes of blockstore.db and state.db on disk; undefined over RPC. */
  readonly estimatedBytes: number | undefined;
}

export interface Source {
  readonly info: SourceInfo;
  /** Blocks in order of height. Their bytes may be views of cached blocks: copy what is kept. `validators` and
   * `consensusParams` are the same object as long as they don't change.
   * @throws BaleenError `SOURCE_OUT_OF_RANGE`, `SOURCE_MISSING`, `SOURCE_DISCONTINUITY`, `SOURCE_CORRUPT`, LevelDB's own */
  read(range: BlockRange, signal?: AbortSignal): AsyncIterable<RawBlock>;
  /** undefined: there is no genesis document. */
  genesis(): GenesisSource | undefined;
  close(): void;
  [Symbol.dispose](): void;
}

export interface SourceOptions {
  /** Decoded LevelDB blocks held in memory, per database. Default 16 MiB. */
  readonly cacheBytes?: number;
  /** Given, the genesis document is not looked into. */
  readonly bech32Prefix?: string;
  /** What an earlier opening found; given, neither the genesis document nor, over RPC, the node is asked again. */
  readonly known?: SourceInfo;
  /** Over RPC: requests per second. Default: as fast as the node answers. */
  readonly maxRps?: number;
  /** Over RPC: how long to wait. Default: 15 s without a byte. */
  readonly timeoutMs?: number;
  /** Over RPC: waiting before the first repeat of a failed request, doubled each time. Default 250 ms. */
  readonly retryMs?: number;
}

/** Opens a node's databases for reading: no lock, no change, also while the node runs. Or a node's RPC.
 *
 * @param path  a node's home, its data folder or a folder that holds blockstore.db; `leveldb:` may stand before it; or
 *   `http(s)://host:26657`
 * @throws BaleenError  operator: `SOURCE_NOT_FOUND`, `SOURCE_EMPTY`, `SOURCE_ERA_UNSUPPORTED`, `SOURCE_BACKEND_UNSUPPORTED`,
 *   `SOURCE_KIND_UNSUPPORTED`; data: `SOURCE_CORRUPT`, `SOURCE_MISSING`, `SOURCE_CHAIN_MISMATCH`; LevelDB's own;
 *   over RPC also operator: `SOURCE_NOT_RPC`, `SOURCE_REFUSED`; source: `SOURCE_UNREACHABLE` */
export async function openSource(path: string, options: SourceOptions = {}): Promise<Source> {
  if (isRpcAddress(path)) {
    // Each worker thread that reads files would hold these packages for nothing.
    const { openRpcSource } = await import('./rpc/open-rpc-source.ts');
    return openRpcSource(path, options);
  }
  const opened: LevelDb[] = [];
  const open = (database: string): LevelDb => {
    const db = openLevelDb(
      database,
      options.cacheBytes === undefined ? {} : { cacheBytes: options.cacheBytes },
    );
    opened.push(db);
    return db;
  };
  try {
    const files = locateNode(path);
    // The state first: a node writes a block before its state, so that a live node's blocks are never behind it.
    const state = files.state === undefined ? undefined : open(files.state);
    const blocks = open(files.blockStore);
    const info = await describeSource(files, blocks, state, options);
    return new LevelDbSource(info, files, blocks, state);
  } catch (error) {
    for (const db of opened) db.close();
    throw unreadable(`open source ${path}`, error);
  }
}

async function describeSource(
  files: NodeFiles,
  blocks: LevelDb,
  state: LevelDb | undefined,
  options: SourceOptions,
): Promise<SourceInfo> {
  const store = readBlockStoreState(blocks);
  if (store === undefined || store.height === 0)
    throw operatorError(
      'SOURCE_EMPTY',
      `open ${files.blockStore}: expected blocks, found none; start the node once or name another folder`,
    );
  const summary = state === undefined ? undefined : readStateSummary(state);
  const { era, notes } = detectEra(blocks, store, state, summary);
  const head = findHead(blocks, store);
  const chainId = readChainId(blocks, head, summary, state);
  const results = state === undefined ? undefined : findResults(new StateReader(state), store.base, head);
  const bech32Prefix =
    options.bech32Prefix ??
    (options.known === undefined
      ? await findBech32Prefix(state, files.genesisFiles)
      : options.known.bech32Prefix);
  const file = files.genesisFiles[0];
  const genesis: GenesisPlace | undefined =
    file !== undefined ? { kind: 'file', path: file } : createGenesisSource(state, [], chainId)?.places[0];
  const info = {
    path: files.data,
    databases: files.databases,
    backend: 'goleveldb' as const,
    chainId,
    era,
    software: summary?.software || undefined,
    initialHeight: summary?.initialHeight,
    base: store.base,
    head,
    resultsBase: results?.from,
    resultsHead: results?.to,
    stateHeight: summary?.height,
    genesis,
    bech32Prefix,
    live: isLive(files.blockStore),
    estimatedBytes:
      databaseBytes(files.blockStore) + (files.state === undefined ? 0 : databaseBytes(files.state)),
  };
  return { ...info, notes: [...notes, ...describeGaps(info, store)] };
}

/** A node killed while it wrote may leave the newest block's meta without its parts (0.33 writes the meta first). */
function findHead(blocks: LevelDb, store: BlockStoreState): number {
  if (store.height === store.base || isWhole(blocks, store.height)) return store.height;
  return store.height - 1;
}

function readChainId(
  blocks: LevelDb,
  head: number,
  summary: StateSummary | undefined,
  state: LevelDb | undefined,
): string {
  const { chainId } = envelopeAt(blocks, head).envelope;
  if (summary !== undefined && state !== undefined && summary.chainId !== chainId)
    throw dataError(
      'SOURCE_CHAIN_MISMATCH',
      `open ${state.path}: expected chain id ${chainId}, as in ${blocks.path}, found ${summary.chainId}; the two databases are of two nodes`,
    );
  return chainId;
}

/** What is less than a whole chain, one sentence each. */
function describeGaps(info: Omit<SourceInfo, 'notes'>, store: BlockStoreState): string[] {
  const { base, head, stateHeight, resultsBase, resultsHead } = info;
  const notes: string[] = [];
  if (head < store.height)
    notes.push(
      `block ${store.height} is not whole (the node was stopped while it wrote it): the head is ${head}`,
    );
  if (base > (info.initialHeight ?? 1))
    notes.push(`blocks below ${base} are not there: pruned, or the node began at a snapshot`);
  if (!info.databases.includes('state.db'))
    notes.push('no state.db: no results, validator sets and consensus params');
  else if (stateHeight === undefined) notes.push('state.db holds no state yet');
  else if (stateHeight < head)
    notes.push(
      `the state is at ${stateHeight}, the block store is ahead by ${head - stateHeight}: normal after a kill or while the node runs`,
    );
  else if (stateHeight > head)
    notes.push(`the state is at ${stateHeight}, ahead of the newest whole block ${head}`);
  if (info.databases.includes('state.db')) {
    if (resultsBase === undefined || resultsHead === undefined)
      notes.push('no results: pruned or discarded by the node');
    else if (resultsBase > base || resultsHead < head)
      notes.push(`results are there for ${resultsBase}..${resultsHead} of ${base}..${head}`);
  }
  if (info.genesis === undefined) notes.push('no genesis document');
  return notes;
}

class LevelDbSource implements Source {
  readonly info: SourceInfo;
  private readonly files: NodeFiles;
  private readonly blocks: LevelDb;
  private readonly stateDb: LevelDb | undefined;
  private readonly state: StateReader | undefined;

  constructor(info: SourceInfo, files: NodeFiles, blocks: LevelDb, stateDb: LevelDb | undefined) {
    this.info = info;
    this.files = files;
    this.blocks = blocks;
    this.stateDb = stateDb;
    this.state = stateDb === undefined ? undefined : new StateReader(stateDb);
  }

  async *read(range: BlockRange, signal?: AbortSignal): AsyncGenerator<RawBlock> {
    const { path, base, head } = this.info;
    if (range.from < base || range.to > head || range.from > range.to)
      throw operatorError(
        'SOURCE_OUT_OF_RANGE',
        `read blocks ${range.from}..${range.to} of ${path}: expected heights within ${base}..${head}; name others with --heights`,
      );
    let parent: Uint8Array | undefined;
    for (let height = range.from; height <= range.to; height++) {
      signal?.throwIfAborted();
      const { block, envelope } = this.readBlock(height);
      if (parent !== undefined && Buffer.compare(parent, envelope.parentHash) !== 0)
        throw dataError(
          'SOURCE_DISCONTINUITY',
          `read block ${height} of ${this.blocks.path}: expected parent hash ${toHex(parent)}, found ${toHex(envelope.parentHash)}; the database mixes two chains, index another copy`,
        );
      parent = envelope.hash.slice();
      yield block;
    }
  }

  genesis(): GenesisSource | undefined {
    return createGenesisSource(this.stateDb, this.files.genesisFiles, this.info.chainId);
  }

  close(): void {
    this.blocks.close();
    this.stateDb?.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private readBlock(height: number): { block: RawBlock; envelope: BlockEnvelope } {
    try {
      const { meta, envelope } = envelopeAt(this.blocks, height);
      const { chainId, era, bech32Prefix } = this.info;
      if (envelope.chainId !== chainId)
        throw dataError(
          'SOURCE_CHAIN_MISMATCH',
          `${this.blocks.path}: expected chain id ${chainId}, found ${envelope.chainId}`,
        );
      const block: RawBlock = {
        encoding: 'leveldb',
        chainId,
        era,
        height,
        meta,
        parts: getParts(this.blocks, height, envelope.partsTotal),
        results: this.state?.results(height),
        validators: this.state?.validatorsAt(height),
        consensusParams: this.state?.consensusParamsAt(height),
        bech32Prefix,
      };
      return { block, envelope };
    } catch (error) {
      throw withContext(`read block ${height}`, error);
    }
  }
}

function envelopeAt(blocks: LevelDb, height: number): { meta: Uint8Array; envelope: BlockEnvelope } {
  const meta = getMeta(blocks, height);
  if (meta === undefined) throw missingKey(blocks, `H:${height}`, 'BlockMeta');
  const context = `read key H:${height} of ${blocks.path}`;
  const envelope = readEnvelope(meta, context);
  if (envelope.height !== height)
    throw dataError(
      'SOURCE_CORRUPT',
      `${context}: expected the header of ${height}, found that of ${envelope.height}`,
    );
  return { meta, envelope };
}
