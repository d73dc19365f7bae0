import { compareKeyAt, compareKeysAt, isDeletion, keyAt, type SortedRun } from './blocks/sorted-run.ts';
import type { Cursor } from './cursor.ts';

export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** Where a walk ends: it gives keys that come before `key` in its direction (`includeEqual`: and `key` itself). */
export interface Stop {
  readonly key: Uint8Array;
  readonly includeEqual: boolean;
}

/** Merges cursors that walk in the same direction. Gives each key once, with its newest value, and leaves deleted keys out. */
export class MergedEntries implements IterableIterator<Entry> {
  private readonly cursors: Cursor[];
  private readonly stop: Stop | undefined;
  private readonly sign: 1 | -1;
  private readonly check: () => void;
  private found: SortedRun | undefined;
  private foundIndex = 0;

  /** @param check  called before each step; throws when the files are no longer open */
  constructor(cursors: readonly Cursor[], stop: Stop | undefined, reverse: boolean, check: () => void) {
    this.cursors = cursors.filter((cursor) => cursor.run !== undefined);
    this.stop = stop;
    this.sign = reverse ? -1 : 1;
    this.check = check;
  }

  next(): IteratorResult<Entry> {
    this.check();
    while (this.step()) {
      const run = this.found!;
      const index = this.foundIndex;
      if (this.isBeyond(run, index)) {
        this.cursors.length = 0;
        break;
      }
      if (!isDeletion(run, index)) return { done: false, value: [keyAt(run, index), run.value(index)] };
    }
    this.found = undefined;
    return { done: true, value: undefined };
  }

  return(): IteratorResult<Entry> {
    this.cursors.length = 0;
    this.found = undefined;
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }

  private isBeyond(run: SortedRun, index: number): boolean {
    if (this.stop === undefined) return false;
    const order = compareKeyAt(run, index, this.stop.key) * this.sign;
    return this.stop.includeEqual ? order > 0 : order >= 0;
  }

  /** Sets `found` to the newest entry of the next key and moves all cursors past that key; false at the end. */
  private step(): boolean {
    const { cursors, sign } = this;
    let best = cursors[0];
    if (best === undefined) return false;
    let tied = false;
    for (let at = 1; at < cursors.length; at++) {
      const cursor = cursors[at]!;
      const order = compareKeysAt(cursor.run!, cursor.index, best.run!, best.index) * sign;
      if (order < 0) {
        best = cursor;
        tied = false;
      } else if (order === 0) tied = true;
    }
    const run = best.run!;
    const index = best.index;
    this.found = run;
    this.foundIndex = index;
    let ended = this.pass(best, run, index);
    if (tied)
      for (const cursor of cursors) if (cursor !== best && this.pass(cursor, run, index)) ended = true;
    if (ended) this.dropEnded();
    return true;
  }

  /** Moves a cursor past the key of `run[index]`, noting the newest entry of it. Returns whether the cursor ended. */
  private pass(cursor: Cursor, run: SortedRun, index: number): boolean {
    for (;;) {
      const here = cursor.run;
      if (here === undefined) return true;
      if ((here !== run || cursor.index !== index) && compareKeysAt(here, cursor.index, run, index) !== 0)
        return false;
      if (here.versions[cursor.index]! > this.found!.versions[this.foundIndex]!) {
        this.found = here;
        this.foundIndex = cursor.index;
      }
      cursor.advance();
    }
  }

  private dropEnded(): void {
    let kept = 0;
    for (const cursor of this.cursors) if (cursor.run !== undefined) this.cursors[kept++] = cursor;
    this.cursors.length = kept;
  }
}
