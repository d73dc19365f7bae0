import { type BigIntStats, statSync } from 'node:fs';
import { join } from 'node:path';
import { BaleenError } from '@baleen/chain';
import {
  asMissingDirectory,
  findUnusualEndings,
  listDirectory,
  renamedFileError,
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
  /** Bytes of the logs that are kept in memory, see `LogRunBuilder`. If the writer uses log files again, the logs are kept whole. */
  readonly keepLogBytes: number;
  /** Number of tables that stay open. Others are opened when they are read. */
  readonly maxPinned: number;
}

/** A directory is listed again after RELIST_MS even if its time of change is the same, but not before RELIST_COST times the duration of a
 * listing has passed. The reason: a change within the same tick of the file system's clock as a listing leaves the time of change as it
 * is. */
const RELIST_MS = 200;
const RELIST_COST = 100;

/** A view that follows the changes of its directory, without a lock. Each step works in `takeView`'s order: measure the logs, read the
 * manifest, open the first tables, read the logs up to the measured length. `view` is replaced only if all of that worked.
 *
 * A compaction may remove a table that `view` names and that is not open. Then reading it throws `LEVELDB_MISSING`, and the reader moves to
 * the manifest's newer state, which names tables with the same entries. So nothing is lost, and no lookup mixes two states. A table that is
 * open stays readable, since its descriptor keeps the file's bytes.
 *
 * Pebble gives a finished log's file to a newer log and overwrites it. It renames the file first. So if a log still has its name after it
 * was read, it was read whole. Otherwise the step is done again. */
export class LiveView {
  readonly path: string;
  readonly store: TableStore;
  view: View = { lastSequence: -1, logRuns: [], levels: [] };
  readonly format: Format;
  private readonly bounds: LiveBounds;
  private readonly meter: ReadMeter;
  /** The open logs, in order of number. */
  private logs: LiveLog[] = [];
  private manifest: ManifestReader | undefined;
  /** The manifest's state from which `view` was made, and how many records the logs had then. */
  private version: Version | undefined;
  private records = 0;
  /** The directory's time of last change (ns) when it was listed last. undefined makes the next step list it. */
  private listedAs: bigint | undefined;
  private relistAt = 0;
  /** True if the current step has listed the directory. */
  private isListed = false;
  private origin: BigIntStats | undefined;
  /** File endings by table number, for tables whose file does not have the usual ending. */
  private unusualEndings: ReadonlyMap<number, string> = new Map();

  constructor(path: string, format: Format, bounds: LiveBounds, meter: ReadMeter) {
    this.path = path;
    this.format = format;
    this.bounds = bounds;
    this.meter = meter;
    this.store = new TableStore(format, (table) => this.pathOf(table), bounds, meter);
  }

  /** Replaces `view` by the directory's present state. Returns false if nothing was written since the last call. */
  refresh(): boolean {
    return retryVanished(this.path, () => {
      try {
        return this.step();
      } catch (error) {
        // The listing may be out of date. List the directory, and try once more.
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

  /** Opens the new logs, if the directory has changed. */
  private list(): void {
    const { mtimeNs } = this.stat();
    const at = Date.now();
    this.isListed = mtimeNs !== this.listedAs || at >= this.relistAt;
    if (!this.isListed) return;
    this.listedAs = undefined;
    const { names, logs } = listDirectory(this.path);
    this.unusualEndings = findUnusualEndings(names, this.format.tableEndings);
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
      // The writer removes a log only after the manifest no longer needs it. The manifest was read after the log's removal was noticed.
      if (log.isRemoved) throw this.replaced(`${log.file.path}, which the manifest needs`, 'it removed');
      const isGrowing = this.mayGrow(logs.slice(index + 1));
      const kept = logs.reduce((sum, { keptBytes }) => sum + keptBytes, 0);
      log.read(isGrowing, torn, this.bounds.keepLogBytes - kept);
      // The log's end may have been overwritten before it was read. The manifest on disk no longer needs the log by now.
      if (log.isRenamed) throw renamedFileError(log.file.path);
      if (log.isTorn) torn = log;
    }
  }

  /** Returns true if the node may still be writing to a log.
   *
   * As a rule it may as long as all newer logs are empty. A writer that uses log files again closes a log before it begins the next one,
   * whose file is not empty then. So with such a writer only the newest log can grow. */
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
    return join(
      this.path,
      tableName(number, this.unusualEndings.get(number) ?? this.format.tableEndings[0]!),
    );
  }

  private open(name: string): ReadOnlyFile {
    return new ReadOnlyFile(join(this.path, name), this.meter);
  }

  private replaced(expected: string, found: string): BaleenError {
    const message = `refresh leveldb ${this.path}: expected ${expected}, found ${found}; the directory was replaced by another, open it again`;
    return new BaleenError('source', 'LEVELDB_REPLACED', message);
  }
}
