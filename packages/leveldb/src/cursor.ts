import { compareBytes } from './blocks/bytes.ts';
import { type SortedRun, searchRun } from './blocks/sorted-run.ts';
import type { Table, TableStore } from './table-store.ts';

/** Where a walk begins: at the first entry at or after `key` (`afterEqual`: after it). Backwards, at the one before that.
 * undefined: at the very first, or last, entry. */
export interface Start {
  readonly key: Uint8Array;
  readonly afterEqual: boolean;
}

/** Walks entries of one source in one direction. Stands on entry `index` of `run`, or at the end: `run` undefined. */
export interface Cursor {
  readonly run: SortedRun | undefined;
  readonly index: number;
  advance(): void;
}

/** Walks one run. */
export class RunCursor implements Cursor {
  run: SortedRun | undefined;
  index: number;
  private readonly step: 1 | -1;

  constructor(run: SortedRun, start: Start | undefined, reverse: boolean) {
    this.run = run;
    this.step = reverse ? -1 : 1;
    if (start !== undefined) this.index = searchRun(run, start.key, start.afterEqual) - (reverse ? 1 : 0);
    else this.index = reverse ? run.count - 1 : 0;
    if (this.index < 0 || this.index >= run.count) this.run = undefined;
  }

  advance(): void {
    this.index += this.step;
    if (this.index < 0 || this.index >= this.run!.count) this.run = undefined;
  }
}

/** Walks tables that follow each other in key order: a level above 0, or one table of level 0. */
export class TablesCursor implements Cursor {
  run: SortedRun | undefined;
  index = 0;
  private readonly store: TableStore;
  private readonly tables: readonly Table[];
  private readonly step: 1 | -1;
  private tableAt: number;
  private blocks: SortedRun | undefined;
  private blockAt = 0;

  constructor(store: TableStore, tables: readonly Table[], start: Start | undefined, reverse: boolean) {
    this.store = store;
    this.tables = tables;
    this.step = reverse ? -1 : 1;
    this.tableAt = reverse ? tables.length - 1 : 0;
    if (start !== undefined) this.seek(start, reverse);
    else if (this.openTable()) this.openBlock();
  }

  advance(): void {
    this.index += this.step;
    if (this.index < 0 || this.index >= this.run!.count) {
      this.blockAt += this.step;
      this.openBlock();
    }
  }

  private seek(start: Start, reverse: boolean): void {
    const { tables, store } = this;
    this.tableAt = firstTable(tables, start);
    if (this.tableAt < tables.length) {
      const table = tables[this.tableAt]!;
      this.blocks = store.index(table);
      this.blockAt = searchRun(this.blocks, start.key, start.afterEqual);
      if (this.blockAt < this.blocks.count) {
        this.run = store.block(table, this.blocks, this.blockAt);
        this.index = searchRun(this.run, start.key, start.afterEqual) - (reverse ? 1 : 0);
        if (this.index >= 0 && this.index < this.run.count) return;
      }
      this.blockAt += reverse ? -1 : this.blockAt < this.blocks.count ? 1 : 0;
      this.openBlock();
      return;
    }
    // All tables are before the start: forwards that is the end, backwards the last entry of all.
    if (!reverse) return;
    this.tableAt = tables.length - 1;
    if (this.openTable()) this.openBlock();
  }

  /** Stands on the first entry of block `blockAt`, or of the next one that has any; at the end without one. */
  private openBlock(): void {
    this.run = undefined;
    for (;;) {
      while (this.blockAt >= 0 && this.blockAt < this.blocks!.count) {
        const run = this.store.block(this.tables[this.tableAt]!, this.blocks!, this.blockAt);
        if (run.count > 0) {
          this.run = run;
          this.index = this.step === 1 ? 0 : run.count - 1;
          return;
        }
        this.blockAt += this.step;
      }
      this.tableAt += this.step;
      if (!this.openTable()) return;
    }
  }

  private openTable(): boolean {
    const table = this.tables[this.tableAt];
    if (table === undefined) return false;
    this.blocks = this.store.index(table);
    this.blockAt = this.step === 1 ? 0 : this.blocks.count - 1;
    return true;
  }
}

/** Index of the first table that ends at or after the start, `length` when there is none. */
export function firstTable(tables: readonly Table[], start: Start): number {
  let low = 0;
  let high = tables.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareBytes(tables[middle]!.largest, start.key);
    if (order < 0 || (start.afterEqual && order === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}
