import { type BigIntStats, statSync } from 'node:fs';
import { join } from 'node:path';
import { BaleenError } from '@baleen/chain';
import {
  asMissingDirectory,
  listDirectory,
  oddTables,
  renamedFile,
  retryVanished,
  tableName,
} from './directory.ts';
import type { Format } from './format.ts';
import { LiveLog } from './logs/live-log.ts';
import { ManifestReader, type Version } from './manifest.ts';
import { type ReadMeter, ReadOnlyFile } from './read-only-file.ts';
import type { Table } from './table.ts';
import { type StoreBounds, TableStore } from './table-store.ts';
import { firstTables, isNeeded, type View } from './view.ts';

export interface LiveBounds extends StoreBounds {
  /** Bytes of the logs kept in memory, see `LogRunBuilder`. Logs whose files are used again are kept whole. */
  readonly keepLogBytes: number;
  /** Tables held open; others are opened when needed. */
  readonly maxPinned: number;
}

/** An unchanged directory is still listed again after RELIST_MS, but not before RELIST_COST times the duration of a listing has
 * passed. A change within the same tick of the file system's clock as a listing does not change the directory's time stamp. */
const RELIST_MS = 200;
const RELIST_COST = 100;

/** A view that follows its directory, without a lock. Each step works in `takeView`'s order: measure the logs, read the manifest,
 * open the first tables, read the logs up to the measured length. `view` is replaced only if all of that worked.
 *
 * A compaction may remove a table that `view` names and that is not held open. Then reading it throws `LEVELDB_MISSING`, and the
 * reader moves to the manifest's newer state, which names tables with the same entries: nothing is lost, and no lookup mixes two
 * states. A table that is open stays readable, as its descriptor keeps the file's bytes.
 *
 * Pebble gives a finished log's file to a newer log and writes over it. It renames the file first, so a log whose name still leads
 * to its file after it was read was read whole; else the step is done again. */
export class LiveView {
  readonly path: string;
  readonly store: TableStore;
  view: View = { lastSequence: -1, logRuns: [], levels: [] };
  readonly format: Format;
  private readonly bounds: LiveBounds;
  private readonly meter: ReadMeter;
  /** Logs that are open, in order of number. */
  private logs: LiveLog[] = [];
  private manifest: ManifestReader | undefined;
  /** The manifest's state that `view` shows, and how many records its logs had then. */
  private version: Version | undefined;
  private records = 0;
  /** The directory's time of last change (ns) when it was listed last; undefined: the next step lists it. */
  private listedAs: bigint | undefined;
  private relistAt = 0;
  /** Whether the current step has listed the directory. */
  private isListed = false;
  private origin: BigIntStats | undefined;
  /** File ending by table number, for tables whose ending is not the usual one, see `oddTables`. */
  private odd: ReadonlyMap<number, string> = new Map();

  constructor(path: string, format: Format, bounds: LiveBounds, meter: ReadMeter) {
    this.path = path;
    this.format = format;
    this.bounds = bounds;
    this.meter = meter;
    this.store = new TableStore(format, (table) => this.pathOf(table), bounds, meter);
  }

  /** Replaces `view` by the directory's state as of now; returns false if nothing was written since the last call. */
  refresh(): boolean {
    return retryVanished(this.path, () => {
      try {
        return this.step();
      } catch (error) {
        // A listing that is out of date may be the reason: list the directory and try once more.
        if (this.isListed) throw error;
        this.forgetListing();
        return this.step();
      }
    });
  }

  /** Makes the next refresh look at the whole directory. */
  forgetListing(): void {
    this.listedAs = undefined;
  }

  close(): void {
    this.store.close();
    this.manifest?.file.close();
    for (const { file } of this.logs) file.close();
    this.logs = [];
    this.manifest = undefined;
  }

  private step(): boolean {
    this.list();
    for (const log of this.logs) log.measure();
    const version = this.readManifest();
    const { levels } = version;
    if (version !== this.version) this.store.hold(this.pinned(levels));
    const logs = this.logs.filter(({ number }) => isNeeded(number, version));
    this.readLogs(logs);
    const records = logs.reduce((sum, log) => sum + log.records, 0);
    if (records === this.records && version === this.version) return false;
    const lastSequence = Math.max(version.lastSequence, ...logs.map((log) => log.lastSequence));
    if (lastSequence < this.view.lastSequence)
      throw this.replaced(`a last sequence of ${this.view.lastSequence} or more`, `${lastSequence}`);
    if (version !== this.version) this.forget(logs, levels);
    this.version = version;
    this.records = records;
    this.view = { lastSequence, levels, logRuns: logs.flatMap(({ runs }) => runs).reverse() };
    return true;
  }

