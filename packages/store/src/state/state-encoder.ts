import type { StatePlace, StateRecord } from '@baleen/chain';
import { type StateTable, stateTables, stateTablesOf } from '@baleen/tables';
import { RowEncoder } from '../write/encode-rows.ts';
import type { StateCopy } from './state.ts';

/** Bytes of a table's rows that are copied at once: COPY's fixed cost vanishes, and memory stays flat. */
const COPY_BYTES = 1 << 20;

/** Encodes the rows of a store's records as they come. One for each store: a buffer that grew is not kept. */
export class StateEncoder {
  private readonly encoders = new Map<string, RowEncoder<object>>();
  private readonly full: StateTable[] = [];
  rows = 0;

  append(record: StateRecord, place: StatePlace): void {
    for (const table of stateTablesOf(record.kind)) {
      const rows = table.rows(record, place);
      const encoder = this.encoderOf(table);
      encoder.append(rows);
      this.rows += rows.length;
      if (encoder.bytes >= COPY_BYTES && !this.full.includes(table)) this.full.push(table);
    }
  }

  /** Rows of tables that have enough of them. */
  *takeFull(): Generator<StateCopy> {
    for (let table = this.full.pop(); table !== undefined; table = this.full.pop())
      yield { table: table.name, body: this.encoderOf(table).take() };
  }

  /** All that is left. */
  *takeAll(): Generator<StateCopy> {
    this.full.length = 0;
    for (const table of stateTables) {
      const encoder = this.encoders.get(table.name);
      if (encoder !== undefined && encoder.count > 0) yield { table: table.name, body: encoder.take() };
    }
  }

  private encoderOf(table: StateTable): RowEncoder<object> {
    const encoder = this.encoders.get(table.name) ?? new RowEncoder(table);
    this.encoders.set(table.name, encoder);
    return encoder;
  }
}
