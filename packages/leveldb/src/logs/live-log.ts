import type { LogName } from '../directory.ts';
import type { ReadOnlyFile } from '../read-only-file.ts';
import { type LogRun, LogRunBuilder, mergeLogRuns } from './log-run.ts';
import { LogTail } from './log-tail.ts';
import { goesOn, replayRecord } from './replay.ts';

/** A run is merged into the one before it unless that is at least this much larger: then few runs are looked through, and
 * each byte is copied a few times in a log's life. */
const GROWTH = 2;

/** A log that a node is writing, or has just finished, as far as it was read. */
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
  private readonly tail: LogTail;

  constructor({ number }: LogName, file: ReadOnlyFile) {
    this.number = number;
    this.file = file;
    this.tail = new LogTail(file, 'log');
  }

  measure(): void {
    ({ size: this.size, isRemoved: this.isRemoved } = this.file.stat());
  }

  /** Whether less is left of it than was read. */
  get isCut(): boolean {
    return this.size < this.tail.position;
  }

  get isTorn(): boolean {
    return this.tail.torn !== undefined;
  }

  get keptBytes(): number {
    return this.runs.reduce((sum, { keys }) => sum + keys.length, 0);
  }

  /** Reads up to `size` what was added.
   *
   * @param isGrowing  no newer log holds anything, so the node may be writing to this one
   * @param torn       an older log that ends in the middle of a record
   * @param keepBytes  see `LogRunBuilder` */
  read(isGrowing: boolean, torn: LiveLog | undefined, keepBytes: number): void {
    const builder = new LogRunBuilder(keepBytes);
    const before = this.records;
    try {
      this.tail.read(this.size, isGrowing, (record) => {
        if (torn?.tail.torn !== undefined) throw goesOn(torn.file, torn.tail.torn, this.file);
        this.lastSequence = Math.max(this.lastSequence, replayRecord(builder, this.file, record));
        this.records++;
      });
    } finally {
      // Also what came before an error, which is not read again.
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
