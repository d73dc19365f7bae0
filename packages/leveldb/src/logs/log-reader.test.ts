import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  encodeFragment,
  encodeRecords,
  hex,
  sampleValue,
  temporaryDirectory,
} from '../../test/make-database.ts';
import { ReadOnlyFile } from '../read-only-file.ts';
import { LogReader, positionInLog, readFromLog, type TornTail } from './log-reader.ts';

function readLog(log: Uint8Array): { records: string[]; offsets: number[]; torn: TornTail | undefined } {
  using directory = temporaryDirectory();
  const path = join(directory.path, '000001.log');
  writeFileSync(path, log);
  const file = new ReadOnlyFile(path);
  try {
    const reader = new LogReader(file, 'log');
    const records: string[] = [];
    const offsets: number[] = [];
    for (let record = reader.next(); record !== undefined; record = reader.next()) {
      records.push(hex(record.payload));
      offsets.push(record.offset);
    }
    return { records, offsets, torn: reader.torn };
  } finally {
    file.close();
  }
}

const lengths = fc.oneof(fc.nat(200), fc.integer({ min: 32700, max: 32800 }), fc.nat(120_000));

describe('LogReader', () => {
  it('reads records of any length across blocks, and values in them where they stand in the file', () => {
    fc.assert(
      fc.property(fc.array(lengths, { minLength: 1, maxLength: 12 }), fc.nat(), (sizes, pick) => {
        using directory = temporaryDirectory();
        const payloads = sizes.map((size, index) => sampleValue(index, size));
        const { log, offsets } = encodeRecords(payloads);
        expect(readLog(log)).toEqual({ records: payloads.map(hex), offsets, torn: undefined });
        const path = join(directory.path, 'log');
        writeFileSync(path, log);
        const file = new ReadOnlyFile(path);
        for (const [index, payload] of payloads.entries()) {
          const start = payload.length === 0 ? 0 : pick % payload.length;
          const found = readFromLog(file, positionInLog(offsets[index]!, start), payload.length - start);
          expect(hex(found)).toBe(hex(payload.subarray(start)));
        }
        file.close();
      }),
      { numRuns: 60 },
    );
  });

  it('reads a record that begins with a header in the last seven bytes of a block', () => {
    const before = sampleValue(1, 32768 - 7 - 7);
    const record = sampleValue(2, 40_000);
    const { log, offsets } = encodeRecords([before, record]);
    expect(offsets).toEqual([0, 32761]);
    expect(readLog(log).records).toEqual([hex(before), hex(record)]);
  });

  it('ends before the last record when that is cut at any byte', () => {
    const payloads = [sampleValue(1, 300), sampleValue(2, 32500), sampleValue(3, 90)];
    const { log, offsets } = encodeRecords(payloads);
    for (
      let end = offsets[1]! + 1;
      end < log.length;
      end += end < offsets[1]! + 600 || end > 32600 ? 1 : 997
    ) {
      const whole = end < offsets[2]! ? 1 : 2;
      const { records, torn } = readLog(log.subarray(0, end));
      expect(records, `cut at ${end}`).toEqual(payloads.slice(0, whole).map(hex));
      expect(torn?.offset, `cut at ${end}`).toBe(end === offsets[2] ? undefined : offsets[whole]);
    }
  });

  it('refuses a flipped bit in any byte of a record that others follow', () => {
    const { log, offsets } = encodeRecords([sampleValue(1, 30), sampleValue(2, 60), sampleValue(3, 30)]);
    for (let at = offsets[1]!; at < offsets[2]!; at++)
      for (const bit of [1, 0x80]) {
        const flipped = log.slice();
        flipped[at]! ^= bit;
        expect(() => readLog(flipped), `byte ${at}`).toThrow(
          /^read log \S+000001\.log, record at 37: expected .*, found /,
        );
      }
  });

  it('takes zeros up to the end for the end, as a machine crash leaves them', () => {
    const { log } = encodeRecords([bytes('one'), sampleValue(2, 2000)]);
    const zeroed = log.slice().fill(0, 1024);
    expect(readLog(zeroed)).toMatchObject({ records: [hex(bytes('one'))], torn: { offset: 10 } });
    expect(readLog(Uint8Array.from([...log.subarray(0, 10), ...new Uint8Array(5000)])).torn?.offset).toBe(10);
    expect(() => readLog(Uint8Array.from([...log.subarray(0, 10), ...new Uint8Array(50), 1]))).toThrow(
      'record at 10',
    );
  });

  it('refuses fragments out of order', () => {
    const logOf = (...types: number[]) =>
      Buffer.concat(types.map((type) => encodeFragment(type, bytes('x'))));
    expect(() => readLog(logOf(1, 3))).toThrow(
      'record at 8: expected a FULL or FIRST fragment, found MIDDLE',
    );
    expect(() => readLog(logOf(4))).toThrow('record at 0: expected a FULL or FIRST fragment, found LAST');
    expect(() => readLog(logOf(2, 1))).toThrow('record at 8: expected a MIDDLE or LAST fragment, found FULL');
    expect(() => readLog(logOf(5))).toThrow('record at 0: expected a fragment of type 1..4, found type 5');
    expect(readLog(logOf(2, 3, 4, 1)).records).toEqual(['787878', '78']);
  });
});
