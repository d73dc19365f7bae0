import { createHash } from 'node:crypto';
import { toHex } from '@baleen/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GenesisScanner } from './genesis-scanner.ts';

const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

function scan(text: string | Uint8Array, cuts: readonly number[] = []) {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  const scanner = new GenesisScanner();
  const minified: Uint8Array[] = [];
  const bounds = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  for (let index = 1; index < bounds.length; index++) {
    const chunk = bytes.subarray(bounds[index - 1], bounds[index]);
    const target = new Uint8Array(chunk.length);
    minified.push(target.subarray(0, scanner.push(chunk, target)));
  }
  return { facts: scanner.finish(), text: Buffer.concat(minified).toString('utf8') };
}

const SPACED = ` {\n "chain_id" : "a b\\"c ${'\\\\'}",\t"n": 1.50e+3 ,\r\n"app_state": { "x" : [ 1 , "\\" , ] } \\u003c" ] , "app_state":{} } , "initial_height":"7"}\n`;
const COMPACT = `{"chain_id":"a b\\"c ${'\\\\'}","n":1.50e+3,"app_state":{"x":[1,"\\" , ] } \\u003c"],"app_state":{}},"initial_height":"7"}`;

/** Any genesis-like document, written with white space, quotes and backslashes in its strings. */
const documents = fc
  .record({
    state: fc.dictionary(fc.string(), fc.jsonValue()),
    indent: fc.integer({ min: 0, max: 3 }),
    id: fc.string(),
  })
  .map(({ state, indent, id }) => ({
    indented: JSON.stringify(
      { genesis_time: '2020', app_state: { '"': ' \\" ', ...state }, chain_id: id },
      null,
      indent,
    ),
    compact: JSON.stringify({ genesis_time: '2020', app_state: { '"': ' \\" ', ...state }, chain_id: id }),
    appState: JSON.stringify({ '"': ' \\" ', ...state }),
    id,
  }));

describe('GenesisScanner', () => {
  test('takes out white space outside of strings and nothing else', () => {
    const { facts, text } = scan(SPACED);
    expect(text).toBe(COMPACT);
    expect(toHex(facts.hash)).toBe(sha256(COMPACT));
    expect(toHex(facts.rawHash)).toBe(sha256(SPACED));
    expect(facts).toMatchObject({ chainId: 'a b"c \\', initialHeight: 7, minifiedBytes: COMPACT.length });
  });

  test('hashes the outermost app_state alone, with the escapes of Go undone', () => {
    expect(toHex(scan(SPACED).facts.appStateHash!)).toBe(sha256('{"x":[1,"\\" , ] } <"],"app_state":{}}'));
    expect(scan('{"chain_id":"a","x_app_state":{},"y":{"app_state":{}}}').facts.appStateHash).toBeUndefined();
  });

  test('gives the same answers however the text is cut', () => {
    fc.assert(
      fc.property(documents, fc.array(fc.nat(), { maxLength: 40 }), (document, cuts) => {
        const { facts, text } = scan(document.indented, cuts);
        expect(text).toBe(document.compact);
        expect(toHex(facts.hash)).toBe(sha256(document.compact));
        expect(toHex(facts.rawHash)).toBe(sha256(document.indented));
        expect(facts.chainId).toBe(document.id);
        expect(toHex(facts.appStateHash!)).toBe(toHex(scan(document.compact).facts.appStateHash!));
        if (!document.appState.includes('\\u'))
          expect(toHex(facts.appStateHash!)).toBe(sha256(document.appState));
      }),
    );
  });

  test('survives being cut between any two bytes', () => {
    const bytes = Buffer.from(SPACED);
    const whole = scan(SPACED).facts;
    const every = Array.from({ length: bytes.length }, (_, index) => index);
    expect(scan(SPACED, every).facts).toEqual(whole);
    for (const cut of every) expect(scan(SPACED, [cut]).facts).toEqual(whole);
  });

  test.each([
    ['', 'Unexpected end of JSON input'],
    ['{"chain_id":"a"', 'a JSON text that ends, found an open string or bracket'],
    ['{"chain_id":"a', 'a JSON text that ends, found an open string or bracket'],
    ['{"chain_id":"a"} {}', 'Unexpected non-whitespace character after JSON'],
    ['[]', 'a JSON object, found another value'],
    ['{"app_state":{}}', 'a text chain_id, found none'],
  ])('refuses %j', (text, message) => expect(() => scan(text)).toThrow(message));
});
