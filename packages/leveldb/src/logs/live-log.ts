import type { LogName } from '../directory.ts';
import type { Format } from '../format.ts';
import type { ReadOnlyFile } from '../read-only-file.ts';
import { type LogRun, LogRunBuilder, mergeLogRuns } from './log-run.ts';
import { LogTail } from './log-tail.ts';
import { replayRecord, tornLogError } from './replay.ts';

/** A new run of changes is merged with the run before unless that one is more than GROWTH times as large. So a lookup searches few runs,
 * and each byte is copied only a few times. */
const GROWTH = 2;

/** Two writes within this time may leave a file with the same time of last change. */
const CLOCK_TICK_MS = 1000;

/** The changes that were read so far from a log that a node is writing or has just finished. */
export class LiveLog {
  readonly number: number;
  readonly file: ReadOnlyFile;
  /** Length of the log file when it was last measured, and whether the writer had removed the file by then. */
  size = 0;
  isRemoved = false;
  /** The runs of changes, oldest first. */
  readonly runs: LogRun[] = [];
  /** Sequence number of the newest change that was read; 0 if none was read yet. */
  lastSequence = 0;
  /** Number of records that were read so far. */
  records = 0;
  private readonly format: Format;
  private readonly tail: LogTail;
  private changedAtMs = 0;
  private readAtMs = Number.NEGATIVE_INFINITY;

  constructor({ number }: LogName, file: ReadOnlyFile, format: Format) {
    this.number = number;
    this.file = file;
    this.format = format;
    this.tail = new LogTail(file, 'log', format.reusesLogs ? number : undefined);
  }

  measure(): void {
    const { size, isRemoved, changedAtMs } = this.file.stat();
    this.size = size;
    this.isRemoved = isRemoved || this.isRenamed;
    this.changedAtMs = changedAtMs;
  }

  /** True if the writer has given the log's file to a newer log. */
  get isRenamed(): boolean {
    return this.format.reusesLogs && !this.file.isNamed();
  }

  /** True if the file is shorter than the part of it that was read. */
  get isCut(): boolean {
    return this.size < this.tail.position;
  }

  get isTorn(): boolean {
    return this.tail.torn !== undefined;
  }

  get keptBytes(): number {
    return this.runs.reduce((sum, { keys }) => sum + keys.length, 0);
  }

  /** Reads the records that were added, up to the measured `size`.
   *
   * @param isGrowing  true if no newer log has a record, so that the node may be writing to this one
   * @param torn       an older log that ends in the middle of a record; undefined if there is none
   * @param keepBytes  see `LogRunBuilder` */
  read(isGrowing: boolean, torn: LiveLog | undefined, keepBytes: number): void {
    const builder = new LogRunBuilder(this.format.reusesLogs ? Number.POSITIVE_INFINITY : keepBytes);
    const before = this.records;
    const isRewritten = this.format.reusesLogs && this.readAtMs - this.changedAtMs < CLOCK_TICK_MS;
    this.readAtMs = Date.now();
    try {
      this.tail.read(
        this.size,
        isGrowing,
        (record) => {
          if (torn?.tail.torn !== undefined) throw tornLogError(torn.file, torn.tail.torn, this.file);
          const last = replayRecord(builder, this.file, record, this.format.kinds);
          this.lastSequence = Math.max(this.lastSequence, last);
          this.records++;
        },
        isRewritten,
      );
    } finally {
      // The records before an error are kept. The next call begins after them.
      if (this.records > before) this.add(builder.finish());
    }
  }

  private add(run: LogRun): void {
    let merged = run;
    for (;;) {
      const before = this.runs.at(-1);
      if (before === undefined || before.keys.length > merged.keys.length * GROWTH) break;
      this.runs.pop();
      merged = mergeLogRuns(before, merged);
    }
    this.runs.push(merged);
  }
}
