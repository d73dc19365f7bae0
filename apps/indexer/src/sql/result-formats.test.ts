import { expect, test } from 'vitest';
import { formatters } from './result-formats.ts';

const page = {
  columns: [
    { name: 'height', typeOid: 20 },
    { name: 'memo', typeOid: 25 },
    { name: 'amount', typeOid: 1700 },
    { name: 'ok', typeOid: 16 },
    { name: 'names', typeOid: 1009 },
    { name: 'value', typeOid: 3802 },
  ],
  rows: [
    ['7', 'a "b",\nc', '123456789012345678901', 't', '{a,"b c",NULL}', '{"x": 1}'],
    ['123', '鯨', null, 'f', '{}', null],
  ],
};

test('a table lines up, numbers to the right, each row on one line', () => {
  expect(formatters.table(page, true).join('\n')).toBe(
    [
      'height  memo                      amount  ok  names           value',
      '──────  ─────────  ─────────────────────  ──  ──────────────  ────────',
      '     7  a "b",\\nc  123456789012345678901  t   {a,"b c",NULL}  {"x": 1}',
      '   123  鯨                                f   {}',
    ].join('\n'),
  );
});

test('CSV quotes what needs it, and tells NULL from the empty string', () => {
  expect(formatters.csv({ ...page, rows: [['7', 'a "b",\nc', null, 't', '', null]] }, true)).toEqual([
    'height,memo,amount,ok,names,value',
    '7,"a ""b"",\nc",,t,"",',
  ]);
});

test('JSON keeps amounts exact as strings, heights as numbers, jsonb as it is', () => {
  expect(formatters.json(page, true).map((line) => JSON.parse(line))).toEqual([
    {
      height: 7,
      memo: 'a "b",\nc',
      amount: '123456789012345678901',
      ok: true,
      names: ['a', 'b c', null],
      value: { x: 1 },
    },
    { height: 123, memo: '鯨', amount: null, ok: false, names: [], value: null },
  ]);
});
