import { BaleenError } from '@baleen/chain';
import { blockCost, decodeBlock, type FoundEntry, searchBlock } from './blocks/block.ts';
import { BlockCache } from './blocks/block-cache.ts';
import { BlockRing, type RingBlock } from './blocks/block-ring.ts';
import type { Compression } from './blocks/compression.ts';
import { crc32c, storedCrc } from './blocks/crc32c.ts';
import { type BlockHandle, decodeHandle } from './blocks/handle.ts';
import { type Kinds, SEPARATORS } from './blocks/kinds.ts';
import { compareKeyAt, type SortedRun, searchRun } from './blocks/sorted-run.ts';
import { unreadable } from './directory.ts';
import { corruptAt, type Fail, hex32, systemCode } from './errors.ts';
import type { Format } from './format.ts';
import { type ReadMeter, ReadOnlyFile } from './read-only-file.ts';
import type { Table } from './table.ts';

/** Size of a block's trailer: the compression (1 byte) and the masked crc32c (4 bytes). */
const BLOCK_TRAILER_BYTES = 5;

/** A block of a table's index. It has handles of data blocks if `below` is 0. Otherwise it has handles of other index blocks, with `below`
 * index levels between it and the data blocks. */
export interface IndexBlock {
  readonly run: SortedRun;
  readonly below: number;
  /** The kinds of the entries in the table's data blocks. */
  readonly kinds: Kinds;
}

export interface StoreBounds {
  /** Most bytes of decoded data blocks in memory. */
  readonly cacheBytes: number;
  /** Most tables that are open while they are read, beside those that stay open. */
  readonly maxRecentFiles: number;
}

/** Size of the cache of index blocks, in bytes. They have a cache of their own because the data blocks of a scan would push them out of a
 * common one. The index of about 4 GB of tables fits into 16 MiB. */
const INDEX_CACHE_BYTES = 16 * 1024 * 1024;

/** Reads blocks of tables, with caches of limited size.
 *
 *     table = block* footer
 *     block = bytes · compression (1) · masked crc32c of both (4)
 *     index = block of: a key at or after the last one of a data block -> its handle
 *
 * (google/leveldb doc/table_format.md.) `Format` says where the footer is and how many levels the index has. */
export class TableStore {
  private readonly format: Format;
  private readonly pathOf: (table: Table) => string;
  /** The files that stay open, by table number, and those that were opened recently. */
  private readonly held = new Map<number, ReadOnlyFile>();
  private readonly recent = new Map<number, ReadOnlyFile>();
  private readonly maxRecentFiles: number;
  private readonly blocks: BlockCache<SortedRun>;
  private readonly indexes = new BlockCache<IndexBlock>(INDEX_CACHE_BYTES);
  private readonly searched = new BlockRing();
  private readonly meter: ReadMeter;
  private scratch = new Uint8Array(64 * 1024);

  constructor(format: Format, pathOf: (table: Table) => string, bounds: StoreBounds, meter: ReadMeter) {
    this.format = format;
    this.pathOf = pathOf;
    this.maxRecentFiles = bounds.maxRecentFiles;
    this.blocks = new BlockCache(bounds.cacheBytes);
    this.meter = meter;
  }

  /** Opens the given tables and holds them open. Throws Node's own error if one is no longer there. */
  hold(tables: readonly Table[]): void {
    for (const table of tables)
      if (!this.held.has(table.number))
        this.held.set(table.number, new ReadOnlyFile(this.pathOf(table), this.meter));
  }

  /** Closes all files except those of `tables` that stay open. */
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

  /** Returns the newest entry of a key in a table; undefined if the table does not have the key. */
  find(table: Table, key: Uint8Array): FoundEntry | undefined {
    return this.findBelow(table, this.index(table), key);
  }

  private findBelow(table: Table, index: IndexBlock, key: Uint8Array): FoundEntry | undefined {
    const { run, below, kinds } = index;
    for (let at = searchRun(run, key, false); at < run.count; at++) {
      const handle = this.handleAt(table, run, at);
      if (below > 0) {
        const found = this.findBelow(table, this.indexBelow(table, index, at), key);
        if (found !== undefined || compareKeyAt(run, at, key) > 0) return found;
        continue;
      }
      const block = this.searched.get(table.base + handle.offset) ?? this.readRaw(table, handle);
      const found = searchBlock(block.bytes, block.length, key, kinds, this.blockFail(table, handle));
      if (found !== 'beyond') return found === 'absent' ? undefined : found;
    }
    return undefined;
  }

  /** Returns the top block of a table's index. */
  index(table: Table): IndexBlock {
    const known = this.indexes.get(table.base);
    if (known !== undefined) return known;
    const file = this.file(table);
    if (file.size !== table.sizeBytes)
      throw corruptAt(
        'table',
        file.path,
        'whole file from 0',
      )(`${table.sizeBytes} bytes, as the manifest says`, `${file.size}`);
    const { index, levels, kinds } = this.format.readHead(file, (handle, what) =>
      this.read(file, handle, what),
    );
    return this.readIndex(table, table.base, index, levels - 1, kinds ?? this.format.kinds);
  }

