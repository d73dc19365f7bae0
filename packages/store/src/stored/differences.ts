/** Names what differs between two bodies of a binary COPY that are not equal. */
import type { Column } from '@baleen/tables';
import { alignRows, type Pair } from './shifted-rows.ts';
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

/** Names each cell and row that differs. Rows of one height that are only shifted, after a missing or added one, are told once.
 *
 * @param key  columns that name a row, `height` among them where rows stand at heights */
export function differences(
  columns: readonly Column[],
  key: readonly string[],
  { expected, found, isPartial }: Bodies,
): LocatedFault[] {
  const made = [...rowsIn(expected, columns, key)];
  const stored = byId(rowsIn(found, columns, key));
  const cellsOf = ([one, other]: Pair<Row>) => differingCells(columns, one, other, isPartial);
  const isAsMade = (row: Row): boolean => {
    const twin = stored.get(row.id);
    return twin !== undefined && cellsOf([row, twin]).length === 0;
  };
  const equal = new Set(made.filter(isAsMade).map(({ id }) => id));
  const others = (rows: Iterable<Row>) =>
    Map.groupBy(rows, ({ height, id }) => (equal.has(id) ? 'equal' : height));
  const [ofMade, ofStored] = [others(made), others(stored.values())];
  const heights = new Set([...ofMade.keys(), ...ofStored.keys()]);
  heights.delete('equal');
  const named = (row: Row) => ({ height: row.height, key: shownKey(row, columns, key) });
  // Rows with cells that are not compared can't be told apart.
  const agree = isPartial ? () => false : agreeBut(columns);
  const inWords = (pair: Pair<Row>) => cellsOf(pair).map((cell) => ({ ...named(pair[0]), ...cell }));
  return [...heights].flatMap((height) => {
    const { shifted, changed, missing, strange } = told(
      ofMade.get(height) ?? [],
      ofStored.get(height) ?? [],
      agree,
    );
    return [
      ...changed.flatMap(inWords),
      ...onceOf(shifted.slice(0, 1).flatMap(inWords), shifted.length - 1),
      ...missing.map((row) => ({ ...named(row), column: undefined, expected: 'a row', found: 'none' })),
      ...strange.map((row) => ({ ...named(row), column: undefined, expected: 'no such row', found: 'one' })),
    ];
  });
}

interface Told {
  /** Equal but for their indexes: rows after a missing or added one. */
  readonly shifted: readonly Pair<Row>[];
  readonly changed: readonly Pair<Row>[];
  readonly missing: readonly Row[];
  readonly strange: readonly Row[];
}

/** Sorts the rows of one height that differ by how they are to be named. */
function told(made: readonly Row[], stored: readonly Row[], agree: (one: Row, other: Row) => boolean): Told {
  const ids = new Set(stored.map(({ id }) => id));
  const areSameKeys = made.length === stored.length && made.every(({ id }) => ids.has(id));
  const left = areSameKeys ? { pairs: [], made, stored } : alignRows(made, stored, agree);
  const there = byId(left.stored);
  const twins = left.made.filter(({ id }) => there.has(id));
  const paired = new Set(twins.map(({ id }) => id));
  const missing = left.made.filter(({ id }) => !paired.has(id));
  const strange = left.stored.filter(({ id }) => !paired.has(id));
  const shifted = left.pairs.filter(([one, other]) => one.id !== other.id);
  const changed = [
    ...left.pairs.filter(([one, other]) => one.id === other.id),
    ...twins.map((row): Pair<Row> => [row, there.get(row.id)!]),
  ];
  // As many are missing as there are others: rows whose key has changed.
  if (missing.length !== strange.length) return { shifted, changed, missing, strange };
  const moved = missing.map((row, at): Pair<Row> => [row, strange[at]!]);
  return { shifted, changed: [...changed, ...moved], missing: [], strange: [] };
}

/** Whether two rows are equal in all columns but those that are an index (`event_index`), which a row before them shifts. */
const agreeBut =
  (columns: readonly Column[]) =>
  (one: Row, other: Row): boolean =>
    columns.every(({ name }, at) => name.endsWith('_index') || areEqual(one.cells[at]!, other.cells[at]!));

/** @param faults  cells of the first shifted row, its index first
 * @param more  how many rows after it are shifted, too */
function onceOf(faults: readonly LocatedFault[], more: number): readonly LocatedFault[] {
  const [first] = faults;
  if (first === undefined || more === 0) return faults;
  return [
    {
      ...first,
      found: `${first.found}; ${more} more ${more === 1 ? 'row is' : 'rows are'} shifted after it`,
    },
  ];
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
