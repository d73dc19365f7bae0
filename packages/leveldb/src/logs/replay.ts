import type { BaleenError } from '@baleen/chain';
import type { Kinds } from '../blocks/kinds.ts';
import { MAX_SEQUENCE, type SortedRun } from '../blocks/sorted-run.ts';
import { corruptAt } from '../errors.ts';
import type { Format } from '../format.ts';
import type { ReadOnlyFile } from '../read-only-file.ts';
import { LogReader, type LogRecord, positionInLog, type TornTail } from './log-reader.ts';
import { LogRunBuilder } from './log-run.ts';
import { visitBatch } from './write-batch.ts';

export interface OpenLog {
  readonly number: number;
  readonly file: ReadOnlyFile;
}

export interface Replayed {
  readonly run: SortedRun;
  /** Sequence number of the newest change; 0 if the logs have no change. */
  readonly lastSequence: number;
}

/** Reads logs, which are given oldest first, and returns the newest change of each key.
 *
 * Only the last log that has a record may end in the middle of one. A writer that was killed leaves such a log, and a node that recovers
 * opens the next log before it drops the torn one. */
export function replayLogs(logs: readonly OpenLog[], format: Format, keepBytes: number): Replayed {
  const builder = new LogRunBuilder(keepBytes);
  let lastSequence = 0;
  let torn: { readonly file: ReadOnlyFile; readonly tail: TornTail } | undefined;
  for (const { file, number } of logs) {
    const reader = new LogReader(file, 'log', { number: format.reusesLogs ? number : undefined });
    for (let record = reader.next(); record !== undefined; record = reader.next()) {
      if (torn !== undefined) throw tornLogError(torn.file, torn.tail, file);
      lastSequence = Math.max(lastSequence, replayRecord(builder, file, record, format.kinds));
    }
    if (reader.torn !== undefined) torn = { file, tail: reader.torn };
  }
  return { run: builder.finish(), lastSequence };
}

/** Makes the error for a log that ends in the middle of a record although a newer log has records. */
export function tornLogError(file: ReadOnlyFile, tail: TornTail, newer: ReadOnlyFile): BaleenError {
  const fail = corruptAt('log', file.path, `record at ${tail.offset}`);
  return fail(tail.expected, `${tail.found}, though ${newer.path} goes on`);
}

/** Adds the changes of a log's record to `builder` and returns the last one's sequence. */
export function replayRecord(
  builder: LogRunBuilder,
  file: ReadOnlyFile,
  record: LogRecord,
  kinds: Kinds,
): number {
  const { offset, payload: batch } = record;
  const fail = corruptAt('log', file.path, `record at ${offset}`);
  const last = visitBatch(
    batch,
    kinds,
    (sequence, keyStart, keyEnd, valueStart, valueEnd) => {
      const key = batch.subarray(keyStart, keyEnd);
      if (valueStart < 0) return builder.delete(sequence, key);
      const locate = () => ({ file, position: positionInLog(offset, valueStart) });
      builder.put(sequence, key, batch.subarray(valueStart, valueEnd), locate);
    },
    fail,
  );
  if (last >= MAX_SEQUENCE) throw fail('a sequence below 2^52', `${last}`);
  return last;
}
