import type { LogName } from '../directory.ts';
import type { Format } from '../format.ts';
import type { ReadOnlyFile } from '../read-only-file.ts';
import { type LogRun, LogRunBuilder, mergeLogRuns } from './log-run.ts';
import { LogTail } from './log-tail.ts';
import { replayRecord, tornLogError } from './replay.ts';

/** A new run of changes is merged with the one before unless that one is more than GROWTH times as large. So lookups go through few
 * runs, and each byte is copied only a few times. */
const GROWTH = 2;

/** Two writes within this time may leave a file with the same time of its last change. */
const CLOCK_TICK_MS = 1000;

/** The changes of a log that a node is writing or has just finished, as far as it was read. */
export class LiveLog {
  readonly number: number;
  readonly file: ReadOnlyFile;
  /** Its length when it was last measured, and whether its writer had removed it by then. */
  size = 0;
  isRemoved = false;
  /** Oldest first. */
  readonly runs: LogRun[] = [];
  /** 0: no change was read yet. */
  lastSequence = 0;
  /** Records read so far. */
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

  /** Whether its writer has given its file to a newer log. */
  get isRenamed(): boolean {
    return this.format.reusesLogs && !this.file.isNamed();
  }

  /** Whether the file is shorter than what was read of it. */
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
   * @param isGrowing  no newer log holds anything, so the node may be writing to this one
   * @param torn       an older log that ends in the middle of a record
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
      // Records before an error are kept: the next call begins behind them.
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
