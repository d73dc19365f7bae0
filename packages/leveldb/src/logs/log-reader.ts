import { compareBytes, uint32At } from '../blocks/bytes.ts';
import { crc32c, storedCrc } from '../blocks/crc32c.ts';
import { corruptAt, hex32 } from '../errors.ts';
import type { ReadOnlyFile } from '../read-only-file.ts';

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;
/** Bytes that are read from the file at once: a whole number of blocks, so many that the system calls cost little. */
const CHUNK_BYTES = 32 * BLOCK_BYTES;
/** Bytes of a disk sector, which is written as a whole. After a crash of the machine, sectors that were not written read as zeros. */
const SECTOR_BYTES = 512;

/** Header of a fragment that carries its log's number. */
const NUMBERED_HEADER_BYTES = 11;
const NUMBERED_FULL = 5;
const NUMBERED_LAST = 8;

const FULL = 1;
const FIRST = 2;
const LAST = 4;
const TYPE_NAMES = ['ZERO', 'FULL', 'FIRST', 'MIDDLE', 'LAST'];

export type LogKind = 'log' | 'manifest';

export interface LogReaderOptions {
  /** An earlier reader's `position`. Default 0. */
  readonly from?: number;
  /** Length of the file that is looked at. Default: the length when it was opened. */
  readonly to?: number;
  /** Number of the log, if its writer may have used the file for an older log before: the bytes after the log's last record are then from
   * the older log. undefined if each file is used once. */
  readonly number?: number | undefined;
  /** True if the writer may be adding to a file that it uses again. A part that can't be read is then taken as not written yet. */
  readonly isGrowing?: boolean;
}

export interface LogRecord {
  /** Valid until the next call of `next`. */
  readonly payload: Uint8Array;
  /** Offset of the record's first header in the file. */
  readonly offset: number;
}

/** The place at which a log stops in the middle of a record. */
export interface TornTail {
  readonly offset: number;
  readonly expected: string;
  readonly found: string;
}

interface Fragment {
  readonly type: number;
  readonly offset: number;
  readonly payload: Uint8Array;
}

/** Reads a file of log records (`.log` and `MANIFEST-`), every checksum checked.
 *
 *     file     = blocks of 32 KiB, the last one shorter
 *     block    = fragment* zeros       fewer than 7 bytes that are left over are zeros
 *     fragment = masked crc32c of all that follows (4) · length (2) · type (1) · payload
 *     record   = FULL | FIRST MIDDLE* LAST
 *
 * (google/leveldb doc/log_format.md; goleveldb leveldb/journal). A writer that died, or that is writing right now, leaves a
 * record without its end: that is the end of the log, and `torn` says where. Anything else that is wrong throws.
 *
 * Pebble and RocksDB give a finished log's file to a new log and write over it from the start. Their fragments have types 5 to 8 and
 * the log's number (4) before the payload; up to 10 bytes that are left over in a block are zeros. Such a log ends where a fragment
 * of another log begins, as Pebble writes one on purpose when it closes a log, or where no whole fragment of this log follows
 * (cockroachdb/pebble record/record.go). Fragments without a number are read in it, too. */
export class LogReader {
  /** Known once `next` has returned undefined; undefined when the log ends with a whole record. */
  torn: TornTail | undefined;
  /** Offset after the last whole record, at which the next record or the filling before it begins. */
  position: number;
  private readonly file: ReadOnlyFile;
  private readonly what: LogKind;
  private readonly size: number;
  private readonly number: number | undefined;
  private readonly isGrowing: boolean;
  private readonly chunk: Uint8Array;
  private chunkStart = 0;
  private chunkEnd = 0;
  private pos: number;

  constructor(file: ReadOnlyFile, what: LogKind, options: LogReaderOptions = {}) {
    const { from = 0, to = file.size, number, isGrowing = false } = options;
    this.file = file;
    this.what = what;
    this.size = to;
    this.number = number;
    this.isGrowing = isGrowing;
    this.pos = from;
    this.position = from;
    const most = number === undefined ? CHUNK_BYTES : BLOCK_BYTES;
    this.chunk = new Uint8Array(Math.min(most, to - from + (from % BLOCK_BYTES)));
  }

