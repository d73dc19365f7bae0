import type { WireReader } from '@baleen/codec';
import type { Fail } from '../errors.ts';
import { type NewTable, readLevel, Table } from '../table.ts';

/** Tags of a version edit that only Pebble and RocksDB have (cockroachdb/pebble version_edit.go, RocksDB db/version_edit.h). */
const TAG = { newFile2: 100, newFile3: 102, newFile4: 103 } as const;
const REFUSED: Readonly<Record<number, string>> = {
  104: 'a table with range keys',
  105: 'a table that backs virtual ones',
  106: 'a table that backs virtual ones',
  200: 'column families',
  201: 'column families',
  202: 'column families',
  203: 'column families',
};
/** Bit of a tag by which RocksDB marks fields that an older reader may skip: the tag is followed by `uvarint length · bytes`. */
const SKIPPABLE_TAG = 1 << 13;

/** Numbers of a new file's fields. Each field is `uvarint field · uvarint length · bytes`, and `end` ends them. */
const FIELD = { end: 1, virtual: 66 } as const;
/** Bit of a field's number. If it is set, the field changes what the file means, and a reader that does not know it must stop. */
const MEANINGFUL_FIELD = 1 << 6;

/** Reads a field of a Pebble manifest's edit.
 *
 *     new file 2 = level · table · smallest sequence · largest sequence
 *     new file 3 = level · path · table …          new file 4 = new file 2 · fields */
export function readField(tag: number, edit: WireReader, base: number, fail: Fail): NewTable | undefined {
  if (tag === TAG.newFile2 || tag === TAG.newFile3 || tag === TAG.newFile4)
    return readNewFile(tag, edit, base, fail);
  const name = REFUSED[tag];
  if (name !== undefined) throw fail('tables and logs alone', `tag ${tag} (${name})`, 'LEVELDB_UNSUPPORTED');
  if ((tag & SKIPPABLE_TAG) === 0)
    throw fail('a tag of Pebble', `tag ${tag} before byte ${edit.pos} of the edit`, 'LEVELDB_UNSUPPORTED');
  edit.bytes();
  return undefined;
}

function readNewFile(tag: number, edit: WireReader, base: number, fail: Fail): NewTable {
  const level = readLevel(edit, fail);
  const path = tag === TAG.newFile3 ? edit.uint() : 0;
  if (path !== 0) throw fail('a table in the directory', `one in path ${path}`, 'LEVELDB_UNSUPPORTED');
  const table = new Table(edit, base, fail);
  edit.uint64();
  edit.uint64();
  if (tag === TAG.newFile4) skipFields(edit, fail);
  return { level, table };
}

function skipFields(edit: WireReader, fail: Fail): void {
  for (let field = edit.uint(); field !== FIELD.end; field = edit.uint()) {
    if ((field & MEANINGFUL_FIELD) !== 0) {
      const name = field === FIELD.virtual ? 'a virtual table' : `field ${field}`;
      throw fail('a whole table', name, 'LEVELDB_UNSUPPORTED');
    }
    edit.bytes();
  }
}
