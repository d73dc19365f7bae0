import { BaleenError } from '@baleen/chain';
import { WireReader } from '@baleen/codec';
import { TRAILER_BYTES } from './block.ts';
import { compareBytes } from './bytes.ts';
import { corruptAt, type Fail } from './errors.ts';
import { LogReader } from './log-reader.ts';
import type { ReadOnlyFile } from './read-only-file.ts';
import { MAX_SEQUENCE } from './sorted-run.ts';

const COMPARATOR = 'leveldb.BytewiseComparator';

/** Tags of a version edit (google/leveldb db/version_edit.cc, goleveldb leveldb/session_record.go). */
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

/** A table as the manifest names it; `smallest` and `largest` are user keys, both in the table. */
export interface TableMeta {
  readonly number: number;
  readonly sizeBytes: number;
  readonly smallest: Uint8Array;
  readonly largest: Uint8Array;
}

/** What a manifest adds up to. */
export interface Version {
  /** Logs from this number on are not in the tables yet. */
  readonly logNumber: number;
  /** One older log that isn't either; 0: none. */
  readonly prevLogNumber: number;
  readonly lastSequence: number;
  /** By level: level 0 in order of number (key ranges overlap), others in order of keys (they don't). */
  readonly levels: readonly (readonly TableMeta[])[];
}

interface Draft {
  comparator: string | undefined;
  logNumber: number | undefined;
  prevLogNumber: number;
  lastSequence: number | undefined;
  readonly levels: Map<number, TableMeta>[];
}

/** Replays a manifest's edits. A last edit without its end is one the writer did not finish: the version before it holds. */
export function readManifest(file: ReadOnlyFile): Version {
  const draft: Draft = {
    comparator: undefined,
    logNumber: undefined,
    prevLogNumber: 0,
    lastSequence: undefined,
    levels: [],
  };
  const reader = new LogReader(file, 'manifest');
  for (let record = reader.next(); record !== undefined; record = reader.next()) {
    const fail = corruptAt('manifest', file.path, `edit at ${record.offset}`);
    applyEdit(draft, record.payload, fail);
  }
  return finishVersion(draft, file.path);
}

function applyEdit(draft: Draft, edit: Uint8Array, fail: Fail): void {
  // Its text may live longer than the log's chunk: keys are views.
  const reader = new WireReader(edit.slice());
  const added: { level: number; table: TableMeta }[] = [];
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
      } else if (tag === TAG.deletedTable) draft.levels[readLevel(reader, fail)]?.delete(reader.uint());
      else if (tag === TAG.newTable)
        added.push({ level: readLevel(reader, fail), table: readTable(reader, fail) });
      else throw fail('a tag of 1..7 or 9', `tag ${tag} before byte ${reader.pos} of the edit`);
    }
  } catch (error) {
    if (!(error instanceof BaleenError) || error.code !== 'WIRE_MALFORMED') throw error;
    throw fail('a version edit', error.message);
  }
  // As both writers do: deletions first, whatever their order in the edit.
  for (const { level, table } of added) {
    while (draft.levels.length <= level) draft.levels.push(new Map());
    draft.levels[level]!.set(table.number, table);
  }
}

/** goleveldb sets no limit; level 20 would hold 10^21 MiB. */
const MAX_LEVEL = 20;

function readLevel(reader: WireReader, fail: Fail): number {
  const level = reader.uint();
  if (level > MAX_LEVEL) throw fail(`a level of at most ${MAX_LEVEL}`, `${level}`);
  return level;
}

function readTable(reader: WireReader, fail: Fail): TableMeta {
  const number = reader.uint();
  const sizeBytes = reader.uint();
  return {
    number,
    sizeBytes,
    smallest: userKey(reader.bytes(), fail),
    largest: userKey(reader.bytes(), fail),
  };
}

function userKey(key: Uint8Array, fail: Fail): Uint8Array {
  if (key.length < TRAILER_BYTES)
    throw fail(`a table's key of ${TRAILER_BYTES} bytes or more`, `${key.length}`);
  return key.subarray(0, key.length - TRAILER_BYTES);
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
  const levels = draft.levels.map((tables, level) =>
    [...tables.values()].sort((left, right) =>
      level === 0 ? left.number - right.number : compareBytes(left.smallest, right.smallest),
    ),
  );
  return { logNumber, prevLogNumber, lastSequence, levels };
}

function unsupported(path: string, expected: string, found: string): BaleenError {
  return new BaleenError(
    'data',
    'LEVELDB_UNSUPPORTED',
    `read manifest ${path}: expected ${expected}, found ${found}; this is no database of a Tendermint node`,
  );
}
