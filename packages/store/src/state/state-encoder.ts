import type { StatePlace, StateRecord } from '@baleen/chain';
import { type StateTable, stateTables, stateTablesOf } from '@baleen/tables';
import { RowEncoder } from '../write/encode-rows.ts';
import type { StateCopy } from './state.ts';

/** Bytes of a table's rows that are copied at once. Enough that the fixed cost of COPY does not matter, and little memory. */
const COPY_BYTES = 1 << 20;

/** Encodes the rows of a module store's records as they come. Use one for each store, so that grown buffers are freed with it. */
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

  /** Takes the rows of tables that have COPY_BYTES or more of them. */
  *takeFull(): Generator<StateCopy> {
    for (let table = this.full.pop(); table !== undefined; table = this.full.pop())
      yield { table: table.name, body: this.encoderOf(table).take() };
  }

  /** Takes all rows that are left. */
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
