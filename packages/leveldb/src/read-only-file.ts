import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Counts what is read of all files that share it. */
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

  /** Its length now, and whether no name is left of it. */
  stat(): { readonly size: number; readonly isRemoved: boolean } {
    const { size, nlink } = fstatSync(this.openFd());
    return { size, isRemoved: nlink === 0 };
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
