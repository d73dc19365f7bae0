/** Names what differs between two bodies of a binary COPY that are not equal. */
import type { Column } from '@baleen/tables';
import { shownCell } from './shown-cell.ts';

/** A cell, or a whole row, that is not as expected. */
export interface CellFault {
  /** undefined: the row as a whole. */
  readonly column: string | undefined;
  /** Key of the row at its height, in words: `tx_index 3, msg_index 0`; '' where a height has one row. */
  readonly key: string;
  readonly expected: string;
  readonly found: string;
}

interface Bodies {
  /** Rows in order of the key. */
  readonly expected: Buffer | Uint8Array;
  readonly found: Buffer | Uint8Array;
  /** Whether a cell that is NULL in one of the rows is not compared. */
  readonly isPartial: boolean;
}

interface Row {
  /** Bytes of each cell; null: NULL. */
  readonly cells: readonly (Buffer | null)[];
  /** Equal for rows with equal keys. */
  readonly id: string;
  readonly height: number | undefined;
}

export interface LocatedFault extends CellFault {
  readonly height: number | undefined;
}

/** @param key  columns that name a row, `height` among them where rows stand at heights */
export function differences(
  columns: readonly Column[],
  key: readonly string[],
  { expected, found, isPartial }: Bodies,
): LocatedFault[] {
  const made = byId(rowsIn(expected, columns, key));
  const stored = byId(rowsIn(found, columns, key));
  const missing = [...made.values()].filter(({ id }) => !stored.has(id));
  const strange = [...stored.values()].filter(({ id }) => !made.has(id));
  const twins = [...made.values()].filter(({ id }) => stored.has(id));
  const { moved, lone } = movedAmong(missing, strange);
  const named = (row: Row) => ({ height: row.height, key: shownKey(row, columns, key) });
  return [
    ...[...twins.map((row): Pair => [row, stored.get(row.id)!]), ...moved].flatMap(([one, other]) =>
      differingCells(columns, one, other, isPartial).map((cell) => ({ ...named(one), ...cell })),
    ),
    ...lone.map((row) => ({
      ...named(row),
      column: undefined,
      ...(made.has(row.id)
        ? { expected: 'a row', found: 'none' }
        : { expected: 'no such row', found: 'one' }),
    })),
  ];
}

type Pair = readonly [made: Row, stored: Row];

/** Rows whose key has changed: at a height as many are missing as there are others. */
function movedAmong(missing: readonly Row[], strange: readonly Row[]): { moved: Pair[]; lone: Row[] } {
  const others = Map.groupBy(strange, ({ height }) => height);
  const moved: Pair[] = [];
  const lone: Row[] = [];
  for (const [height, rows] of Map.groupBy(missing, (row) => row.height)) {
    const there = others.get(height) ?? [];
    others.delete(height);
    if (rows.length === there.length) moved.push(...rows.map((row, at): Pair => [row, there[at]!]));
    else lone.push(...rows, ...there);
  }
  return { moved, lone: [...lone, ...[...others.values()].flat()] };
}

const differingCells = (
  columns: readonly Column[],
  one: Row,
  other: Row,
  isPartial: boolean,
): Pick<CellFault, 'column' | 'expected' | 'found'>[] =>
  columns.flatMap(({ name, type }, at) => {
    const [made, stored] = [one.cells[at]!, other.cells[at]!];
    if (areEqual(made, stored) || (isPartial && (made === null || stored === null))) return [];
    return [{ column: name, expected: shownCell(type, made), found: shownCell(type, stored) }];
  });

const shownKey = (row: Row, columns: readonly Column[], key: readonly string[]): string =>
  key
    .filter((column) => column !== 'height')
    .map((column) => `${column} ${cellOf(row, columns, column)}`)
    .join(', ');

const byId = (rows: Iterable<Row>): Map<string, Row> => new Map(Array.from(rows, (row) => [row.id, row]));

const areEqual = (one: Buffer | null, other: Buffer | null): boolean =>
  one === null || other === null ? one === other : Buffer.compare(one, other) === 0;

const cellOf = (row: Row, columns: readonly Column[], name: string): string => {
  const at = columns.findIndex((column) => column.name === name);
  return shownCell(columns[at]!.type, row.cells[at]!);
};

function* rowsIn(body: Uint8Array, columns: readonly Column[], key: readonly string[]): Generator<Row> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const keyAt = key.map((name) => columns.findIndex((column) => column.name === name));
  const heightAt = columns.findIndex(({ name }) => name === 'height');
  for (let pos = 0; pos < bytes.length; ) {
    const cells: (Buffer | null)[] = [];
    pos += 2;
    for (let index = 0; index < columns.length; index++) {
      const size = bytes.readInt32BE(pos);
      pos += 4;
      cells.push(size < 0 ? null : bytes.subarray(pos, pos + size));
      pos += Math.max(0, size);
    }
    yield {
      cells,
      id: keyAt.map((at) => cells[at]?.toString('hex')).join(),
      height: heightAt < 0 ? undefined : Number(cells[heightAt]!.readBigInt64BE()),
    };
  }
}
