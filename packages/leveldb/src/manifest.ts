import { BaleenError } from '@baleen/chain';
import { WireReader } from '@baleen/codec';
import { MAX_SEQUENCE } from './blocks/sorted-run.ts';
import { corruptAt, type Fail } from './errors.ts';
import type { Format } from './format.ts';
import { LogTail } from './logs/log-tail.ts';
import type { ReadOnlyFile } from './read-only-file.ts';
import { type NewTable, readLevel, Table } from './table.ts';

const COMPARATOR = 'leveldb.BytewiseComparator';

/** Tags of a version edit that all formats have (google/leveldb db/version_edit.cc, goleveldb leveldb/session_record.go); a format
 * may have others, see `Format.readField`. */
const TAG = {
  comparator: 1,
  logNumber: 2,
  nextFile: 3,
  lastSequence: 4,
  compactPointer: 5,
  deletedTable: 6,
  newTable: 7,
  prevLogNumber: 9,
} as const;

/** The state after all edits of a manifest: which tables are in which level, and which logs have changes that are not in tables yet. */
export interface Version {
  /** Number of the first log whose changes are not in tables yet. Those of all later logs are not, either. */
  readonly logNumber: number;
  /** Number of one older log whose changes are not in tables yet; 0 if there is none. */
  readonly prevLogNumber: number;
  readonly lastSequence: number;
  /** Tables by level: those of level 0, whose key ranges overlap, in order of number; those of other levels in order of keys. */
  readonly levels: readonly (readonly Table[])[];
}

/** The state of a level while edits are applied. */
interface DraftLevel {
  readonly tables: Map<number, Table>;
  /** The tables of the last finished version in order, and those added since. */
  ordered: readonly Table[];
  added: Table[];
  isChanged: boolean;
}

interface Draft {
  comparator: string | undefined;
  logNumber: number | undefined;
  prevLogNumber: number;
  lastSequence: number | undefined;
  /** `Table.base` of the next table. */
  nextBase: number;
  readonly levels: DraftLevel[];
}

/** Reads a manifest, and reads on when it has grown. If the last edit is cut off, the writer has not finished it, and it is ignored. */
export class ManifestReader {
  readonly file: ReadOnlyFile;
  private readonly format: Format;
  private readonly tail: LogTail;
  private readonly draft: Draft;
  private version: Version | undefined;

  /** @param firstBase  `Table.base` of the first table. After another manifest of the same directory, pass that reader's `nextBase` */
  constructor(file: ReadOnlyFile, format: Format, firstBase = 0) {
    this.draft = {
      comparator: undefined,
      logNumber: undefined,
      prevLogNumber: 0,
      lastSequence: undefined,
      nextBase: firstBase,
      levels: [],
    };
    this.file = file;
    this.format = format;
    this.tail = new LogTail(file, 'manifest');
  }

  /** `Table.base` of the next table that this reader will read. */
  get nextBase(): number {
    return this.draft.nextBase;
  }

  /** Returns true if the part that was read is longer than `size`. Then a file of this size can't be the same file. */
  isCutTo(size: number): boolean {
    return size < this.tail.position;
  }

  /** Returns the state after all edits within the first `size` bytes. It returns the same object if no edit was added since the last call,
   * and the same array for each level that no edit changed. */
  read(size = this.file.size, isGrowing = false): Version {
    const found = this.tail.read(size, isGrowing, ({ payload, offset }) =>
      applyEdit(this.draft, payload, this.format, corruptAt('manifest', this.file.path, `edit at ${offset}`)),
    );
    if (this.version === undefined || found > 0) this.version = finishVersion(this.draft, this.file.path);
    return this.version;
  }
}

function applyEdit(draft: Draft, edit: Uint8Array, format: Format, fail: Fail): void {
  // The edit is copied, since the tables keep views of their keys in it and the log reader overwrites its buffer.
  const reader = new WireReader(edit.slice());
  const added: NewTable[] = [];
  const add = (table: NewTable | undefined): void => {
    if (table === undefined) return;
    added.push(table);
    draft.nextBase += table.table.sizeBytes;
  };
  try {
    while (!reader.done) {
      const tag = reader.uint();
      if (tag === TAG.comparator) draft.comparator = new TextDecoder().decode(reader.bytes());
      else if (tag === TAG.logNumber) draft.logNumber = reader.uint();
      else if (tag === TAG.nextFile) reader.uint();
      else if (tag === TAG.lastSequence) draft.lastSequence = Number(reader.uint64());
      else if (tag === TAG.prevLogNumber) draft.prevLogNumber = reader.uint();
      else if (tag === TAG.compactPointer) {
        readLevel(reader, fail);
        reader.bytes();
      } else if (tag === TAG.deletedTable) deleteTable(draft.levels[readLevel(reader, fail)], reader.uint());
      else if (tag === TAG.newTable)
        add({ level: readLevel(reader, fail), table: new Table(reader, draft.nextBase, fail) });
      else add(format.readField(tag, reader, draft.nextBase, fail));
    }
  } catch (error) {
    if (!(error instanceof BaleenError) || error.code !== 'WIRE_MALFORMED') throw error;
    throw fail('a version edit', error.message);
  }
  // Deletions are applied first, whatever their order in the edit, as LevelDB and Pebble do.
  for (const { level, table } of added) {
    while (draft.levels.length <= level)
      draft.levels.push({ tables: new Map(), ordered: [], added: [], isChanged: false });
    const target = draft.levels[level]!;
    target.tables.set(table.number, table);
    target.added.push(table);
    target.isChanged = true;
  }
}

function deleteTable(level: DraftLevel | undefined, number: number): void {
  if (level?.tables.delete(number)) level.isChanged = true;
}

function finishVersion(draft: Draft, path: string): Version {
  const { comparator, logNumber, prevLogNumber, lastSequence } = draft;
  const fail = corruptAt('manifest', path, 'whole file from 0');
  if (comparator === undefined) throw fail('the name of a comparator (tag 1)', 'none');
  if (comparator !== COMPARATOR)
    throw unsupported(path, `comparator ${COMPARATOR}`, `'${comparator.slice(0, 100)}'`);
  if (logNumber === undefined) throw fail('a log number (tag 2)', 'none');
  if (lastSequence === undefined) throw fail('a last sequence (tag 4)', 'none');
  if (lastSequence >= MAX_SEQUENCE) throw unsupported(path, 'a last sequence below 2^52', `${lastSequence}`);
  const levels = draft.levels.map(orderTables);
  return { logNumber, prevLogNumber, lastSequence, levels };
}

/** Sorts the tables of a level. The old and the new tables are each in order before the last sort, which makes it cheap even for a
 * million tables. */
function orderTables(level: DraftLevel, number: number): readonly Table[] {
  if (!level.isChanged) return level.ordered;
  const isHeld = (table: Table): boolean => level.tables.get(table.number) === table;
  const inOrder = (left: Table, right: Table): number =>
    number === 0 ? left.number - right.number : Table.inOrder(left, right);
  const added = level.added.filter(isHeld).sort(inOrder);
  level.ordered = [...level.ordered.filter(isHeld), ...added].sort(inOrder);
  level.added = [];
  level.isChanged = false;
  return level.ordered;
}

function unsupported(path: string, expected: string, found: string): BaleenError {
  return new BaleenError(
    'data',
    'LEVELDB_UNSUPPORTED',
    `read manifest ${path}: expected ${expected}, found ${found}; this is no database of a Tendermint node`,
  );
}
