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

/** A directory that has not changed is listed again after so long, and this many times longer than that takes: a change in the
 * same tick of the file system's clock as a listing leaves the directory's time as it was. */
const RELIST_MS = 200;
const RELIST_COST = 100;

/** A view that follows its directory. Each step has `takeView`'s order: measure the logs, read the manifest, open the tables,
 * read the logs as far as they were measured. Nothing is replaced unless all of it worked. */
export class LiveView {
  readonly path: string;
  readonly store: TableStore;
  view: View = { lastSequence: -1, logRuns: [], levels: [] };
  readonly format: Format;
  private readonly bounds: LiveBounds;
  private readonly meter: ReadMeter;
  /** In order of number. */
  private logs: LiveLog[] = [];
  private manifest: ManifestReader | undefined;
  /** Of `view`, as is `records`: records of its logs. */
  private version: Version | undefined;
  private records = 0;
  /** Time stamp of the directory when it was listed last; undefined: it is to be listed. */
  private listedAs: bigint | undefined;
  private relistAt = 0;
  /** Whether this step listed it. */
  private isListed = false;
  private origin: BigIntStats | undefined;
  /** Endings of tables from an older writer, see `oddTables`. */
  private odd: ReadonlyMap<number, string> = new Map();

  constructor(path: string, format: Format, bounds: LiveBounds, meter: ReadMeter) {
    this.path = path;
    this.format = format;
    this.bounds = bounds;
    this.meter = meter;
    this.store = new TableStore(format, (table) => this.pathOf(table), bounds, meter);
  }

  /** Takes in what was written since the last time. Returns whether there is a new `view`. */
  refresh(): boolean {
    return retryVanished(this.path, () => {
      try {
        return this.step();
      } catch (error) {
        // What is missing or wrong may come of a directory that changed since it was listed.
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

  /** Reads what the logs have grown by, oldest first. */
  private readLogs(logs: readonly LiveLog[]): void {
    let torn: LiveLog | undefined;
    for (const [index, log] of logs.entries()) {
      if (log.isCut) throw this.replaced(`${log.file.path} to grow`, 'it shorter than before');
      // A writer removes a log only once the manifest, which was read after this was seen, does without it.
      if (log.isRemoved) throw this.replaced(`${log.file.path}, which the manifest needs`, 'it removed');
      const isGrowing = this.mayGrow(logs.slice(index + 1));
      const kept = logs.reduce((sum, { keptBytes }) => sum + keptBytes, 0);
      log.read(isGrowing, torn, this.bounds.keepLogBytes - kept);
      // What was read of it may end too early; the manifest that did without it can be read now.
      if (log.isRenamed) throw renamedFile(log.file.path);
      if (log.isTorn) torn = log;
    }
  }

  /** Whether a log may still be written to, given the newer ones. A writer that uses files again closes a log before it begins the
   * next, and the next one's file has a length from the start. */
  private mayGrow(newer: readonly LiveLog[]): boolean {
    return this.format.reusesLogs ? newer.length === 0 : newer.every(({ size }) => size === 0);
  }

  /** Closes what the new view has no use for. */
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
