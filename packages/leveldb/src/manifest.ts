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

/** What a manifest adds up to. */
export interface Version {
  /** Logs from this number on are not in the tables yet. */
  readonly logNumber: number;
  /** One older log that isn't either; 0: none. */
  readonly prevLogNumber: number;
  readonly lastSequence: number;
  /** By level: level 0 in order of number (key ranges overlap), others in order of keys (they don't). */
  readonly levels: readonly (readonly Table[])[];
}

/** A level while edits are applied. */
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
  /** Base of the next table, see `Table`. */
  nextBase: number;
  readonly levels: DraftLevel[];
}

/** Reads a manifest, again and again while it grows. A last edit without its end is one that the writer did not finish: the
 * version before it holds. */
export class ManifestReader {
  readonly file: ReadOnlyFile;
  private readonly format: Format;
  private readonly tail: LogTail;
  private readonly draft: Draft;
  private version: Version | undefined;

  /** @param firstBase  above the bases of all tables that another manifest's reader gave, see `nextBase` */
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

  /** Base of the next table that it reads. */
  get nextBase(): number {
    return this.draft.nextBase;
  }

  /** Whether a file of that length has less than was read of it. */
  isCutTo(size: number): boolean {
    return size < this.tail.position;
  }

  /** What it adds up to at that length: the same object as long as no edit comes, the same arrays of levels that no edit
   * touches. */
  read(size = this.file.size, isGrowing = false): Version {
    const found = this.tail.read(size, isGrowing, ({ payload, offset }) =>
      applyEdit(this.draft, payload, this.format, corruptAt('manifest', this.file.path, `edit at ${offset}`)),
    );
    if (this.version === undefined || found > 0) this.version = finishVersion(this.draft, this.file.path);
    return this.version;
  }
}

function applyEdit(draft: Draft, edit: Uint8Array, format: Format, fail: Fail): void {
  // Its text may live longer than the log's chunk: keys are views.
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
  // As both writers do: deletions first, whatever their order in the edit.
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

/** Two runs that are in order already cost a sort next to nothing: a level may have a million tables. */
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
