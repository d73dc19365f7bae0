import { type SortedRun, searchRun } from './blocks/sorted-run.ts';
import type { Table } from './table.ts';
import type { IndexBlock, TableStore } from './table-store.ts';

/** Where a walk begins. Forwards: at the first entry whose key is at or after `key` (`afterEqual`: after it). Backwards: at the entry
 * before that one. A `Start` that is undefined means the first entry of all, or backwards the last. */
export interface Start {
  readonly key: Uint8Array;
  readonly afterEqual: boolean;
}

/** A position in an index block. `at` may be -1 or the number of entries: the walk has then left this block. */
interface Place {
  readonly index: IndexBlock;
  at: number;
}

/** Walks the data blocks of one table in one direction, through the one or two levels of its index. */
export class BlockWalk {
  private readonly store: TableStore;
  private readonly table: Table;
  private readonly step: 1 | -1;
  /** One position per level of the index, the top level first; the last one names the current data block. Empty at the end. */
  private readonly path: Place[] = [];

  /** @param start  key at which the walk begins: at the block with the first entry at or after it. If all blocks are before it, a walk
   *   backwards begins at the last block. undefined begins at the first block, or backwards at the last */
  constructor(store: TableStore, table: Table, start: Start | undefined, step: 1 | -1) {
    this.store = store;
    this.table = table;
    this.step = step;
    for (let index: IndexBlock | undefined = store.index(table); index !== undefined; ) {
      const at: number = this.firstPlace(index, start);
      this.path.push({ index, at });
      index = index.below > 0 && at < index.run.count ? store.indexBelow(table, index, at) : undefined;
    }
    this.settle();
  }

  /** The current data block; undefined at the end of the walk. */
  block(): SortedRun | undefined {
    const place = this.path.at(-1);
    return place && this.store.block(this.table, place.index, place.at);
  }

  advance(): void {
    this.path.at(-1)!.at += this.step;
    this.settle();
  }

  private firstPlace({ run }: IndexBlock, start: Start | undefined): number {
    const last = run.count - 1;
    if (start === undefined) return this.step === 1 ? 0 : last;
    const at = searchRun(run, start.key, start.afterEqual);
    return this.step === 1 ? at : Math.min(at, last);
  }

  /** Moves the path to a data block: leaves index blocks that are used up, and goes down to the lowest level. */
  private settle(): void {
    for (let place = this.path.at(-1); place !== undefined; place = this.path.at(-1)) {
      const { index, at } = place;
      if (at < 0 || at >= index.run.count) {
        this.path.pop();
        const above = this.path.at(-1);
        if (above !== undefined) above.at += this.step;
      } else if (index.below === 0) return;
      else {
        const below = this.store.indexBelow(this.table, index, at);
        this.path.push({ index: below, at: this.firstPlace(below, undefined) });
      }
    }
  }
}