  /** Opens the logs that are new, when the directory has changed. */
  private list(): void {
    const { mtimeNs } = this.stat();
    const at = Date.now();
    this.isListed = mtimeNs !== this.listedAs || at >= this.relistAt;
    if (!this.isListed) return;
    this.listedAs = undefined;
    const { names, logs } = listDirectory(this.path);
    this.odd = oddTables(names, this.format.tableEndings);
    const newest = this.logs.at(-1)?.number ?? -1;
    for (const log of logs) {
      const isKnown = log.number <= newest || (this.version && !isNeeded(log.number, this.version));
      if (!isKnown) this.logs.push(new LiveLog(log, this.open(log.name), this.format));
    }
    this.listedAs = mtimeNs;
    this.relistAt = at + Math.max(RELIST_MS, (Date.now() - at) * RELIST_COST);
  }

  private stat(): BigIntStats {
    let directory: BigIntStats;
    try {
      directory = statSync(this.path, { bigint: true });
    } catch (error) {
      throw asMissingDirectory(this.path, error);
    }
    this.origin ??= directory;
    if (directory.ino !== this.origin.ino || directory.dev !== this.origin.dev)
      throw this.replaced(`the directory of inode ${this.origin.ino}`, `one of inode ${directory.ino}`);
    return directory;
  }

  private readManifest(): Version {
    if (this.isListed || (this.manifest?.file.stat().isRemoved ?? true))
      this.openManifest(this.format.manifestName(this.path));
    const { file } = this.manifest!;
    const { size } = file.stat();
    if (this.manifest!.isCutTo(size)) throw this.replaced(`${file.path} to grow`, 'it shorter than before');
    return this.manifest!.read(size, true);
  }

  private openManifest(name: string): void {
    const known = this.manifest?.file;
    if (known?.path === join(this.path, name) && !known.stat().isRemoved) return;
    const next = new ManifestReader(this.open(name), this.format, this.manifest?.nextBase);
    known?.close();
    this.manifest = next;
  }

  /** Reads the records that were added to the logs, oldest log first. */
  private readLogs(logs: readonly LiveLog[]): void {
    let torn: LiveLog | undefined;
    for (const [index, log] of logs.entries()) {
      if (log.isCut) throw this.replaced(`${log.file.path} to grow`, 'it shorter than before');
      // A writer removes a log only once the manifest, which was read after this was seen, does without it.
      if (log.isRemoved) throw this.replaced(`${log.file.path}, which the manifest needs`, 'it removed');
      const isGrowing = this.mayGrow(logs.slice(index + 1));
      const kept = logs.reduce((sum, { keptBytes }) => sum + keptBytes, 0);
      log.read(isGrowing, torn, this.bounds.keepLogBytes - kept);
      // Its end may have been overwritten before it was read. The manifest that no longer needs it is there by now.
      if (log.isRenamed) throw renamedFile(log.file.path);
      if (log.isTorn) torn = log;
    }
  }

  /** Whether a log may still be written to, given the newer ones. A writer that uses files again closes a log before it begins the
   * next, and the next one's file has a length from the start. */
  private mayGrow(newer: readonly LiveLog[]): boolean {
    return this.format.reusesLogs ? newer.length === 0 : newer.every(({ size }) => size === 0);
  }

  /** Closes the logs and tables that the new view does not need. */
  private forget(logs: LiveLog[], levels: View['levels']): void {
    for (const log of this.logs) if (!logs.includes(log)) log.file.close();
    this.logs = logs;
    this.store.release(this.pinned(levels));
  }

  private pinned(levels: View['levels']): Table[] {
    return firstTables(levels, this.bounds.maxPinned);
  }

  private pathOf({ number }: Table): string {
    return join(this.path, tableName(number, this.odd.get(number) ?? this.format.tableEndings[0]!));
  }

  private open(name: string): ReadOnlyFile {
    return new ReadOnlyFile(join(this.path, name), this.meter);
  }

  private replaced(expected: string, found: string): BaleenError {
    const message = `refresh leveldb ${this.path}: expected ${expected}, found ${found}; the directory was replaced by another, open it again`;
    return new BaleenError('source', 'LEVELDB_REPLACED', message);
  }
}
