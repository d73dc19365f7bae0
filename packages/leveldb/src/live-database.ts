import { BaleenError } from '@baleen/chain';
import type { LevelDb, LevelDbOptions } from './database.ts';
import { formatOf } from './detect-format.ts';
import { LiveView } from './live-view.ts';
import { findValue, type KeyRange, walkEntries } from './lookup.ts';
import type { Entry } from './merge.ts';
import { ReadMeter } from './read-only-file.ts';

/** A LevelDB directory to which a node is writing, in its state at the last `refresh`. */
export interface LiveLevelDb extends LevelDb {
  /** Moves to the present state of the directory. Returns false if nothing was written since the last call. All reads afterwards show this
   * one consistent state: every change up to `lastSequence`, and none after it. Walks that began before throw `LEVELDB_CHANGED`.
   *
   * It only reads what is new: the ends of the newest log and of the manifest. If nothing was written, it makes a few system calls.
   *
   * @throws BaleenError  as `openLevelDb`; `LEVELDB_REPLACED`: it is another directory, or an older copy of it. The state
   *   before stays readable */
  refresh(): boolean;
}

export interface LiveLevelDbOptions extends Pick<LevelDbOptions, 'cacheBytes' | 'keepLogBytes'> {
  /** Number of tables that stay open, the newest levels first. Up to 16 others are open while they are read. Default 48. */
  readonly maxPinned?: number;
}

const DEFAULT_CACHE_BYTES = 16 * 1024 * 1024;
const DEFAULT_KEEP_LOG_BYTES = 16 * 1024 * 1024;
const DEFAULT_PINNED = 48;
const MAX_RECENT_FILES = 16;
/** How often a read is tried again in a later state of the directory after a compaction has removed a table. A later state does not name
 * that table any more. If this many tries fail in a row, no compaction is the reason: the file is missing. */
const MAX_ATTEMPTS = 10;

/** Opens a LevelDB directory to follow its writer, without taking a lock or writing. Like `openLevelDb`, it takes one consistent state.
 * `refresh` moves to a later one.
 *
 * It keeps in memory: the logs that are not in tables yet (`keepLogBytes`), the caches, and the manifest's list of tables.
 *
 * @throws BaleenError  as `openLevelDb` */
export function openLiveLevelDb(path: string, options: LiveLevelDbOptions = {}): LiveLevelDb {
  const meter = new ReadMeter();
  const bounds = {
    keepLogBytes: options.keepLogBytes ?? DEFAULT_KEEP_LOG_BYTES,
    maxPinned: options.maxPinned ?? DEFAULT_PINNED,
    maxRecentFiles: MAX_RECENT_FILES,
    cacheBytes: options.cacheBytes ?? DEFAULT_CACHE_BYTES,
  };
  const live = new LiveView(path, formatOf(path), bounds, meter);
  try {
    live.refresh();
  } catch (error) {
    live.close();
    throw error;
  }
  return new LiveReader(live, meter);
}

class LiveReader implements LiveLevelDb {
  readonly path: string;
  readonly backend: LevelDb['backend'];
  private readonly live: LiveView;
  private readonly meter: ReadMeter;
  private closed = false;

  constructor(live: LiveView, meter: ReadMeter) {
    this.path = live.path;
    this.backend = live.format.backend;
    this.live = live;
    this.meter = meter;
  }

  get lastSequence(): bigint {
    return BigInt(this.live.view.lastSequence);
  }

  get bytesRead(): number {
    return this.meter.bytes;
  }

  refresh(): boolean {
    this.checkOpen();
    return this.live.refresh();
  }

  /** Returns the value of a key. If a compaction has removed a table that is not open, it moves to a later state, as `refresh` does, and
   * reads there. */
  get(key: Uint8Array): Uint8Array | undefined {
    this.checkOpen();
    for (let attempt = 1; ; attempt++) {
      try {
        return findValue(this.live.view, this.live.store, key);
      } catch (error) {
        if (!isMissing(error) || attempt === MAX_ATTEMPTS || !this.moveOn()) throw error;
      }
    }
  }

  entries(range: KeyRange = {}): IterableIterator<Entry> {
    this.checkOpen();
    const { view, store } = this.live;
    const check = (): void => {
      this.checkOpen();
      if (this.live.view !== view) throw changed(this.path);
    };
    return walkEntries(view, store, range, check);
  }

  close(): void {
    this.closed = true;
    this.live.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private moveOn(): boolean {
    this.live.forgetListing();
    return this.live.refresh();
  }

  private checkOpen(): void {
    if (this.closed) throw new TypeError(`leveldb ${this.path} is closed`);
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof BaleenError && error.code === 'LEVELDB_MISSING';

function changed(path: string): BaleenError {
  const message = `walk leveldb ${path}: expected the state that the walk began in, found a later one; begin the walk again`;
  return new BaleenError('source', 'LEVELDB_CHANGED', message);
}
