import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonCells, jsonHold } from './json-cell.ts';

describe('jsonCells', () => {
  it.each([
    ['{"a":[1,-2.50,"x\\"y\\\\",true,null],"b":{"a":"a"}}', 'exact'],
    ['1.0', 'exact'],
    ['{"a":"\\\\u0000"}', 'exact'],
    ['{"a":"\\ud83d\\ude00"}', 'exact'],
    ['[["a","a"],["a"]]', 'exact'],
    ['{"a":"b:","b":"a"}', 'exact'],
    ['{"a":"1e5"}', 'exact'],
    ['{"a":"\\u0000"}', 'altered'],
    ['{"a\\u0000":1}', 'altered'],
    ['["\\ud800"]', 'altered'],
    ['["\\ude00"]', 'altered'],
    ['["\\ud800\\u0041"]', 'altered'],
    ['{"a":1, "a":2}', 'altered'],
    ['{"a":1, "\\u0061":2}', 'altered'],
    ['[{"x":{"a":1,"b":[],"a" : 2}}]', 'altered'],
    ['[1e5]', 'altered'],
    ['{"a":-0}', 'altered'],
    ['{"a":1E-7}', 'altered'],
    ['[1e200000]', 'refused'],
    [`${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'refused'],
    [`[1${'0'.repeat(200_000)}]`, 'refused'],
  ])('tells how jsonb holds %.60s', (text, hold) => {
    expect(jsonHold(text)).toBe(hold);
    const { value, raw } = jsonCells(text);
    expect(raw === null ? null : Buffer.from(raw).toString()).toBe(hold === 'exact' ? null : text);
    expect(value === null).toBe(hold === 'refused');
  });

  it.each([
    ['"a\\u0000b"', '"a\\ufffdb"'],
    ['"\\\\u0000\\u0000"', '"\\\\u0000\\ufffd"'],
    ['"\\ud800\\ud83d\\ude00\\ude00"', '"\\ufffd\\ud83d\\ude00\\ufffd"'],
    ['{"a":1e5}', '{"a":1e5}'],
  ])('repairs %s', (text, value) => {
    expect(jsonCells(text).value).toBe(value);
  });

  it('finds nothing in what JSON.stringify writes of plain values', () => {
    const plain = fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(plain, (text) => {
        fc.pre(!/\\u0000|\\ud[89a-f]|[0-9]e|-0/.test(text));
        expect(jsonHold(text)).toBe('exact');
      }),
    );
  });
});
