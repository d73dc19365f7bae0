import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSchemaless, WireWriter } from './index.ts';

const inner = new WireWriter().text(1, 'uluna').text(2, '10').finish();

describe('readSchemaless', () => {
  test.each<[string, Uint8Array, string]>([
    ['nothing', Uint8Array.of(), '{}'],
    [
      'numbers, and strings from 2^53 on',
      new WireWriter().varint(2, 7).varint(1, -1n).finish(),
      '{"1":"18446744073709551615","2":7}',
    ],
    [
      'fixed width numbers as unsigned',
      Uint8Array.from([0x0d, 1, 0, 0, 0, 0x11, 2, 0, 0, 0, 0, 0, 0, 0]),
      '{"1":1,"2":2}',
    ],
    ['text', new WireWriter().text(1, 'grüße').message(2, Uint8Array.of()).finish(), '{"1":"grüße","2":""}'],
    ['text that HTML must not see', new WireWriter().text(1, '<a>').finish(), '{"1":"\\u003ca\\u003e"}'],
    ['a nested message', new WireWriter().message(3, inner).finish(), '{"3":{"1":"uluna","2":"10"}}'],
    [
      'repeated fields as an array',
      new WireWriter().message(1, inner).varint(2, 1).text(1, 'x').finish(),
      '{"1":[{"1":"uluna","2":"10"},"x"],"2":1}',
    ],
    [
      'a message that looks like text after a line feed',
      new WireWriter().message(1, new WireWriter().text(1, 'a'.repeat(40)).finish()).finish(),
      `{"1":{"1":"${'a'.repeat(40)}"}}`,
    ],
    ['text with line breaks', new WireWriter().text(1, 'one\ntwo').finish(), '{"1":"one\\ntwo"}'],
    [
      'bytes that are neither',
      new WireWriter().bytes(1, Uint8Array.of(0xff, 0xfe, 0)).finish(),
      '{"1":{"base64":"//4A"}}',
    ],
    ['a top level that is no message', Uint8Array.of(0x0a, 5, 1), '{"base64":"CgUB"}'],
  ])('reads %s', (_, bytes, json) => {
    expect(readSchemaless(bytes)).toBe(json);
  });

  test('leaves what is nested too deeply as base64', () => {
    let bytes = new WireWriter().varint(1, 1).finish();
    for (let level = 0; level < 40; level++) bytes = new WireWriter().message(1, bytes).finish();
    const json = readSchemaless(bytes);
    expect(json.startsWith('{"1":'.repeat(16))).toBe(true);
    expect(json).toContain('{"base64":');
  });

  test('answers valid JSON without NUL, and the same again, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const json = readSchemaless(bytes);
        JSON.parse(json);
        expect(json).not.toContain('\\u0000');
        expect(readSchemaless(bytes)).toBe(json);
      }),
    );
  });
});
