import { BaleenError } from '@baleen/chain';
import { blockCost, decodeBlock, type FoundEntry, searchBlock } from './blocks/block.ts';
import { BlockCache } from './blocks/block-cache.ts';
import { BlockRing, type RawBlock } from './blocks/block-ring.ts';
import { uint32At } from './blocks/bytes.ts';
import { crc32c, storedCrc } from './blocks/crc32c.ts';
import { snappyLength, uncompressSnappy, uncompressSnappyInto } from './blocks/snappy.ts';
import { type SortedRun, searchRun } from './blocks/sorted-run.ts';
import { corruptAt, type Fail, hex32 } from './errors.ts';
import type { TableMeta } from './goleveldb/manifest.ts';
import { type ReadMeter, ReadOnlyFile } from './read-only-file.ts';

const FOOTER_BYTES = 48;
/** Compression (1) and masked crc32c (4) behind each block. */
const BLOCK_TRAILER_BYTES = 5;
const MAGIC_LOW = 0x8b80fb57;
const MAGIC_HIGH = 0xdb477524;
const UNCOMPRESSED = 0;
const SNAPPY = 1;

/** A table of the view. Blocks of all tables are told apart by `base` + offset. */
export interface Table extends TableMeta {
  readonly path: string;
  /** Sum of the sizes of the tables before it. */
  readonly base: number;
}

interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

/** Descriptors opened for reading tables beyond those held since the view was taken. */
const MAX_RECENT_FILES = 64;
/** Index blocks get a cache of their own, else a scan would throw them out. 16 MiB index about 4 GB of tables. */
const INDEX_CACHE_BYTES = 16 * 1024 * 1024;

/** Reads blocks of tables, through two caches of bounded size.
 *
 *     table   = block* footer
 *     block   = bytes · compression (0 none, 1 snappy) · masked crc32c of both (4)
 *     footer  = handle of the metaindex · handle of the index · zeros to 40 bytes · magic (8)
 *     handle  = uvarint offset · uvarint size, without the 5 bytes behind the block
 *     index   = block of: a key at or after the last one of a data block -> its handle
 *
 * (google/leveldb doc/table_format.md.) Filters are not read: without them answers are the same. */
export class TableStore {
  private readonly held: Map<number, ReadOnlyFile>;
  private readonly recent = new Map<number, ReadOnlyFile>();
  private readonly blocks: BlockCache;
  private readonly indexes = new BlockCache(INDEX_CACHE_BYTES);
  private readonly searched = new BlockRing();
  private readonly meter: ReadMeter;
  private scratch = new Uint8Array(64 * 1024);

  /** @param held  open files by table number; closed by `close` */
  constructor(held: Map<number, ReadOnlyFile>, cacheBytes: number, meter: ReadMeter) {
    this.held = held;
    this.blocks = new BlockCache(cacheBytes);
    this.meter = meter;
  }

  /** Opens those of `tables` that are not held. Throws Node's own error when one is no longer there. */
  hold(tables: readonly Table[]): void {
    for (const { number, path } of tables)
      if (!this.held.has(number)) this.held.set(number, new ReadOnlyFile(path, this.meter));
  }

  /** Closes all held files but those of `tables`, and all that were opened beside them. */
  release(tables: readonly Table[]): void {
    const kept = new Set(tables.map(({ number }) => number));
    for (const file of this.recent.values()) file.close();
    this.recent.clear();
    for (const [number, file] of [...this.held]) {
      if (kept.has(number)) continue;
      file.close();
      this.held.delete(number);
    }
  }

  /** Newest entry of a key in `table`; undefined: none. */
  find(table: Table, key: Uint8Array): FoundEntry | undefined {
    const index = this.index(table);
    for (let at = searchRun(index, key, false); at < index.count; at++) {
      const handle = handleAt(table, index, at);
      const block = this.searched.get(table.base + handle.offset) ?? this.readRaw(table, handle);
      const found = searchBlock(block.bytes, block.length, key, blockFail(table, handle));
      if (found !== 'beyond') return found === 'absent' ? undefined : found;
    }
    return undefined;
  }

  /** The index of a table: one entry per block. */
  index(table: Table): SortedRun {
    const known = this.indexes.get(table.base);
    if (known !== undefined) return known;
    const file = this.file(table);
    const handle = readFooter(file, table);
    const bytes = this.read(file, handle, 'index block');
    const run = decodeBlock(bytes, corruptAt('table', file.path, `index block at ${handle.offset}`));
    this.indexes.add(table.base, run, blockCost(run, bytes.length));
    return run;
  }

  /** Block `at` of a table, as its `index` has it. */
  block(table: Table, index: SortedRun, at: number): SortedRun {
    const handle = handleAt(table, index, at);
    const id = table.base + handle.offset;
    const known = this.blocks.get(id);
    if (known !== undefined) return known;
    const file = this.file(table);
    const bytes = this.read(file, handle, 'block');
    const run = decodeBlock(bytes, blockFail(table, handle));
    this.blocks.add(id, run, blockCost(run, bytes.length));
    return run;
  }

