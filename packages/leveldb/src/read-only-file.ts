import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** Counts the bytes that are read of all files that were opened with it. */
export class ReadMeter {
  bytes = 0;
}

/** A file opened with O_RDONLY and nothing else; `size` is its length when it was opened. */
export class ReadOnlyFile {
  readonly path: string;
  readonly size: number;
  private readonly meter: ReadMeter | undefined;
  private fd: number;

  /** Throws Node's own error (`ENOENT`, ...): only the caller knows what its absence means. */
  constructor(path: string, meter?: ReadMeter) {
    this.path = path;
    this.meter = meter;
    this.fd = openSync(path, constants.O_RDONLY);
    this.size = fstatSync(this.fd).size;
  }

  /** Returns the file's present length, the time of its last change (milliseconds since 1970), and whether its last name was removed. */
  stat(): { readonly size: number; readonly changedAtMs: number; readonly isRemoved: boolean } {
    const { size, mtimeMs, nlink } = fstatSync(this.openFd());
    return { size, changedAtMs: mtimeMs, isRemoved: nlink === 0 };
  }

  /** Whether its name still leads to it: else it was removed or renamed. */
  isNamed(): boolean {
    const named = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    const held = fstatSync(this.openFd(), { bigint: true });
    return named !== undefined && named.ino === held.ino && named.dev === held.dev;
  }

  /** Reads up to `length` bytes at `position` to the start of `target`; fewer only at the end of the file. */
  read(target: Uint8Array, length: number, position: number): number {
    const fd = this.openFd();
    let done = 0;
    while (done < length) {
      const count = readSync(fd, target, done, length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    if (this.meter !== undefined) this.meter.bytes += done;
    return done;
  }

  close(): void {
    if (this.fd < 0) return;
    closeSync(this.fd);
    this.fd = -1;
  }

  private openFd(): number {
    // A closed descriptor's number may by now belong to another file.
    if (this.fd < 0) throw new TypeError(`${this.path} is closed`);
    return this.fd;
  }
}
