/** Results of a query as text: a table for people, CSV and JSON for programs. */

import { type Align, oneLine, renderTable } from '../output/table.ts';
import type { Page } from './query-pages.ts';

export type SqlResultFormat = 'table' | 'csv' | 'json';

/** Turns pages into lines; the first page also brings the header. */
export type SqlPageFormatter = (page: Page, isFirst: boolean) => string[];

const TYPE = {
  bool: 16,
  int8: 20,
  int2: 21,
  int4: 23,
  json: 114,
  float4: 700,
  float8: 701,
  numeric: 1700,
  jsonb: 3802,
};
const NUMBERS = new Set([TYPE.int2, TYPE.int4, TYPE.int8, TYPE.float4, TYPE.float8, TYPE.numeric]);
const BARE_IN_JSON = new Set([TYPE.int2, TYPE.int4, TYPE.int8, TYPE.json, TYPE.jsonb]);
const NUMBER_ARRAYS = new Set([1005, 1007, 1016]);
const TEXT_ARRAYS = new Set([1002, 1009, 1015]);
/** Longer cells are cut in tables; CSV and JSON have them whole. */
const CELL_LIMIT = 120;

export const formatters: Readonly<Record<SqlResultFormat, SqlPageFormatter>> = {
  table(page, isFirst) {
    if (!isFirst && page.rows.length === 0) return [];
    const align = page.columns.map(({ typeOid }): Align => (NUMBERS.has(typeOid) ? 'right' : 'left'));
    const rows = page.rows.map((row) => row.map((cell) => cut(oneLine(cell ?? ''))));
    return renderTable(
      page.columns.map(({ name }) => name),
      rows,
      align,
    );
  },
  csv(page, isFirst) {
    const header = isFirst ? [page.columns.map(({ name }) => csvCell(name)).join(',')] : [];
    return [...header, ...page.rows.map((row) => row.map(csvCell).join(','))];
  },
  json(page) {
    return page.rows.map((row) => {
      const fields = page.columns.map(
        ({ name, typeOid }, index) => `${JSON.stringify(name)}:${jsonValue(row[index] ?? null, typeOid)}`,
      );
      return `{${fields.join(',')}}`;
    });
  },
};

const cut = (cell: string): string => (cell.length > CELL_LIMIT ? `${cell.slice(0, CELL_LIMIT - 1)}…` : cell);

/** Prints CSV as Postgres does: NULL is empty, the empty string is `""`. */
function csvCell(cell: string | null): string {
  if (cell === null) return '';
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** numeric and floats are JSON strings, so that no reader rounds an amount; heights and other integers are numbers. */
function jsonValue(cell: string | null, typeOid: number): string {
  if (cell === null) return 'null';
  if (BARE_IN_JSON.has(typeOid)) return cell;
  if (typeOid === TYPE.bool) return cell === 't' ? 'true' : 'false';
  if (NUMBER_ARRAYS.has(typeOid)) return `[${cell.slice(1, -1).replaceAll('NULL', 'null')}]`;
  if (TEXT_ARRAYS.has(typeOid)) return JSON.stringify(parseTextArray(cell));
  return JSON.stringify(cell);
}

/** `{a,"b c",NULL}`, one dimension, as Postgres prints it. */
function parseTextArray(text: string): (string | null)[] {
  const items: (string | null)[] = [];
  for (const match of text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/g)) {
    if (match[1] !== undefined) items.push(match[1].replaceAll(/\\(.)/g, '$1'));
    else items.push(match[2] === 'NULL' ? null : match[2]!);
  }
  return items;
}