  close(): void {
    for (const file of [...this.held.values(), ...this.recent.values()]) file.close();
    this.recent.clear();
    this.blocks.clear();
    this.searched.clear();
    this.indexes.clear();
  }

  private file(table: Table): ReadOnlyFile {
    const held = this.held.get(table.number) ?? this.recent.get(table.number);
    if (held !== undefined) return held;
    const file = openTable(table, this.meter);
    this.recent.set(table.number, file);
    if (this.recent.size > MAX_RECENT_FILES) {
      const [oldest, oldestFile] = this.recent.entries().next().value!;
      oldestFile.close();
      this.recent.delete(oldest);
    }
    return file;
  }

  /** A block's bytes in a slot of the ring. */
  private readRaw(table: Table, handle: BlockHandle): RawBlock {
    const fail = blockFail(table, handle);
    const { size } = handle;
    const isCompressed = this.readStored(this.file(table), handle, fail);
    const stored = this.scratch;
    const length = isCompressed ? snappyLength(stored, 0, size, fail) : size;
    const block = this.searched.take(length);
    if (isCompressed) uncompressSnappyInto(block.bytes, length, stored, 0, size, fail);
    else block.bytes.set(stored.subarray(0, size));
    this.searched.keep(table.base + handle.offset, block);
    return block;
  }

  /** The bytes of a block, checked and uncompressed; its own, never overwritten. */
  private read(file: ReadOnlyFile, handle: BlockHandle, what: string): Uint8Array {
    const fail: Fail = (expected, found) =>
      corruptAt('table', file.path, `${what} at ${handle.offset}`)(expected, found);
    const isCompressed = this.readStored(file, handle, fail);
    if (isCompressed) return uncompressSnappy(this.scratch, 0, handle.size, fail);
    return this.scratch.slice(0, handle.size);
  }

  /** Reads a block to the start of `scratch`, as it is stored, and checks it. Returns whether it is compressed. */
  private readStored(file: ReadOnlyFile, { offset, size }: BlockHandle, fail: Fail): boolean {
    const length = size + BLOCK_TRAILER_BYTES;
    if (offset + length > file.size) throw fail(`an end within ${file.size} bytes`, `${offset + length}`);
    if (this.scratch.length < length) this.scratch = new Uint8Array(length * 2);
    const { scratch } = this;
    const count = file.read(scratch, length, offset);
    if (count < length) throw fail(`${length} bytes`, `${count}`);
    const expected = storedCrc(scratch, size + 1);
    const found = crc32c(scratch, 0, size + 1);
    if (expected !== found) throw fail(`crc32c ${hex32(expected)}`, hex32(found));
    const compression = scratch[size]!;
    if (compression !== SNAPPY && compression !== UNCOMPRESSED)
      throw fail('compression 0 (none) or 1 (snappy)', `${compression}`);
    return compression === SNAPPY;
  }
}

/** Words are put together for an error alone: a lookup takes few microseconds. */
const blockFail =
  (table: Table, { offset }: BlockHandle): Fail =>
  (expected, found) =>
    corruptAt('table', table.path, `block at ${offset}`)(expected, found);

const handleAt = (table: Table, index: SortedRun, at: number): BlockHandle =>
  decodeHandle(index.value(at), 0, (expected, found) =>
    corruptAt('table', table.path, `index entry ${at}`)(expected, found),
  ).handle;

function openTable(table: Table, meter: ReadMeter): ReadOnlyFile {
  try {
    return new ReadOnlyFile(table.path, meter);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    const message = `open table ${table.path}: expected the file that was there when the directory was opened, found ${found}; stop the node that writes to it, then open it again`;
    throw new BaleenError('source', 'LEVELDB_MISSING', message, { cause });
  }
}

function readFooter(file: ReadOnlyFile, table: Table): BlockHandle {
  const whole = corruptAt('table', file.path, 'whole file from 0');
  if (file.size !== table.sizeBytes)
    throw whole(`${table.sizeBytes} bytes, as the manifest says`, `${file.size}`);
  const offset = file.size - FOOTER_BYTES;
  if (offset < 0) throw whole(`${FOOTER_BYTES} bytes or more`, `${file.size}`);
  const fail = corruptAt('table', file.path, `footer at ${offset}`);
  const footer = new Uint8Array(FOOTER_BYTES);
  file.read(footer, FOOTER_BYTES, offset);
  const low = uint32At(footer, 40);
  const high = uint32At(footer, 44);
  if (low !== MAGIC_LOW || high !== MAGIC_HIGH)
    throw fail(
      `magic ${hex32(MAGIC_HIGH)}${hex32(MAGIC_LOW).slice(2)}`,
      `${hex32(high)}${hex32(low).slice(2)}`,
    );
  const metaindex = decodeHandle(footer, 0, fail);
  return decodeHandle(footer, metaindex.end, fail).handle;
}

function decodeHandle(bytes: Uint8Array, start: number, fail: Fail): { handle: BlockHandle; end: number } {
  let pos = start;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 42; scale *= 128) {
      const byte = bytes[pos++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw fail('an offset and a size below 2^49', 'a longer number or the end');
  };
  const handle = { offset: varint(), size: varint() };
  return { handle, end: pos };
}
