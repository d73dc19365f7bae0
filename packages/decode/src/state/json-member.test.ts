import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJsonMember } from './json-member.ts';

describe('readJsonMember', () => {
  test('is the exact text of a member, numbers and repeated keys too', () => {
    const json = '{"a":"}\\"{","b":{"x":1e400,"x":[1,{"b":2}]},"c":null}';
    expect(readJsonMember(json, 'b')).toBe('{"x":1e400,"x":[1,{"b":2}]}');
    expect(readJsonMember(json, 'a')).toBe('"}\\"{"');
    expect(readJsonMember(json, 'c')).toBe('null');
    expect(readJsonMember(json, 'x')).toBeUndefined();
    expect(readJsonMember('{}', 'a')).toBeUndefined();
  });

  test('equals the text that each member was written with', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        for (const [name, value] of Object.entries(object))
          expect(readJsonMember(JSON.stringify(object), name)).toBe(JSON.stringify(value));
      }),
    );
  });
});
