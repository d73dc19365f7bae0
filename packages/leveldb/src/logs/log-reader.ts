import { crc32c, storedCrc } from '../blocks/crc32c.ts';
import { corruptAt, hex32 } from '../errors.ts';
import type { ReadOnlyFile } from '../read-only-file.ts';

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;
/** Read at once: a whole number of blocks, enough that system calls cost little. */
const CHUNK_BYTES = 32 * BLOCK_BYTES;
/** What a disk writes whole; after a machine crash the sectors never written read as zeros. */
const SECTOR_BYTES = 512;

const FULL = 1;
const FIRST = 2;
const LAST = 4;
const TYPE_NAMES = ['ZERO', 'FULL', 'FIRST', 'MIDDLE', 'LAST'];

export type LogKind = 'log' | 'manifest';

export interface LogRecord {
  /** Valid until the next call of `next`. */
  readonly payload: Uint8Array;
  /** Where the record's first header stands in the file. */
  readonly offset: number;
}

/** Where a log stops in the middle of a record. */
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
 *     fragment = masked crc32c of type and payload (4) · length (2) · type (1) · payload
 *     record   = FULL | FIRST MIDDLE* LAST
 *
 * (google/leveldb doc/log_format.md; goleveldb leveldb/journal). A writer that died, or that is writing right now, leaves a
 * record without its end: that is the end of the log, and `torn` says where. Anything else that is wrong throws. */
export class LogReader {
  /** Known once `next` has returned undefined; undefined when the log ends with a whole record. */
  torn: TornTail | undefined;
  /** Where the record after the last whole one begins, or the filling before it. */
  position: number;
  private readonly file: ReadOnlyFile;
  private readonly what: LogKind;
  private readonly size: number;
  private readonly chunk: Uint8Array;
  private chunkStart = 0;
  private chunkEnd = 0;
  private pos: number;

  /** @param from  an earlier reader's `position`
   * @param to  length of the file that is looked at */
  constructor(file: ReadOnlyFile, what: LogKind, from = 0, to = file.size) {
    this.file = file;
    this.what = what;
    this.size = to;
    this.pos = from;
    this.position = from;
    this.chunk = new Uint8Array(Math.min(CHUNK_BYTES, to - from + (from % BLOCK_BYTES)));
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

  /** Where the zeros begin that fill the file from there to its end; `offset` at the least. */
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

/** Where byte `index` of a record's payload stands in the file, the record's header being at `offset`.
 *
 * A record that goes on in the next block has a header there, at the block's start. */
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
