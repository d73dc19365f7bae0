import { BlockWalk, type Start } from './block-walk.ts';
import { type SortedRun, searchRun } from './blocks/sorted-run.ts';
import type { Table } from './table.ts';
import type { TableStore } from './table-store.ts';

/** Walks the entries of a log run or of tables in one direction. The current entry is entry `index` of `run`; at the end of the
 * walk `run` is undefined. */
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
  private blocks: BlockWalk | undefined;

  constructor(store: TableStore, tables: readonly Table[], start: Start | undefined, reverse: boolean) {
    this.store = store;
    this.tables = tables;
    this.step = reverse ? -1 : 1;
    this.tableAt = reverse ? tables.length - 1 : 0;
    if (start !== undefined) this.tableAt = Math.min(firstTable(tables, start), this.lastTable);
    if (this.openTable(start)) this.openBlock(start);
  }

  advance(): void {
    this.index += this.step;
    if (this.index < 0 || this.index >= this.run!.count) {
      this.blocks!.advance();
      this.openBlock();
    }
  }

  /** The table where a walk begins whose start is behind all tables: none (forwards), or the last one (backwards). */
  private get lastTable(): number {
    return this.step === 1 ? this.tables.length : this.tables.length - 1;
  }

  /** Sets `run` and `index` to the first entry of the current block, or of the next block that has any entry; `run` is undefined if
   * there is none. With `start`: to the first entry at or after it, backwards to the last entry before it. */
  private openBlock(start?: Start): void {
    this.run = undefined;
    let from = start;
    for (;;) {
      for (let run = this.blocks!.block(); run !== undefined; run = this.blocks!.block()) {
        this.index = this.firstIndex(run, from);
        from = undefined;
        if (this.index >= 0 && this.index < run.count) {
          this.run = run;
          return;
        }
        this.blocks!.advance();
      }
      from = undefined;
      this.tableAt += this.step;
      if (!this.openTable()) return;
    }
  }

  private firstIndex(run: SortedRun, start: Start | undefined): number {
    if (start === undefined) return this.step === 1 ? 0 : run.count - 1;
    return searchRun(run, start.key, start.afterEqual) - (this.step === 1 ? 0 : 1);
  }

  private openTable(start?: Start): boolean {
    const table = this.tables[this.tableAt];
    if (table === undefined) return false;
    this.blocks = new BlockWalk(this.store, table, start, this.step);
    return true;
  }
}

/** Index of the first table whose last key is at or after the start (`afterEqual`: after it); `tables.length` if there is none. */
export function firstTable(tables: readonly Table[], start: Start): number {
  let low = 0;
  let high = tables.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = tables[middle]!.compareLargest(start.key);
    if (order < 0 || (start.afterEqual && order === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}
