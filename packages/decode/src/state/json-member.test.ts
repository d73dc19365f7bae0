import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonMember } from './json-member.ts';

describe('jsonMember', () => {
  test('is the exact text of a member, numbers and repeated keys too', () => {
    const json = '{"a":"}\\"{","b":{"x":1e400,"x":[1,{"b":2}]},"c":null}';
    expect(jsonMember(json, 'b')).toBe('{"x":1e400,"x":[1,{"b":2}]}');
    expect(jsonMember(json, 'a')).toBe('"}\\"{"');
    expect(jsonMember(json, 'c')).toBe('null');
    expect(jsonMember(json, 'x')).toBeUndefined();
    expect(jsonMember('{}', 'a')).toBeUndefined();
  });

  test('equals the text that each member was written with', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        for (const [name, value] of Object.entries(object))
          expect(jsonMember(JSON.stringify(object), name)).toBe(JSON.stringify(value));
      }),
    );
  });
});
