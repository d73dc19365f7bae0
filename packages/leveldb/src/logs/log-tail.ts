import { BaleenError } from '@baleen/chain';
import type { ReadOnlyFile } from '../read-only-file.ts';
import { type LogKind, LogReader, type LogRecord, type TornTail } from './log-reader.ts';

/** How long bytes at the end of a growing file may look damaged before that is an error. A writer needs milliseconds for a record;
 * a file system may show a file's new length before its bytes, but not for this long. */
const MAX_SUSPECT_MS = 5000;

/** Reads a file of log records from where the last reading stopped. */
export class LogTail {
  readonly file: ReadOnlyFile;
  /** Offset of the first record that has not been read. If the file is shorter than this, it was cut. */
  position = 0;
  /** Set when the last reading ended in the middle of a record. */
  torn: TornTail | undefined;
  private readonly what: LogKind;
  private readonly number: number | undefined;
  private readBefore = 0;
  private suspect: { readonly position: number; readonly since: number } | undefined;

  /** @param number  see `LogReaderOptions` */
  constructor(file: ReadOnlyFile, what: LogKind, number?: number) {
    this.file = file;
    this.what = what;
    this.number = number;
  }

  /** Visits each whole record below `size` that no earlier call visited, and returns how many there were.
   *
   * @param size       at least `position`
   * @param isGrowing    the writer may be in the middle of a record: what can't be read yet is left for the next time
   * @param isRewritten  the file may have changed below its length since the last call
   * @throws BaleenError `LEVELDB_CORRUPT`; the records before have been visited, and the next call begins at this one */
  read(size: number, isGrowing: boolean, visit: (record: LogRecord) => void, isRewritten = false): number {
    if (size === this.readBefore && this.suspect === undefined && !isRewritten) return 0;
    const bounds = { from: this.position, to: size };
    const reader = new LogReader(this.file, this.what, { ...bounds, number: this.number, isGrowing });
    let count = 0;
    for (;;) {
      const record = this.next(reader, isGrowing);
      if (record === undefined) break;
      visit(record);
      this.position = reader.position;
      count++;
    }
    this.torn = reader.torn;
    this.readBefore = size;
    return count;
  }

  private next(reader: LogReader, isGrowing: boolean): LogRecord | undefined {
    try {
      const record = reader.next();
      this.suspect = undefined;
      return record;
    } catch (error) {
      if (!isGrowing || !(error instanceof BaleenError)) throw error;
      if (this.suspect?.position !== this.position)
        this.suspect = { position: this.position, since: Date.now() };
      if (Date.now() - this.suspect.since > MAX_SUSPECT_MS) throw error;
      return undefined;
    }
  }
}
