import { formatOf } from './detect-format.ts';
import type { Format } from './format.ts';
import { findValue, type KeyRange, walkEntries } from './lookup.ts';
import type { Entry } from './merge.ts';
import { ReadMeter } from './read-only-file.ts';
import { MAX_RECENT_FILES, TableStore } from './table-store.ts';
import { type TakenView, takeView } from './view.ts';

/** Reads by key. Keys and values returned may be views of cached blocks: never write to them, and copy what is kept long
 * (a small view keeps its whole block in memory). */
export interface KeyValueReader {
  /** undefined: no such key. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** Entries in order of their keys. */
  entries(range?: KeyRange): IterableIterator<Entry>;
}

/** A LevelDB directory as it was when it was opened; what a node writes later is not seen. */
export interface LevelDb extends KeyValueReader {
  readonly path: string;
  readonly backend: Format['backend'];
  /** Sequence of the newest change seen. */
  readonly lastSequence: bigint;
  /** Bytes read of the directory's files so far, from the disk or the system's cache. */
  readonly bytesRead: number;
  /** Closes all files. Reading afterwards throws `TypeError`. */
  close(): void;
  [Symbol.dispose](): void;
}

export interface LevelDbOptions {
  /** Decoded blocks held in memory; index blocks have 16 MiB of their own. Default 16 MiB. */
  readonly cacheBytes?: number;
  /** Bytes of the logs held in memory before large values are left in their files. Default 32 MiB. */
  readonly keepLogBytes?: number;
  /** Tables held open from the start. Default 1,000: Linux allows a process 1,024 descriptors or more by default,
   * and Node raises that to the hard limit. */
  readonly maxHeldTables?: number;
}

const DEFAULT_CACHE_BYTES = 16 * 1024 * 1024;
const DEFAULT_KEEP_LOG_BYTES = 32 * 1024 * 1024;
/** Tables above this are opened when needed: a node of 2 TB has a million of them. */
const DEFAULT_HELD_TABLES = 1000;

/** Opens a LevelDB directory (Google's or goleveldb's) for reading, also while a node writes to it.
 *
 * Takes no lock, creates and changes nothing. Holds up to 1,000 tables open, so that a node's compactions cannot take them
 * away; of a larger directory the rest is opened when needed, and only a stopped node keeps those.
 *
 * @throws BaleenError  `LEVELDB_MISSING`: no such directory, CURRENT or named file; `LEVELDB_CORRUPT`: with file, offset,
 *   expected and found (also thrown by reads, which check every block); `LEVELDB_UNSUPPORTED`: another comparator;
 *   `LEVELDB_UNREADABLE`: permissions or the limit of open files */
export function openLevelDb(path: string, options: LevelDbOptions = {}): LevelDb {
  const bounds = {
    keepLogBytes: options.keepLogBytes ?? DEFAULT_KEEP_LOG_BYTES,
    maxHeldTables: options.maxHeldTables ?? DEFAULT_HELD_TABLES,
  };
  const meter = new ReadMeter();
  const format = formatOf(path);
  const view = takeView(path, format, bounds, meter);
  const storeBounds = {
    cacheBytes: options.cacheBytes ?? DEFAULT_CACHE_BYTES,
    maxRecentFiles: MAX_RECENT_FILES,
  };
  const store = new TableStore(format, view.tableFiles, storeBounds, meter);
  return new ViewReader(path, format, view, store, meter);
}

class ViewReader implements LevelDb {
  readonly path: string;
  readonly backend: Format['backend'];
  readonly lastSequence: bigint;
  private readonly view: TakenView;
  private readonly store: TableStore;
  private readonly meter: ReadMeter;
  private closed = false;

  constructor(path: string, format: Format, view: TakenView, store: TableStore, meter: ReadMeter) {
    this.path = path;
    this.backend = format.backend;
    this.lastSequence = BigInt(view.lastSequence);
    this.view = view;
    this.store = store;
    this.meter = meter;
  }

  get bytesRead(): number {
    return this.meter.bytes;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.checkOpen();
    return findValue(this.view, this.store, key);
  }

  entries(range: KeyRange = {}): IterableIterator<Entry> {
    this.checkOpen();
    return walkEntries(this.view, this.store, range, () => this.checkOpen());
  }

  close(): void {
    this.closed = true;
    this.store.close();
    for (const file of this.view.logFiles) file.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private checkOpen(): void {
    if (this.closed) throw new TypeError(`leveldb ${this.path} is closed`);
  }
}
