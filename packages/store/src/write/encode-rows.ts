import type { Cell, Table } from '@baleen/tables';
import { CopyBuffer } from './copy-buffer.ts';

/** What is needed of a table of facts or of state. */
type Columns<Row extends object> = Pick<Table<Row>, 'columns'>;

/** Rows as the body of a binary COPY, without header and trailer, so that bodies can be joined. */
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

  /** Forgets what a batch that failed left behind. */
  reset(): void {
    this.count = 0;
    this.buffer.reset();
  }

  /** Bytes of what was appended. */
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

  /** What was appended, and starts anew. The buffer stays: growing it again for every batch costs more than the rows. */
  take(): Uint8Array {
    this.count = 0;
    return this.buffer.take();
  }
}
