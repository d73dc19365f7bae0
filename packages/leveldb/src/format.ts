import type { WireReader } from '@baleen/codec';
import type { Compression } from './blocks/compression.ts';
import type { BlockHandle } from './blocks/handle.ts';
import type { Kinds } from './blocks/kinds.ts';
import type { Fail } from './errors.ts';
import type { ReadOnlyFile } from './read-only-file.ts';
import type { NewTable } from './table.ts';

/** Where the index of a table is: a block of handles of data blocks (1 level), or of handles of such blocks (2 levels). */
export interface TableHead {
  readonly index: BlockHandle;
  readonly levels: 1 | 2;
  /** The kinds of the table's entries; undefined if they are those of the format. */
  readonly kinds?: Kinds;
}

/** Reads, checks and uncompresses a block of a table. `what` names the block in errors. */
export type ReadBlock = (handle: BlockHandle, what: string) => Uint8Array;

/** What differs between the formats of nodes' key-value databases. They share all else: the names `CURRENT`, `MANIFEST-N` and `N.log`, log
 * blocks of 32 KiB, version edits, blocks of sorted keys, and levels of tables. */
export interface Format {
  /** Name of the format in a node's configuration. */
  readonly backend: 'goleveldb' | 'pebbledb';
  /** Returns the name of the current manifest. Throws Node's own error if a file vanishes. */
  manifestName(path: string): string;
  /** The possible endings of a table's file name, the usual one first. */
  readonly tableEndings: readonly string[];
  /** True if the writer renames the file of a finished log and overwrites it from its start. Each fragment then contains its log's
   * number. */
  readonly reusesLogs: boolean;
  readonly kinds: Kinds;
  /** The compressions, by the byte that follows a block. */
  readonly compressions: Readonly<Record<number, Compression>>;
  /** Finds the index of a table. */
  readHead(file: ReadOnlyFile, read: ReadBlock): TableHead;
  /** Reads a field of a version edit whose tag is not one of LevelDB's. Returns undefined if the field adds no table.
   *
   * @param base  see `Table.base` */
  readField(tag: number, edit: WireReader, base: number, fail: Fail): NewTable | undefined;
}