  /** The next record, undefined at the end of the log. */
  next(): LogRecord | undefined {
    const record = this.record();
    if (record !== undefined) this.position = this.pos;
    return record;
  }

  private record(): LogRecord | undefined {
    let first = -1;
    let pieces: Uint8Array[] = [];
    for (;;) {
      const fragment = this.fragment();
      if (fragment === undefined) {
        if (first >= 0)
          this.torn = { offset: first, expected: 'the LAST fragment', found: this.torn?.found ?? 'the end' };
        return undefined;
      }
      const { type, offset, payload } = fragment;
      const starts = type === FULL || type === FIRST;
      // Old writers left an empty FIRST at the end of a block (google/leveldb db/log_reader.cc).
      const open = first >= 0 && pieces.some((piece) => piece.length > 0);
      if (starts ? open : first < 0)
        throw this.fail(offset)(
          `a ${starts ? 'MIDDLE or LAST' : 'FULL or FIRST'} fragment`,
          `${TYPE_NAMES[type]}`,
        );
      if (type === FULL) return { payload, offset };
      if (type === FIRST) {
        first = offset;
        pieces = [];
      }
      if (type === LAST) return { payload: join([...pieces, payload]), offset: first };
      pieces.push(payload.slice());
    }
  }

  private fragment(): Fragment | undefined {
    return this.number === undefined ? this.plainFragment() : this.numberedFragment(this.number);
  }

  private plainFragment(): Fragment | undefined {
    const room = BLOCK_BYTES - (this.pos % BLOCK_BYTES);
    if (room < HEADER_BYTES) this.pos += room;
    const offset = this.pos;
    const left = this.size - offset;
    if (left <= 0) return undefined;
    if (left < HEADER_BYTES) return this.tear(offset, `a header of ${HEADER_BYTES} bytes`, `${left} bytes`);
    const { chunk } = this;
    const at = this.load(offset);
    const length = chunk[at + 4]! | (chunk[at + 5]! << 8);
    const type = chunk[at + 6]!;
    const size = HEADER_BYTES + length;
    const blockEnd = offset - (offset % BLOCK_BYTES) + BLOCK_BYTES;
    if (type === 0 && length === 0 && this.zerosFrom(offset) === offset)
      return this.tear(offset, 'a record', 'zeros to the end');
    if (offset + size > blockEnd)
      throw this.fail(offset)(`a length of at most ${blockEnd - offset - HEADER_BYTES}`, `${length}`);
    if (size > left) {
      if (this.hasRecordAfter(at, at + left))
        throw this.fail(offset)(
          `a length of at most ${left - HEADER_BYTES}`,
          `${length}, and records behind it`,
        );
      return this.tear(offset, `${size} bytes`, `${left} bytes`);
    }
    const expected = storedCrc(chunk, at);
    const found = crc32c(chunk, at + 6, at + size);
    if (expected !== found) {
      const sector = Math.ceil(this.zerosFrom(offset) / SECTOR_BYTES) * SECTOR_BYTES;
      if (sector < offset + size) return this.tear(offset, 'a record', `zeros from ${sector} to the end`);
      throw this.fail(offset)(`crc32c ${hex32(expected)}`, hex32(found));
    }
    if (type < FULL || type > LAST) throw this.fail(offset)('a fragment of type 1..4', `type ${type}`);
    this.pos = offset + size;
    return { type, offset, payload: chunk.subarray(at + HEADER_BYTES, at + size) };
  }