  /** Returns the index block to which entry `at` of a higher index block leads. */
  indexBelow(table: Table, { run, below, kinds }: IndexBlock, at: number): IndexBlock {
    const handle = this.handleAt(table, run, at);
    // A data block is at offset 0, so no index block below has the number `table.base`, which is the top block's.
    const id = table.base + handle.offset;
    return this.indexes.get(id) ?? this.readIndex(table, id, handle, below - 1, kinds);
  }

  /** Returns the data block to which entry `at` of an index block leads. */
  block(table: Table, { run: index, kinds }: IndexBlock, at: number): SortedRun {
    const handle = this.handleAt(table, index, at);
    const id = table.base + handle.offset;
    const known = this.blocks.get(id);
    if (known !== undefined) return known;
    const bytes = this.read(this.file(table), handle, 'block');
    const run = decodeBlock(bytes, kinds, this.blockFail(table, handle));
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

  private readIndex(table: Table, id: number, handle: BlockHandle, below: number, kinds: Kinds): IndexBlock {
    const file = this.file(table);
    const bytes = this.read(file, handle, 'index block');
    const run = decodeBlock(
      bytes,
      SEPARATORS,
      corruptAt('table', file.path, `index block at ${handle.offset}`),
    );
    const index = { run, below, kinds };
    this.indexes.add(id, index, blockCost(run, bytes.length));
    return index;
  }

  private file(table: Table): ReadOnlyFile {
    const held = this.held.get(table.number);
    if (held !== undefined) return held;
    const recent = this.recent.get(table.number);
    // A Map keeps the order of insertion, so its first entry was used longest ago.
    if (recent !== undefined) this.recent.delete(table.number);
    const file = recent ?? this.open(table);
    this.recent.set(table.number, file);
    if (this.recent.size > this.maxRecentFiles) {
      const [oldest, oldestFile] = this.recent.entries().next().value!;
      oldestFile.close();
      this.recent.delete(oldest);
    }
    return file;
  }

  /** Reads and uncompresses a data block into a buffer of the ring. */
  private readRaw(table: Table, handle: BlockHandle): RingBlock {
    const fail = this.blockFail(table, handle);
    const { size } = handle;
    const compression = this.readStored(this.file(table), handle, fail);
    const stored = this.scratch;
    const length = compression.length(stored, size, fail);
    const block = this.searched.take(length);
    compression.uncompress(block.bytes, length, stored, size, fail);
    this.searched.keep(table.base + handle.offset, block);
    return block;
  }

  /** Reads, checks and uncompresses a block into an array of its own that is never overwritten. */
  private read(file: ReadOnlyFile, handle: BlockHandle, what: string): Uint8Array {
    const fail: Fail = (...words) => corruptAt('table', file.path, `${what} at ${handle.offset}`)(...words);
    const compression = this.readStored(file, handle, fail);
    const bytes = new Uint8Array(compression.length(this.scratch, handle.size, fail));
    compression.uncompress(bytes, bytes.length, this.scratch, handle.size, fail);
    return bytes;
  }

  /** Reads a block as it is stored to the start of `scratch`, checks its checksum, and returns how it is compressed. */
  private readStored(file: ReadOnlyFile, { offset, size }: BlockHandle, fail: Fail): Compression {
    const length = size + BLOCK_TRAILER_BYTES;
    if (offset + length > file.size) throw fail(`an end within ${file.size} bytes`, `${offset + length}`);
    if (this.scratch.length < length) this.scratch = new Uint8Array(length * 2);
    const { scratch } = this;
    const count = file.read(scratch, length, offset);
    if (count < length) throw fail(`${length} bytes`, `${count}`);
    const expected = storedCrc(scratch, size + 1);
    const found = crc32c(scratch, 0, size + 1);
    if (expected !== found) throw fail(`crc32c ${hex32(expected)}`, hex32(found));
    const { compressions } = this.format;
    const compression = compressions[scratch[size]!];
    if (compression === undefined) throw unknownCompression(compressions, scratch[size]!, fail);
    return compression;
  }

  /** Returns the function that makes errors about a block. It composes their text only when an error is thrown, since that takes as long as
   * a lookup, a few microseconds. */
  private blockFail(table: Table, { offset }: BlockHandle): Fail {
    return (...words) => corruptAt('table', this.pathOf(table), `block at ${offset}`)(...words);
  }

  private handleAt(table: Table, index: SortedRun, at: number): BlockHandle {
    const fail: Fail = (...words) => corruptAt('table', this.pathOf(table), `index entry ${at}`)(...words);
    return decodeHandle(index.value(at), 0, fail).handle;
  }

  private open(table: Table): ReadOnlyFile {
    const path = this.pathOf(table);
    try {
      return new ReadOnlyFile(path, this.meter);
    } catch (cause) {
      if (systemCode(cause) !== 'ENOENT') throw unreadable(path, cause);
      const found = cause instanceof Error ? cause.message : String(cause);
      const message = `open table ${path}: expected the file that was there when the directory was opened, found ${found}; stop the node that writes to it, then open it again`;
      throw new BaleenError('source', 'LEVELDB_MISSING', message, { cause });
    }
  }
}

function unknownCompression(known: Format['compressions'], found: number, fail: Fail): BaleenError {
  const names = Object.entries(known).map(([byte, { name }]) => `${byte} (${name})`);
  return fail(`compression ${names.join(' or ')}`, `${found}`, 'LEVELDB_UNSUPPORTED');
}
