import { BaleenError } from '@baleen/chain';
import type { Multistore } from '@baleen/iavl';
import { describe, expect, test } from 'vitest';
import { readDonePlans, readModuleVersions } from './upgrade-store.ts';

const number = (value: number): number[] => [0, 0, 0, 0, 0, 0, value >> 8, value & 0xff];
const text = (value: string): number[] => [...Buffer.from(value)];

/** A multistore whose store `upgrade` has these entries. */
function storeOf(...entries: [key: number[], value: number[]][]): Multistore {
  const all = entries.map(([key, value]) => [Uint8Array.from(key), Uint8Array.from(value)] as const);
  return {
    stores(height: number) {
      if (height > 800) throw new BaleenError('operator', 'IAVL_VERSION_UNKNOWN', 'it began later');
      const added = height < 700 ? [] : [{ name: 'consensus', kind: 'iavl' }];
      return [{ name: 'upgrade', kind: 'iavl' }, ...added, { name: 'mem_capability', kind: 'memory' }];
    },
    tree: () => ({
      entries: ({ gte, lt }: { gte: Uint8Array; lt: Uint8Array }) =>
        all.filter(([key]) => Buffer.compare(key, gte) >= 0 && Buffer.compare(key, lt) < 0),
    }),
  } as unknown as Multistore;
}

describe('the store of the upgrade module', () => {
  const store = storeOf(
    [[1, ...text('v3')], number(900)],
    [[1, ...number(700), ...text('v8')], [1]],
    [
      [1, ...text('odd')],
      [1, 2],
    ],
    [[2, ...text('bank')], number(4)],
    [[2, 0xff], number(4)],
    [[2, ...text('gov')], [4]],
  );

  test('names upgrades in both of its forms with the stores of that height, in order, and leaves out what is neither', () => {
    expect(readDonePlans(store, 1)).toEqual([
      { name: 'v8', height: 700, stores: ['upgrade', 'consensus'] },
      { name: 'v3', height: 900, stores: undefined },
    ]);
  });

  test('names the versions of modules', () => expect(readModuleVersions(store, 1)).toEqual({ bank: 4 }));

  test('may not be there', () => {
    const none = { stores: () => [] } as unknown as Multistore;
    expect([readDonePlans(none, 1), readModuleVersions(none, 1)]).toEqual([[], {}]);
  });
});
