import { createEmptyDatabase, type TestDatabase, withClient } from '@baleen/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonbText } from './jsonb-text.ts';

/** JSON of odd shape: white space, escapes, equal keys, exponents. */
const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
const quoted = fc.oneof(
  text.map((value) => JSON.stringify(value)),
  fc.constantFrom('"\\/\\u00e9\\b\\f\\n\\r\\t\\u001f\\u007f"', '"\\ud83d\\ude00"', '"\\\\"', '"\\\\\\""'),
);
const number = fc.oneof(
  fc.bigInt().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e40, max: 1e40 }).map(String),
  fc
    .tuple(fc.integer(), fc.nat(), fc.integer({ min: -40, max: 40 }))
    .map(([whole, fraction, exponent]) => `${whole}.${fraction}e${exponent}`),
  fc.constantFrom('-0', '0.00', '-0.0', '1e0', '0e5', '-0e-3', '1.50', '1E+2', '-1.5e-1'),
);
const space = fc.constantFrom('', ' ', '\n\t');
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('true', 'false', 'null', '{}', '[]', '[ ]'),
    number,
    quoted,
    fc
      .tuple(fc.array(fc.tuple(quoted, tie('json')), { maxLength: 5 }), space)
      .map(
        ([members, gap]) =>
          `{${gap}${members.map(([key, value]) => `${key}${gap}:${value}`).join(`${gap},`)}${gap}}`,
      ),
    fc
      .tuple(fc.array(tie('json'), { maxLength: 5 }), space)
      .map(([elements, gap]) => `[${elements.join(`${gap},${gap}`)}${gap}]`),
  ),
}));

describe('the text of a jsonb value', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database.drop());

  test('is what Postgres prints', async () => {
    const samples = fc.sample(json, { numRuns: 3000, seed: 5 });
    const stored = await withClient(database.url, (client) =>
      client.query<{ text: string }>(
        'select v::jsonb::text as text from unnest($1::text[]) with ordinality as t (v, o) order by o',
        [samples],
      ),
    );
    expect(samples.map(jsonbText)).toEqual(stored.rows.map((row) => row.text));
  });
});
