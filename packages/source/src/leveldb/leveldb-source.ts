import type { BlockRange, NodeRef, RawLevelDbBlock } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { type LevelDb, openLevelDb } from '@baleen/leveldb';
import { dataError, operatorError, unreadable, withContext } from '../errors.ts';
import { createGenesisSource, type GenesisSource } from '../genesis/genesis.ts';
import type { FileSource } from '../source.ts';
import type { EndpointHealth, SourceInfo } from '../source-info.ts';
import type { SourceOptions } from '../source-options.ts';
import { type BlockEnvelope, envelopeAt, getParts } from './block-store.ts';
import { describeNode } from './describe-node.ts';
import { locateNode, type NodeFiles } from './locate.ts';
import { ReadPace } from './read-pace.ts';
import { StateReader } from './state-store.ts';

/** The open databases of a node. */
export interface NodeDatabases<Database extends LevelDb = LevelDb> {
  readonly files: NodeFiles;
  readonly blocks: Database;
  /** The open state.db; undefined if there is none. */
  readonly state: Database | undefined;
}

/** Opens a node's databases. If the node is running, the source shows them as they are now.
 * @throws BaleenError  as `openSource` */
export async function openLevelDbSource(path: string, options: SourceOptions): Promise<FileSource> {
  const { cacheBytes } = options;
  const open = (database: string): LevelDb =>
    openLevelDb(database, cacheBytes === undefined ? {} : { cacheBytes });
  const { info, databases } = await openNode(path, options, open);
  return new LevelDbSource(path, info, databases, options.maxReadBytesPerSecond);
}

/** Opens both databases with `open`, and describes them. If that fails, closes them again. */
export async function openNode<Database extends LevelDb>(
  path: string,
  options: SourceOptions,
  open: (database: string) => Database,
): Promise<{ readonly info: SourceInfo; readonly databases: NodeDatabases<Database> }> {
  const opened: Database[] = [];
  const keep = (database: Database): Database => {
    opened.push(database);
    return database;
  };
  try {
    const files = locateNode(path);
    // state.db is opened first: a node writes a block before its state, so the blocks of a live node are never behind the state.
    const state = files.state === undefined ? undefined : keep(open(files.state));
    const blocks = keep(open(files.blockStore));
    const info = await describeNode(files, blocks, state, options);
    return { info, databases: { files, blocks, state } };
  } catch (error) {
    for (const db of opened) db.close();
    throw unreadable(`open source ${path}`, error);
  }
}

/** Reads blocks from a node's databases. */
export class LevelDbSource implements FileSource {
  readonly yields = 'blocks';
  readonly ref: NodeRef;
  readonly info: SourceInfo;
  protected readonly blocks: LevelDb;
  protected readonly state: StateReader | undefined;
  private readonly databases: NodeDatabases;
  protected readonly pace: ReadPace;

  constructor(
    path: string,
    info: SourceInfo,
    databases: NodeDatabases,
    maxReadBytesPerSecond: number | undefined,
  ) {
    this.ref = { kind: 'leveldb', path };
    this.info = info;
    this.databases = databases;
    this.blocks = databases.blocks;
    this.state = databases.state && new StateReader(databases.state);
    this.pace = new ReadPace(maxReadBytesPerSecond, () => this.bytesRead);
  }

  /** The heights whose blocks can be read. */
  protected get held(): BlockRange {
    return { from: this.info.base, to: this.info.head };
  }

  async *read(range: BlockRange, signal?: AbortSignal): AsyncGenerator<RawLevelDbBlock> {
    const { from, to } = this.held;
    if (range.from < from || range.to > to || range.from > range.to)
      throw operatorError(
        'SOURCE_OUT_OF_RANGE',
        `read blocks ${range.from}..${range.to} of ${this.info.path}: expected heights within ${from}..${to}; name others with --heights`,
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
      await this.pace.keep(signal);
    }
  }

  genesis(): GenesisSource | undefined {
    const { state, files } = this.databases;
    return createGenesisSource(state, files.genesisFiles, this.info.chainId);
  }

  health(): readonly EndpointHealth[] {
    const { path, backend } = this.info;
    const { from: base, to: head } = this.held;
    const nothing = { requests: 0, errors: 0, concurrency: 0, trouble: undefined };
    return [{ address: path, backend, base, head, bytes: this.bytesRead, ...nothing }];
  }

  close(): void {
    this.blocks.close();
    this.databases.state?.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  protected get bytesRead(): number {
    return this.blocks.bytesRead + (this.databases.state?.bytesRead ?? 0);
  }

  private readBlock(height: number): { block: RawLevelDbBlock; envelope: BlockEnvelope } {
    try {
      const { meta, envelope } = envelopeAt(this.blocks, height);
      const { chainId, era, bech32Prefix } = this.info;
      if (envelope.chainId !== chainId)
        throw dataError(
          'SOURCE_CHAIN_MISMATCH',
          `${this.blocks.path}: expected chain id ${chainId}, found ${envelope.chainId}`,
        );
      const block: RawLevelDbBlock = {
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
