import * as zlib from 'node:zlib';
import type { Fail } from '../errors.ts';
import { snappyLength, uncompressSnappyInto } from './snappy.ts';

/** A way in which blocks are stored, told by the byte behind each block. */
export interface Compression {
  readonly name: string;
  /** Bytes of the block that `stored[0, size)` holds. */
  length(stored: Uint8Array, size: number, fail: Fail): number;
  /** Writes the block, of `length` bytes, to the start of `target`. */
  uncompress(target: Uint8Array, length: number, stored: Uint8Array, size: number, fail: Fail): void;
}

export const UNCOMPRESSED: Compression = {
  name: 'none',
  length: (_, size) => size,
  uncompress: (target, length, stored) => target.set(stored.subarray(0, length)),
};

export const SNAPPY: Compression = {
  name: 'snappy',
  length: (stored, size, fail) => snappyLength(stored, 0, size, fail),
  uncompress: (target, length, stored, size, fail) =>
    uncompressSnappyInto(target, length, stored, 0, size, fail),
};

/** A uvarint, the block's length, then a zstd frame (cockroachdb/pebble sstable/compression.go). */
export const ZSTD: Compression = {
  name: 'zstd',
  length: (stored, size, fail) => zstdLength(stored, size, fail).length,
  uncompress(target, length, stored, size, fail) {
    // Node has it since 22.15 and 23.8.
    if (zlib.zstdDecompressSync === undefined)
      throw fail('Node.js 22.15 or later for a block of zstd', process.version, 'LEVELDB_UNSUPPORTED');
    const { start } = zstdLength(stored, size, fail);
    let block: Uint8Array;
    try {
      block = zlib.zstdDecompressSync(stored.subarray(start, size), { maxOutputLength: length });
    } catch (error) {
      throw fail(`a zstd frame of ${length} bytes`, error instanceof Error ? error.message : String(error));
    }
    if (block.length !== length) throw fail(`a zstd frame of ${length} bytes`, `one of ${block.length}`);
    target.set(block);
  },
};

/** No block of a node is larger: its largest values are a few MiB. */
const MAX_BLOCK_BYTES = 2 ** 30;

function zstdLength(stored: Uint8Array, size: number, fail: Fail): { length: number; start: number } {
  let length = 0;
  for (let start = 0; start < Math.min(5, size); start++) {
    const byte = stored[start]!;
    length += (byte & 0x7f) * 2 ** (7 * start);
    if (byte < 0x80 && length <= MAX_BLOCK_BYTES) return { length, start: start + 1 };
  }
  throw fail(`a length of at most ${MAX_BLOCK_BYTES}`, 'a larger one or the end');
}