  private numberedFragment(number: number): Fragment | undefined {
    for (;;) {
      const offset = this.pos;
      const room = BLOCK_BYTES - (offset % BLOCK_BYTES);
      const left = this.size - offset;
      if (left <= 0) return undefined;
      const plain = this.checkedPlain(offset, Math.min(room, left));
      if (plain !== undefined) return plain;
      if (room < NUMBERED_HEADER_BYTES) {
        this.pos += room;
        continue;
      }
      if (left < NUMBERED_HEADER_BYTES)
        return this.tear(offset, `a header of ${NUMBERED_HEADER_BYTES} bytes`, `${left} bytes`);
      const at = this.load(offset);
      const header = headerAt(this.chunk, at);
      if (header.isNumbered && header.number !== number) return undefined;
      const size = NUMBERED_HEADER_BYTES + header.length;
      const trouble = this.troubleOf(header, at, size, Math.min(room, left));
      if (trouble === undefined) {
        this.pos = offset + size;
        const payload = this.chunk.subarray(at + NUMBERED_HEADER_BYTES, at + size);
        return { type: header.type - NUMBERED_FULL + FULL, offset, payload };
      }
      if (this.isGrowing || !this.hasNumberedAfter(offset + 1, number))
        return this.tear(offset, trouble.expected, trouble.found);
      // The writer may have gone on since the block was read.
      if (!this.reload(offset))
        throw this.fail(offset)(trouble.expected, `${trouble.found}, and records behind it`);
    }
  }

  /** Returns the fragment without a log number, which a writer that uses each file once may have left; undefined if there is none. */
  private checkedPlain(offset: number, room: number): Fragment | undefined {
    if (room < HEADER_BYTES) return undefined;
    const at = this.load(offset);
    const { type, length } = headerAt(this.chunk, at);
    const end = at + HEADER_BYTES + length;
    if (type < FULL || type > LAST || HEADER_BYTES + length > room) return undefined;
    if (crc32c(this.chunk, at + 6, end) !== storedCrc(this.chunk, at)) return undefined;
    this.pos = offset + HEADER_BYTES + length;
    return { type, offset, payload: this.chunk.subarray(at + HEADER_BYTES, end) };
  }

  /** What keeps `[at, at + size)` of the chunk, of which `room` bytes are there, from being a fragment. */
  private troubleOf(header: Header, at: number, size: number, room: number) {
    if (!header.isNumbered) return { expected: 'a fragment of type 5..8', found: `type ${header.type}` };
    if (size > room)
      return { expected: `a length of at most ${room - NUMBERED_HEADER_BYTES}`, found: `${header.length}` };
    const expected = storedCrc(this.chunk, at);
    const found = crc32c(this.chunk, at + 6, at + size);
    return expected === found ? undefined : { expected: `crc32c ${hex32(expected)}`, found: hex32(found) };
  }

  /** Whether a whole fragment of this log stands anywhere from `offset` on. */
  private hasNumberedAfter(offset: number, number: number): boolean {
    const block = new Uint8Array(BLOCK_BYTES);
    for (let start = offset - (offset % BLOCK_BYTES); start < this.size; start += BLOCK_BYTES) {
      const count = this.file.read(block, Math.min(BLOCK_BYTES, this.size - start), start);
      for (let at = Math.max(0, offset - start); at + NUMBERED_HEADER_BYTES <= count; at++) {
        const type = block[at + 6]!;
        if (type < NUMBERED_FULL || type > NUMBERED_LAST || uint32At(block, at + 7) !== number) continue;
        const end = at + NUMBERED_HEADER_BYTES + (block[at + 4]! | (block[at + 5]! << 8));
        if (end <= count && crc32c(block, at + 6, end) === storedCrc(block, at)) return true;
      }
    }
    return false;
  }

  /** Reads the block of `offset` again. Returns whether it has changed. */
  private reload(offset: number): boolean {
    const before = this.chunk.slice();
    this.chunkEnd = 0;
    this.chunkStart = 0;
    this.load(offset);
    return compareBytes(before, this.chunk) !== 0;
  }

  private tear(offset: number, expected: string, found: string): undefined {
    this.torn = { offset, expected, found };
    this.pos = this.size;
    return undefined;
  }

