import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** A file opened with O_RDONLY and nothing else; `size` is its length when it was opened. */
export class ReadOnlyFile {
  readonly path: string;
  readonly size: number;
  private fd: number;

  /** Throws Node's own error (`ENOENT`, ...): only the caller knows what its absence means. */
  constructor(path: string) {
    this.path = path;
    this.fd = openSync(path, constants.O_RDONLY);
    this.size = fstatSync(this.fd).size;
  }

  /** Reads up to `length` bytes at `position` to the start of `target`; fewer only at the end of the file. */
  read(target: Uint8Array, length: number, position: number): number {
    // A closed descriptor's number may by now belong to another file.
    if (this.fd < 0) throw new TypeError(`${this.path} is closed`);
    let done = 0;
    while (done < length) {
      const count = readSync(this.fd, target, done, length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  close(): void {
    if (this.fd < 0) return;
    closeSync(this.fd);
    this.fd = -1;
  }
}
