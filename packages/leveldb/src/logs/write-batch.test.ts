import { describe, expect, it } from 'vitest';
import { bytes, encodeBatch } from '../../test/make-database.ts';
import { corruptAt } from '../errors.ts';
import { goleveldb } from '../goleveldb/format.ts';
import { visitBatch } from './write-batch.ts';

const fail = corruptAt('log', '/x/000004.log', 'record at 0');
const changesOf = (batch: Uint8Array): string[] => {
  const changes: string[] = [];
  const text = (start: number, end: number) => Buffer.from(batch.subarray(start, end)).toString();
  const last = visitBatch(
    batch,
    goleveldb.kinds,
    (sequence, keyStart, keyEnd, valueStart, valueEnd) =>
      changes.push(
        `${sequence} ${text(keyStart, keyEnd)}=${valueStart < 0 ? 'deleted' : text(valueStart, valueEnd)}`,
      ),
    fail,
  );
  return [...changes, `last ${last}`];
};

describe('visitBatch', () => {
  const batch = encodeBatch(2 ** 40, [
    [bytes('a'), bytes('1')],
    [bytes('b'), undefined],
    [bytes(''), bytes('')],
  ]);

  it('gives each change its own sequence', () => {
    expect(changesOf(batch)).toEqual([
      '1099511627776 a=1',
      '1099511627777 b=deleted',
      '1099511627778 =',
      'last 1099511627778',
    ]);
  });

  it('refuses a batch cut at any byte', () => {
    for (let end = 0; end < batch.length; end++)
      expect(() => changesOf(batch.subarray(0, end)), `cut at ${end}`).toThrow(
        expect.objectContaining({ code: 'LEVELDB_CORRUPT' }),
      );
  });

  it('refuses bytes behind the last change and unknown types', () => {
    expect(() => changesOf(Uint8Array.from([...batch, 1]))).toThrow(
      'expected 3 changes and the end, found 1 bytes more',
    );
    expect(() => changesOf(Uint8Array.from([...batch].with(12, 2)))).toThrow(
      'expected a type of 0, 1, found type 2',
    );
  });
});
