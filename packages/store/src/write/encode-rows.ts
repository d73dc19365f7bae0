import type { Cell, Table } from '@baleen/tables';
import { CopyBuffer } from './copy-buffer.ts';

/** The part of a table, of facts or of state, that encoding needs. */
type Columns<Row extends object> = Pick<Table<Row>, 'columns'>;

/** Encodes rows as the body of a binary COPY. Header and trailer are left out, so that bodies can be joined. */
export function encodeRows<Row extends object>(table: Columns<Row>, rows: readonly Row[]): Uint8Array {
  const encoder = new RowEncoder(table);
  encoder.append(rows);
  return encoder.take();
}

/** Encodes a table's rows as they come. */
export class RowEncoder<Row extends object> {
  private readonly table: Columns<Row>;
  private readonly buffer = new CopyBuffer();
  count = 0;
  constructor(table: Columns<Row>) {
    this.table = table;
  }

  /** Drops rows that a failed batch left behind. */
  reset(): void {
    this.count = 0;
    this.buffer.reset();
  }

  /** Bytes of the appended rows. */
  get bytes(): number {
    return this.buffer.size;
  }

  append(rows: readonly Row[]): void {
    const { columns } = this.table;
    const { buffer } = this;
    for (const row of rows) {
      buffer.row(columns.length);
      for (const column of columns)
        buffer.cell(column.type, (row as Record<string, Cell>)[column.name] as Cell);
    }
    this.count += rows.length;
  }

  /** Returns the appended rows and starts anew. Keeps its buffer, since growing one for every batch takes longer than encoding the rows. */
  take(): Uint8Array {
    this.count = 0;
    return this.buffer.take();
  }
}
