import { BaleenError } from '@baleen/chain';
import { formatOf } from './detect-format.ts';
import type { Format } from './format.ts';
import { findValue, type KeyRange, walkEntries } from './lookup.ts';
import type { Entry } from './merge.ts';
import { ReadMeter } from './read-only-file.ts';
import { type TakenView, takeView } from './view.ts';

/** Reads a key-value database. The keys and values that it returns may be views of cached blocks. Never write to them, and copy those that
 * you keep, since a small view keeps its whole block in memory. */
export interface KeyValueReader {
  /** Returns the value of a key; undefined if the database does not have the key. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** Yields the entries in order of their keys. */
  entries(range?: KeyRange): IterableIterator<Entry>;
}

/** A LevelDB directory in the state that it had when it was opened, or later. It need not show what a node has written since then. */
export interface LevelDb extends KeyValueReader {
  readonly path: string;
  readonly backend: Format['backend'];
  /** Sequence number of the newest change in this state. Each put and each deletion has the next higher number. */
  readonly lastSequence: bigint;
  /** Number of bytes that were read from the directory's files so far, from the disk or from the system's cache. */
  readonly bytesRead: number;
  /** Closes all files. Reading afterwards throws `TypeError`. */
  close(): void;
  [Symbol.dispose](): void;
}

export interface LevelDbOptions {
  /** Most bytes of decoded data blocks in memory. Index blocks have 16 MiB of their own. Default 16 MiB. */
  readonly cacheBytes?: number;
  /** Bytes of the logs that are kept in memory. Above this, large values stay in their files. Default 4 MiB, since each thread has readers
   * of its own. */
  readonly keepLogBytes?: number;
  /** Number of tables that stay open from the start. Up to 8 others are open while they are read. Default 8, since each thread has readers
   * of its own and a process may be limited to 1,024 file descriptors. */
  readonly maxHeldTables?: number;
}

const DEFAULT_CACHE_BYTES = 16 * 1024 * 1024;
const DEFAULT_KEEP_LOG_BYTES = 4 * 1024 * 1024;
const DEFAULT_HELD_TABLES = 8;
const MAX_RECENT_FILES = 8;
/** How often a read is tried again in a later state of the directory after a compaction has removed a table. A later state does not name
 * that table any more. If this many tries fail in a row, no compaction is the reason: the file is missing. */
const MAX_ATTEMPTS = 10;

/** Opens a directory of goleveldb, Google's LevelDB or Pebble for reading, also while a node writes to it.
 *
 * It takes no lock, and creates and changes nothing. Opening reads the manifest and the logs, but no table, since an archive node may have
 * hundreds of thousands of tables. If a compaction of the running node removes a table that is not open, the reader goes on in a later
 * state of the directory.
 *
 * @throws BaleenError  `LEVELDB_MISSING`: no such directory, CURRENT or named file; `LEVELDB_CORRUPT`: with file, offset,
 *   expected and found (also thrown by reads, which check every block); `LEVELDB_UNSUPPORTED`: another backend or comparator, or
 *   entries that no node writes; `LEVELDB_UNREADABLE`: permissions or the limit of open files */
export function openLevelDb(path: string, options: LevelDbOptions = {}): LevelDb {
  const bounds = {
    cacheBytes: options.cacheBytes ?? DEFAULT_CACHE_BYTES,
    keepLogBytes: options.keepLogBytes ?? DEFAULT_KEEP_LOG_BYTES,
    maxHeldTables: options.maxHeldTables ?? DEFAULT_HELD_TABLES,
    maxRecentFiles: MAX_RECENT_FILES,
  };
  const meter = new ReadMeter();
  const format = formatOf(path);
  return new ViewReader(path, format, meter, () => takeView(path, format, bounds, meter));
}

class ViewReader implements LevelDb {
  readonly path: string;
  readonly backend: Format['backend'];
  private readonly meter: ReadMeter;
  private readonly take: () => TakenView;
  private view: TakenView;
  private closed = false;

  /** @param take  opens the directory's files and returns its present state */
  constructor(path: string, { backend }: Format, meter: ReadMeter, take: () => TakenView) {
    this.path = path;
    this.backend = backend;
    this.meter = meter;
    this.take = take;
    this.view = take();
  }

  get lastSequence(): bigint {
    return BigInt(this.view.lastSequence);
  }

  get bytesRead(): number {
    return this.meter.bytes;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.checkOpen();
    for (let attempt = 1; ; attempt++) {
      try {
        return findValue(this.view, this.view.store, key);
      } catch (error) {
        this.moveOn(error, attempt);
      }
    }
  }

  entries(range: KeyRange = {}): IterableIterator<Entry> {
    this.checkOpen();
    return new ResumedEntries(
      range,
      (rest) => walkEntries(this.view, this.view.store, rest, () => this.checkOpen()),
      (error, attempt) => this.moveOn(error, attempt),
    );
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    closeView(this.view);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Takes a later view if `error` says that a table of this view was removed. Throws any other error. */
  private moveOn(error: unknown, attempt: number): void {
    const isMissing = error instanceof BaleenError && error.code === 'LEVELDB_MISSING';
    if (!isMissing || attempt === MAX_ATTEMPTS) throw error;
    const before = this.view;
    this.view = this.take();
    closeView(before);
  }

  private checkOpen(): void {
    if (this.closed) throw new TypeError(`leveldb ${this.path} is closed`);
  }
}

function closeView({ store, logFiles }: TakenView): void {
  store.close();
  for (const file of logFiles) file.close();
}

/** A walk over entries. If a table of its view was removed, it goes on after its last entry in a later view. */
class ResumedEntries implements IterableIterator<Entry> {
  private readonly walk: (range: KeyRange) => IterableIterator<Entry>;
  private readonly moveOn: (error: unknown, attempt: number) => void;
  private rest: KeyRange;
  private entries: IterableIterator<Entry> | undefined;
  private last: Uint8Array | undefined;

  constructor(
    range: KeyRange,
    walk: (range: KeyRange) => IterableIterator<Entry>,
    moveOn: (error: unknown, attempt: number) => void,
  ) {
    this.rest = range;
    this.walk = walk;
    this.moveOn = moveOn;
  }

  next(): IteratorResult<Entry> {
    for (let attempt = 1; ; attempt++) {
      try {
        this.entries ??= this.walk(this.rest);
        const result = this.entries.next();
        this.last = result.done === true ? undefined : result.value[0];
        return result;
      } catch (error) {
        this.moveOn(error, attempt);
        this.entries = undefined;
        if (this.last !== undefined)
          this.rest = { ...this.rest, [this.rest.reverse === true ? 'lt' : 'gt']: this.last };
      }
    }
  }

  return(): IteratorResult<Entry> {
    return this.entries?.return?.() ?? { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }
}
