import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { BaleenError } from '@baleen/chain';
import { Parser, type ReadEntry } from 'tar';
import { dataError, operatorError } from '../errors.ts';
import { packingOf, tarBytes } from './decompress.ts';
import { Lz4Error } from './lz4.ts';
import { NamesInArchive } from './names-in-archive.ts';

/** A node's databases, unpacked from a snapshot archive until `close` is called. */
export interface UnpackedArchive {
  /** Path of the folder with `data/blockstore.db` and the other databases that were wanted. */
  readonly folder: string;
  /** Size of all files in the folder, in bytes. */
  readonly bytes: number;
  /** Returns a message with the entries of the archive in place of the files in the folder. */
  named(message: string): string;
  /** Removes the folder. */
  close(): void;
}

export interface UnpackOptions {
  /** Folder to unpack into. It is created if it does not exist. */
  readonly into: string;
  /** True if application.db is to be unpacked too. */
  readonly wantsState: boolean;
  readonly signal?: AbortSignal;
}

/** Endings of an archive's name, for messages. */
export const ARCHIVE_ENDINGS = '.tar, .tar.gz, .tgz, .tar.lz4, .tar.zst or .tar.zstd';
const ENDING = /\.(?:tar|tar\.gz|tgz|tar\.lz4|tar\.zst|tar\.zstd)$/;

/** Returns true if the path of a source is a snapshot archive, as hosts of node snapshots publish them. */
export const isArchive = (path: string): boolean =>
  ENDING.test(path) && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);

/** Bytes of the disk that stay free for others. */
const RESERVED_BYTES = 64 * 1024 * 1024;
const DATABASES = ['blockstore.db', 'state.db'];
const STATE_DATABASE = 'application.db';

/** Unpacks the databases of a node from a snapshot archive, as a stream: blockstore.db, state.db, config/genesis.json and, if wanted,
 * application.db. All other files are skipped. Baleen chooses the names of the unpacked files, so that no path in the archive can lead out
 * of the folder.
 *
 * If an earlier process on this machine was killed and left files in `into`, they are removed.
 *
 * @throws BaleenError  operator: `SOURCE_ARCHIVE_UNSUPPORTED`, `SOURCE_ARCHIVE_NO_SPACE`, `SOURCE_NOT_FOUND` (no blockstore.db
 *   in it); data: `SOURCE_ARCHIVE_CORRUPT`, `SOURCE_ARCHIVE_REFUSED`. Nothing is left behind then, nor when `signal` aborts */
