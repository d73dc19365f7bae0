import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corruptAt } from '../errors.ts';
import { goleveldb } from '../goleveldb/format.ts';
import { decodeBlock, searchBlock } from './block.ts';
import { compareBytes } from './bytes.ts';
import { compareKeyAt, isDeletion, searchRun } from './sorted-run.ts';

interface Entry {
  readonly key: Uint8Array;
  readonly sequence: number;
  readonly value: Uint8Array | undefined;
}

const fail = corruptAt('table', '/x/000003.ldb', 'block at 0');

/** As LevelDB orders them: by key, then the newest first. */
const inOrder = (left: Entry, right: Entry): number =>
  compareBytes(left.key, right.key) || right.sequence - left.sequence;

/** Keys of few letters: many are the beginning of others, and the bytes behind them may look like a trailer. */
const someKey = fc.array(fc.constantFrom(0, 1, 2, 255), { maxLength: 12 }).map((key) => Uint8Array.from(key));
const someEntries = fc
  .uniqueArray(
    fc.record({
      key: someKey,
      sequence: fc.integer({ min: 0, max: 600 }),
      value: fc.option(fc.uint8Array({ maxLength: 20 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 60, selector: ({ key, sequence }) => `${key}/${sequence}` },
  )
  .map((entries) => entries.sort(inOrder));

/** A block as LevelDB's builder writes it (table/block_builder.cc). */
function encodeBlock(entries: readonly Entry[], interval: number): Uint8Array {
  const bytes: number[] = [];
  const restarts: number[] = [];
  let last: number[] = [];
  entries.forEach(({ key, sequence, value }, index) => {
    const whole = [...key, value === undefined ? 0 : 1, sequence & 255, sequence >> 8, 0, 0, 0, 0, 0];
    const differs = whole.findIndex((byte, at) => byte !== last[at]);
    const shared = index % interval === 0 ? 0 : differs;
    if (shared === 0 && index % interval === 0) restarts.push(bytes.length);
    bytes.push(shared, whole.length - shared, value?.length ?? 0, ...whole.slice(shared), ...(value ?? []));
    last = whole;
  });
  const tail = Buffer.alloc(4 * restarts.length + 4);
  for (const [at, offset] of [...restarts, restarts.length].entries()) tail.writeUInt32LE(offset, 4 * at);
  return Buffer.concat([Uint8Array.from(bytes), tail]);
}

/** What searching finds in the block decoded whole. */
function foundDecoded(block: Uint8Array, key: Uint8Array): unknown {
  const run = decodeBlock(block, goleveldb.kinds, fail);
  const index = searchRun(run, key, false);
  if (index === run.count) return 'beyond';
  if (compareKeyAt(run, index, key) !== 0) return 'absent';
  const value = isDeletion(run, index) ? undefined : Buffer.from(run.value(index)).toString('hex');
  return { version: run.versions[index]!, value };
}

function foundRaw(block: Uint8Array, key: Uint8Array): unknown {
  const found = searchBlock(block, block.length, key, goleveldb.kinds, fail);
  if (typeof found === 'string') return found;
  return { version: found.version, value: found.value && Buffer.from(found.value).toString('hex') };
}

describe('searchBlock', () => {
  it('finds what is found in the block decoded whole, whatever the keys and restarts', () => {
    fc.assert(
      fc.property(
        someEntries,
        fc.integer({ min: 1, max: 16 }),
        fc.array(someKey, { maxLength: 20 }),
        (entries, interval, others) => {
          const block = encodeBlock(entries, interval);
          for (const key of [...entries.map((entry) => entry.key), ...others])
            expect(foundRaw(block, key)).toEqual(foundDecoded(block, key));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuses entries and restarts that reach out of the block', () => {
    const good = encodeBlock([{ key: Uint8Array.of(1), sequence: 1, value: Uint8Array.of(9) }], 1);
    const changed = (at: number, byte: number): Uint8Array => good.with(at, byte);
    const search = (block: Uint8Array) => () =>
      searchBlock(block, block.length, Uint8Array.of(1), goleveldb.kinds, fail);
    expect(search(changed(0, 1))).toThrow('expected an entry that shares at most 0 bytes at 0, found 1');
    expect(search(changed(1, 7))).toThrow('expected an entry with a key of 8 bytes or more at 0, found 7');
    expect(search(changed(2, 2))).toThrow('expected an entry of at most 10 bytes at 0, found 11');
    expect(search(changed(4, 2))).toThrow('expected a type of 0, 1, found type 2');
    expect(search(changed(good.length - 8, 99))).toThrow('expected restart 0 within 13 bytes, found 99');
    expect(search(changed(good.length - 4, 99))).toThrow('expected at most 4 restarts, found 99');
  });
});
