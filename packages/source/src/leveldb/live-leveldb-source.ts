import type { BlockRange } from '@baleen/chain';
import { type LiveLevelDb, openLiveLevelDb } from '@baleen/leveldb';
import { operatorError, unreadable } from '../errors.ts';
import type { Head, Heads, LiveSource } from '../live-source.ts';
import type { SourceInfo } from '../source-info.ts';
import type { LiveOptions } from '../source-options.ts';
import { type BlockStoreState, readBlockStoreState } from './block-store.ts';
import { findHead } from './describe-node.ts';
import { detectEra } from './era.ts';
import { FolderWatch } from './folder-watch.ts';
import { LevelDbSource, type NodeDatabases, openNode } from './leveldb-source.ts';
import { findNewestResults } from './results-range.ts';
import { readState } from './state-store.ts';

const DEFAULT_PINNED = 96;
/** Least milliseconds between two looks at a directory: a block is several writes, and each of them wakes the reader. */
const LEAST_MS = 3;
/** Milliseconds between two looks when nothing wakes the reader, soon after a change and later. */
const BUSY_MS = 20;
const IDLE_MS = 50;
const IDLE_AFTER_MS = 1000;

/** Opens the databases of a running node for following: no lock, no change, no request. What the node has written is seen
 * milliseconds later, from the ends of its logs.
 *
 * A node that is stopped is waited for. `heads` ends with an error when a directory is removed or replaced
 * (`LEVELDB_MISSING`, `LEVELDB_REPLACED`), or when the node goes on with a version that stores another form
 * (`SOURCE_ERA_CHANGED`, `SOURCE_ERA_UNSUPPORTED`).
 *
 * @param path  as `openSource`, of files
 * @throws BaleenError  as `openSource` */
export async function openLiveLevelDbSource(path: string, options: LiveOptions = {}): Promise<LiveSource> {
  const { cacheBytes, maxPinned = DEFAULT_PINNED } = options;
  const bounds = { maxPinned: maxPinned >> 1, ...(cacheBytes !== undefined && { cacheBytes }) };
  const { info, databases } = await openNode(path, options, (database) => openLiveLevelDb(database, bounds));
  return new LiveLevelDbSource(path, info, databases, options.maxReadBytesPerSecond);
}

class LiveLevelDbSource extends LevelDbSource implements Heads {
  private readonly live: NodeDatabases<LiveLevelDb>;
  private base: number;
  private height: number;
  private resultsHeight: number | undefined;

  constructor(
    path: string,
    info: SourceInfo,
    databases: NodeDatabases<LiveLevelDb>,
    maxReadBytesPerSecond: number | undefined,
  ) {
    super(path, info, databases, maxReadBytesPerSecond);
    this.live = databases;
    this.base = info.base;
    this.height = info.head;
    this.resultsHeight = info.resultsHead;
  }

  protected override get held(): BlockRange {
    return { from: this.base, to: this.height };
  }

  async *heads(signal: AbortSignal): AsyncGenerator<Head> {
    const { blocks, state } = this.live;
    const watch = new FolderWatch([blocks.path, ...(state === undefined ? [] : [state.path])]);
    let given: Head | undefined;
    let changedAt = performance.now();
    try {
      while (!signal.aborted) {
        const head = this.look(given === undefined);
        if (head !== undefined) changedAt = performance.now();
        if (head !== undefined && isFurther(head, given)) {
          given = head;
          yield head;
        }
        const isIdle = performance.now() - changedAt > IDLE_AFTER_MS;
        await watch.wait(LEAST_MS, isIdle ? IDLE_MS : BUSY_MS, signal);
        await this.pace.keep(signal);
      }
    } finally {
      watch.close();
    }
  }

  /** Reads what the node has written since the last look. undefined: nothing. */
  private look(isFirst: boolean): Head | undefined {
    const { blocks, state } = this.live;
    try {
      // state.db is refreshed first: results are written after their block, so no results are seen without their block.
      const isStateNew = state?.refresh() ?? false;
      if (isStateNew) this.state?.refresh();
      if (!blocks.refresh() && !isStateNew && !isFirst) return undefined;
      return this.readHead();
    } catch (error) {
      throw unreadable(`follow ${this.info.path}`, error);
    }
  }

  private readHead(): Head {
    const { blocks } = this.live;
    const store = readBlockStoreState(blocks);
    const base = store?.base || this.base;
    const height = Math.max(this.height, store === undefined ? 0 : findHead(blocks, store));
    const resultsHeight = this.state && findNewestResults(this.state, base, height, this.resultsHeight);
    if (store !== undefined && (height > this.height || resultsHeight !== this.resultsHeight))
      this.checkEra(store);
    this.base = base;
    this.height = height;
    this.resultsHeight = resultsHeight;
    return { height, resultsHeight, seenAt: Date.now() };
  }

  /** Checks that new blocks and results are of the same consensus era: a node may be replaced by a newer version in the same
   * directory. A block that differs in its results only is known when those are there. */
  private checkEra(store: BlockStoreState): void {
    const { blocks, state } = this.live;
    const summary = state === undefined ? undefined : readState(state);
    const { era } = detectEra(blocks, store, state, summary?.software ?? '');
    if (era !== this.info.era)
      throw operatorError(
        'SOURCE_ERA_CHANGED',
        `follow ${this.info.path}: expected blocks of ${this.info.era}, found ${era} at height ${store.height}; start again to follow it`,
      );
  }
}

const isFurther = (head: Head, given: Head | undefined): boolean =>
  given === undefined ||
  head.height > given.height ||
  (head.resultsHeight ?? -1) > (given.resultsHeight ?? -1);
