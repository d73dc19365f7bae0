import { expect, test } from 'vitest';
import { FaultList, type VerifyFault } from './fault-list.ts';

const fault = (height: number, more: Partial<VerifyFault> = {}): VerifyFault => ({
  ...{ height, field: 'size', expected: '1', found: '2' },
  ...more,
});

const listOf = (...faults: VerifyFault[]): FaultList => {
  const list = new FaultList();
  for (const each of faults) list.add(each);
  return list;
};

test('equal faults of neighbouring heights are one with a range, in whatever order they are found', () => {
  const list = listOf(fault(3), fault(9), fault(1, { toHeight: 2 }), fault(4), fault(3));
  expect(list.faults).toEqual([fault(1, { toHeight: 4 }), fault(9, { toHeight: 9 })]);
});

test('faults that differ in what was found stay apart, but for values that each height has of its own', () => {
  const other = { found: '3' };
  expect(listOf(fault(1), fault(2, other)).faults).toHaveLength(2);
  const digest = { isOfHeight: true } as const;
  expect(listOf(fault(2, { ...digest, ...other }), fault(1, digest)).faults).toEqual([
    fault(1, { ...digest, toHeight: 2 }),
  ]);
});

test('a shared row is named once, with the lowest height that needs it', () => {
  const shared = { isShared: true } as const;
  expect(listOf(fault(70, shared), fault(5, shared)).faults).toEqual([fault(5, { ...shared, toHeight: 5 })]);
});

test('a thousand are kept, the others are counted, and a kept one still grows', () => {
  const list = listOf(...Array.from({ length: 1_003 }, (_, index) => fault(1, { field: `column ${index}` })));
  list.add(fault(2, { field: 'column 0' }));
  expect(list.faults).toHaveLength(1_000);
  expect(list.more).toBe(3);
  expect(list.faults[0]).toEqual(fault(1, { field: 'column 0', toHeight: 2 }));
});