export async function unpackArchive(archive: string, options: UnpackOptions): Promise<UnpackedArchive> {
  const path = resolve(archive);
  const packing = packingOf(path);
  mkdirSync(options.into, { recursive: true });
  removeAbandoned(options.into);
  const folder = mkdtempSync(join(options.into, `${prefixOf(process.pid)}`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const unpacking = new Unpacking(path, folder, options.wantsState);
  try {
    for await (const chunk of tarBytes(path, packing, options.signal)) unpacking.write(chunk);
    unpacking.end();
    return {
      ...{ folder, bytes: unpacking.bytes, close: remove },
      named: (message) => unpacking.names.applyTo(message),
    };
  } catch (error) {
    unpacking.close();
    remove();
    options.signal?.throwIfAborted();
    throw asArchiveError(path, error);
  }
}

const prefixOf = (pid: number | string): string => `archive-${hostname()}-${pid}-`;

function removeAbandoned(into: string): void {
  for (const name of readdirSync(into)) {
    const pid = /^archive-.*-(\d+)-\w+$/.exec(name)?.[1];
    if (pid === undefined || !name.startsWith(prefixOf(pid)) || isRunning(Number(pid))) continue;
    rmSync(join(into, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Writes the wanted entries of a tar to a folder as its bytes come. */
class Unpacking {
  /** Number of bytes that were written so far. */
  bytes = 0;
  readonly names: NamesInArchive;
  private readonly archive: string;
  private readonly folder: string;
  private readonly wantsState: boolean;
  private readonly parser: Parser;
  /** Path in the archive of the folder with the databases; undefined until the first of them was found. */
  private root: string | undefined;
  private failure: unknown;
  /** Descriptor of the file that is being written; undefined between two files. */
  private opened: number | undefined;
  private hasEnded = false;

  constructor(archive: string, folder: string, wantsState: boolean) {
    this.archive = archive;
    this.folder = folder;
    this.wantsState = wantsState;
    this.names = new NamesInArchive(archive, folder);
    this.parser = new Parser({ strict: true, onReadEntry: (entry) => this.take(entry) });
    this.parser.on('error', (error: unknown) => this.fail(error));
    this.parser.on('eof', () => {
      this.hasEnded = true;
    });
  }

  write(chunk: Uint8Array): void {
    // The chunk is copied, since the parser keeps the beginning of an entry.
    this.parser.write(Buffer.from(chunk));
    if (this.failure !== undefined) throw this.failure;
  }

  end(): void {
    this.parser.end();
    if (this.failure !== undefined) throw this.failure;
    if (!this.hasEnded) throw this.cut('the end of the archive');
    if (!existsSync(join(this.folder, 'data/blockstore.db')))
      throw operatorError(
        'SOURCE_NOT_FOUND',
        `open archive ${this.archive}: expected a folder blockstore.db with files in it, found none; name an archive of a node's data folder`,
      );
  }

  private fail(error: unknown): void {
    this.failure ??= error;
  }

  private take(entry: ReadEntry): void {
    try {
      const target = this.targetOf(entry);
      if (target === undefined) entry.resume();
      else this.save(entry, target);
    } catch (error) {
      this.fail(error);
      entry.resume();
    }
  }

  /** Returns the path, relative to the folder, to which an entry is unpacked; undefined if the entry is not wanted. */
  private targetOf(entry: ReadEntry): string | undefined {
    const parts = entry.path.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..'))
      throw this.refused(entry, 'a path within the archive', 'one that leads out of it');
    const name = parts.at(-1);
    const parent = parts.at(-2);
    const wanted = this.wantsState ? [...DATABASES, STATE_DATABASE] : DATABASES;
    // For a file x, macOS adds an entry `._x` to the archive.
    if (entry.type === 'Directory' || name === undefined || name.startsWith('._')) return undefined;
    if (wanted.includes(name)) throw this.refused(entry, 'a directory');
    const isGenesis =
      name === 'genesis.json' && (parent === undefined || parent === 'config' || parent === 'data');
    const isTable = parent !== undefined && wanted.includes(parent);
    if (!isGenesis && !isTable) return undefined;
    if (entry.type !== 'File' && entry.type !== 'OldFile' && entry.type !== 'ContiguousFile')
      throw this.refused(entry, 'a file');
    if (!isTable) return join('config', name);
    this.checkRoot(entry, parts.slice(0, -2).join('/'));
    return join('data', parent, name);
  }

  private checkRoot(entry: ReadEntry, root: string): void {
    this.root ??= root;
    if (this.root !== root)
      throw this.refused(entry, `the databases of one node, in '${this.root}'`, `others in '${root}'`);
  }

  private save(entry: ReadEntry, target: string): void {
    const path = join(this.folder, target);
    mkdirSync(join(path, '..'), { recursive: true });
    this.checkSpace(entry);
    this.bytes += entry.size;
    this.names.add(target, entry.path);
    this.names.add(dirname(target), dirname(entry.path));
    const fd = openSync(path, 'w');
    this.opened = fd;
    entry.on('data', (chunk: Buffer) => {
      try {
        for (let done = 0; done < chunk.length; ) done += writeSync(fd, chunk, done);
      } catch (error) {
        this.fail(error);
      }
    });
    entry.on('end', () => this.close());
  }

  /** Closes the file that is being written. */
  close(): void {
    if (this.opened !== undefined) closeSync(this.opened);
    this.opened = undefined;
  }

  private checkSpace(entry: ReadEntry): void {
    const { bavail, bsize } = statfsSync(this.folder);
    const free = bavail * bsize;
    if (free < entry.size + RESERVED_BYTES)
      throw noSpace(this.archive, `${entry.path} of ${entry.size} bytes`, free);
  }

  private refused(entry: ReadEntry, expected: string, found = typeOf(entry)): BaleenError {
    return dataError(
      'SOURCE_ARCHIVE_REFUSED',
      `unpack ${entry.path} of ${this.archive}: expected ${expected}, found ${found}; unpack it by hand if you trust it`,
    );
  }

  private cut(expected: string): BaleenError {
    return truncated(this.archive, expected);
  }
}

const typeOf = ({ type, linkpath }: ReadEntry): string => `${type}${linkpath ? ` to ${linkpath}` : ''}`;

const truncated = (archive: string, expected: string, cause?: unknown): BaleenError =>
  new BaleenError(
    'data',
    'SOURCE_ARCHIVE_CORRUPT',
    `unpack ${archive}: expected ${expected}, found the file cut off; download it again and compare its checksum`,
    { cause },
  );

const noSpace = (archive: string, what: string, free: number): BaleenError =>
  operatorError(
    'SOURCE_ARCHIVE_NO_SPACE',
    `unpack ${archive}: expected room for ${what}, found ${free} bytes free; make room, or name another folder with --data-dir`,
  );

function asArchiveError(archive: string, error: unknown): unknown {
  if (error instanceof BaleenError) return error;
  const { code, message = String(error) } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return noSpace(archive, 'its databases', 0);
  const isCut =
    (error instanceof Lz4Error && error.isTruncated) ||
    code === 'Z_BUF_ERROR' ||
    /truncated|unexpected end/i.test(message);
  if (isCut) return truncated(archive, 'the whole archive', error);
  return new BaleenError(
    'data',
    'SOURCE_ARCHIVE_CORRUPT',
    `unpack ${archive}: expected a whole archive, found ${message}; download it again and compare its checksum`,
    { cause: error },
  );
}
