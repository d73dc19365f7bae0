import { InvalidText } from '@baleen/chain';
import { describe, expect, test } from 'vitest';
import { goJsonString } from './go-json.ts';

describe('goJsonString', () => {
  test.each<[string, string]>([
    ['plain grüße', '"plain grüße"'],
    ['"\\\n\r\t', '"\\"\\\\\\n\\r\\t"'],
    ['<a href>&', '"\\u003ca href\\u003e\\u0026"'],
    ['\u0000\b\f\u001f\u007f', '"\\u0000\\u0008\\u000c\\u001f\u007f"'],
    ['\u2028\u2029', '"\\u2028\\u2029"'],
  ])('writes %j as Go does', (text, json) => {
    expect(goJsonString(text)).toBe(json);
    expect(JSON.parse(goJsonString(text))).toBe(text);
  });

  test('shows invalid bytes as U+FFFD', () => {
    expect(goJsonString(new InvalidText('a\ufffd', Uint8Array.of(97, 255)))).toBe('"a\ufffd"');
  });
});
