import type { WireReader } from '@baleen/codec';
import type { Compression } from './blocks/compression.ts';
import type { BlockHandle } from './blocks/handle.ts';
import type { Kinds } from './blocks/kinds.ts';
import type { Fail } from './errors.ts';
import type { ReadOnlyFile } from './read-only-file.ts';
import type { NewTable } from './table.ts';

/** The index of a table: a block of handles of data blocks (1 level), or of handles of such blocks (2 levels). */
export interface TableHead {
  readonly index: BlockHandle;
  readonly levels: 1 | 2;
  /** Kinds of the table's entries, where they differ from the format's. */
  readonly kinds?: Kinds;
}

/** Reads a block of a table, checked and uncompressed; `what` names it in errors. */
export type ReadBlock = (handle: BlockHandle, what: string) => Uint8Array;

/** What differs between the formats in which nodes keep key-value databases. All else is theirs together: the names `CURRENT`,
 * `MANIFEST-N` and `N.log`, log blocks of 32 KiB, version edits, blocks of sorted keys, levels of tables. */
export interface Format {
  /** Its name in a node's configuration. */
  readonly backend: 'goleveldb' | 'pebbledb';
  /** Name of the manifest in force. Throws Node's own error for a file that vanishes. */
  manifestName(path: string): string;
  /** How the names of tables end, the usual ending first. */
  readonly tableEndings: readonly string[];
  /** Whether a finished log is renamed and written over from its start, each fragment with its log's number. */
  readonly reusesLogs: boolean;
  readonly kinds: Kinds;
  /** By the byte behind a block. */
  readonly compressions: Readonly<Record<number, Compression>>;
  /** Finds the index of a table. */
  readHead(file: ReadOnlyFile, read: ReadBlock): TableHead;
  /** Reads a field of a version edit whose tag is not one of LevelDB's; undefined: a field that adds no table.
   *
   * @param base  see `Table.base` */
  readField(tag: number, edit: WireReader, base: number, fail: Fail): NewTable | undefined;
}
