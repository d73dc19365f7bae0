import { type CopyType, optional, type Table } from '@baleen/tables';
import { createEmptyDatabase, type TestDatabase } from '@baleen/testing';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBody } from './copy.ts';
import { encodeRows } from './encode-rows.ts';

const uint64 = fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
/** Years 1 to 9999, which is what a chain can say. */
const time = fc.record({
  seconds: fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }),
  nanos: fc.integer({ min: 0, max: 999_999_999 }),
});
const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''));
const bytes = fc.uint8Array();
const decimal = fc.oneof(
  uint64,
  fc.bigInt(),
  fc.constantFrom(0n, 1n, 100n, 10_000n, 10n ** 18n, -(10n ** 22n)),
);
const int8 = fc.oneof(int64, fc.maxSafeInteger());
const list = <T>(element: fc.Arbitrary<T>) => fc.array(fc.option(element), { maxLength: 5 });

/** What Postgres says of each cell, as text. */
const CELLS: Record<
  CopyType,
  { cells: fc.Arbitrary<unknown>; shown(cell: never): unknown; select?: string }
> = {
  text: { cells: text, shown: (cell: string) => cell },
  bytea: { cells: bytes, shown: hex },
  int2: { cells: fc.integer({ min: -32768, max: 32767 }), shown: String },
  int4: { cells: fc.integer(), shown: String },
  int8: { cells: int8, shown: String },
  numeric: {
    cells: fc.oneof(uint64, fc.bigInt(), fc.constantFrom(0n, 10_000n, 100_000_000n, 10n ** 40n)),
    shown: String,
  },
  decimal: {
    cells: decimal,
    shown: decimalText,
  },
  bool: { cells: fc.boolean(), shown: String },
  jsonb: {
    cells: fc.json({ noUnicodeString: true }).filter(isHeld),
    shown: (cell: string) => JSON.parse(cell),
  },
  timestamptz: {
    cells: time,
    shown: micros,
    select: '(extract(epoch from v) * 1000000)::numeric(30, 0)::text',
  },
  'text[]': { cells: list(text), shown: (cell: (string | null)[]) => cell },
  'bytea[]': {
    cells: list(bytes),
    shown: (cell: (Uint8Array | null)[]) => cell.map((one) => one && hex(one as never)),
  },
  'int2[]': { cells: list(fc.integer({ min: -32768, max: 32767 })), shown: strings },
  'int4[]': { cells: list(fc.integer()), shown: strings },
  'int8[]': { cells: list(int8), shown: strings },
  'decimal[]': {
    cells: list(decimal),
    shown: (cell: (bigint | null)[]) => cell.map((one) => (one === null ? null : decimalText(one))),
  },
  'timestamptz[]': {
    cells: list(time),
    shown: (cell: ({ seconds: number; nanos: number } | null)[]) =>
      cell.map((one) => one && micros(one as never)),
    select: `array(select (extract(epoch from e) * 1000000)::numeric(30, 0)::text from unnest(v) with ordinality as u (e, o) order by o)`,
  },
};

function hex(cell: Uint8Array): string {
  return `\\x${Buffer.from(cell).toString('hex')}`;
}
function strings(cell: (number | bigint | null)[]): (string | null)[] {
  return cell.map((one) => (one === null ? null : String(one)));
}
/** 18 digits after the point, of units of 1e-18. */
function decimalText(cell: bigint): string {
  const digits = String(cell < 0n ? -cell : cell).padStart(19, '0');
  return `${cell < 0n ? '-' : ''}${digits.slice(0, -18)}.${digits.slice(-18)}`;
}
/** Truncated, never rounded; before 1970 too. */
function micros(cell: { seconds: number; nanos: number }): string {
  return String(BigInt(cell.seconds) * 1_000_000n + BigInt(Math.floor(cell.nanos / 1000)));
}
function isHeld(json: string): boolean {
  return !/\\u0000|[0-9][eE]|-0/.test(json);
}

describe('encodeRows', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createEmptyDatabase();
    client = new pg.Client(database.url);
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it.each(Object.keys(CELLS) as CopyType[])('writes %s as Postgres reads it', async (type) => {
    const { cells, shown, select } = CELLS[type];
    const table: Pick<Table<{ n: number; v: unknown }>, 'columns'> = {
      columns: [
        { name: 'n', ...optional('int4', 'none', '') },
        { name: 'v', ...optional(type, 'none', '') },
      ],
    };
    await client.query(`create temporary table cells (n int4, v ${type.replace('decimal', 'numeric')})`);
    const isList = type.endsWith('[]');
    const shownAs = select ?? (isList ? 'v::text[]' : type === 'jsonb' ? 'v' : 'v::text');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(cells), { maxLength: 200 }), async (values) => {
        await client.query('truncate cells');
        await copyBody(
          client,
          'cells (n, v)',
          encodeRows(
            table,
            values.map((v, n) => ({ n, v })),
          ),
        );
        const { rows } = await client.query(
          `select case when v is not null then ${shownAs} end as v from cells order by n`,
        );
        expect(rows.map(({ v }) => v)).toEqual(
          values.map((value) => (value === null ? null : shown(value as never))),
        );
      }),
      { numRuns: 15 },
    );
    await client.query('drop table cells');
  });
});