  /** Makes the block of `offset` present in `chunk`; returns where `offset` is there. */
  private load(offset: number): number {
    if (offset >= this.chunkStart && offset < this.chunkEnd) return offset - this.chunkStart;
    this.chunkStart = offset - (offset % BLOCK_BYTES);
    const length = Math.min(this.chunk.length, this.size - this.chunkStart);
    const count = this.file.read(this.chunk, length, this.chunkStart);
    if (count < length) throw this.fail(this.chunkStart + count)(`${length - count} more bytes`, 'the end');
    this.chunkEnd = this.chunkStart + length;
    return offset - this.chunkStart;
  }

  /** Returns the offset, at least `offset`, from which the file has only zeros up to its end. */
  private zerosFrom(offset: number): number {
    const rest = new Uint8Array(BLOCK_BYTES);
    let zeros = offset;
    for (let pos = offset; pos < this.size; pos += rest.length) {
      const count = this.file.read(rest, Math.min(rest.length, this.size - pos), pos);
      for (let index = 0; index < count; index++) if (rest[index] !== 0) zeros = pos + index + 1;
    }
    return zeros;
  }

  /** Whether a whole record stands somewhere behind a header whose length reaches past the end: then the length is
   * wrong, not the end. `[at, end)` of the chunk is at most a block. */
  private hasRecordAfter(at: number, end: number): boolean {
    const bytes = this.chunk;
    for (let pos = at + 1; pos + HEADER_BYTES < end; pos++) {
      const type = bytes[pos + 6]!;
      if (type < FULL || type > LAST) continue;
      const length = bytes[pos + 4]! | (bytes[pos + 5]! << 8);
      const stop = pos + HEADER_BYTES + length;
      if (length > 0 && stop <= end && crc32c(bytes, pos + 6, stop) === storedCrc(bytes, pos)) return true;
    }
    return false;
  }

  private fail(offset: number) {
    return corruptAt(this.what, this.file.path, `record at ${offset}`);
  }
}

interface Header {
  readonly length: number;
  readonly type: number;
  readonly isNumbered: boolean;
  readonly number: number;
}

function headerAt(bytes: Uint8Array, at: number): Header {
  const type = bytes[at + 6]!;
  return {
    length: bytes[at + 4]! | (bytes[at + 5]! << 8),
    type,
    isNumbered: type >= NUMBERED_FULL && type <= NUMBERED_LAST,
    number: uint32At(bytes, at + 7),
  };
}

/** Returns the offset in the file of byte `index` of a record's payload. `offset` is that of the record's header.
 *
 * A record that goes on in the next block has a header there, at the block's start. Not for logs whose files are used again. */
export function positionInLog(offset: number, index: number): number {
  const start = offset + HEADER_BYTES;
  const room = (BLOCK_BYTES - (start % BLOCK_BYTES)) % BLOCK_BYTES;
  if (index < room) return start + index;
  const rest = index - room;
  const perBlock = BLOCK_BYTES - HEADER_BYTES;
  return start + room + Math.floor(rest / perBlock) * BLOCK_BYTES + HEADER_BYTES + (rest % perBlock);
}

/** `length` bytes of a record's payload from `position` on, without the headers between them.
 *
 * Their checksums were checked when the log was read; a log only grows. */
export function readFromLog(file: ReadOnlyFile, position: number, length: number): Uint8Array {
  const firstRoom = BLOCK_BYTES - (position % BLOCK_BYTES);
  const headers = length <= firstRoom ? 0 : Math.ceil((length - firstRoom) / (BLOCK_BYTES - HEADER_BYTES));
  const bytes = new Uint8Array(length + headers * HEADER_BYTES);
  const count = file.read(bytes, bytes.length, position);
  if (count < bytes.length)
    throw corruptAt('log', file.path, `value at ${position}`)(`${bytes.length} bytes`, `${count}`);
  let target = firstRoom;
  for (let source = firstRoom; source < bytes.length; source += BLOCK_BYTES) {
    const end = Math.min(source + BLOCK_BYTES, bytes.length);
    bytes.copyWithin(target, source + HEADER_BYTES, end);
    target += end - source - HEADER_BYTES;
  }
  return bytes.subarray(0, length);
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let length = 0;
  for (const piece of pieces) {
    joined.set(piece, length);
    length += piece.length;
  }
  return joined;
}
