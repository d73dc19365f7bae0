import type { BlockRange } from '@baleen/chain';
import type { StateReader } from './state-store.ts';

/** Finds the heights that have results, with a few lookups.
 *
 * A node prunes from below and can be told to discard from some height on, so they are one range that touches `base` or
 * `head` (the head's may be missing: a block is stored before it is executed). Where neither end has any, only the last
 * height's, which is kept under a key of its own, can be there. */
export function findResults(state: StateReader, base: number, head: number): BlockRange | undefined {
  const has = (height: number): boolean => state.storedResults(height) !== undefined;
  const top = [head, head - 1].find((height) => height >= base && has(height));
  if (top !== undefined)
    return { from: has(base) ? base : firstWith(has, base, top), to: extend(state, top, head) };
  if (has(base)) return { from: base, to: extend(state, lastWith(has, base, head), head) };
  const last = state.lastResultsHeight;
  return last !== undefined && last >= base && last <= head ? { from: last, to: last } : undefined;
}

/** Highest height with results of a running node, at most `head`.
 * @param known  the answer of an earlier call */
export function findNewestResults(
  state: StateReader,
  base: number,
  head: number,
  known: number | undefined,
): number | undefined {
  const has = (height: number): boolean => state.storedResults(height) !== undefined;
  const top = [head, head - 1].find((height) => height >= base && has(height));
  if (top === head) return head;
  if (known === undefined) return findResults(state, base, head)?.to;
  let newest = Math.max(known, top ?? known);
  // state.db is read before the blocks and may be several blocks behind them.
  while (newest < head && has(newest + 1)) newest++;
  const last = state.lastResultsHeight;
  return last !== undefined && last > newest && last <= head ? last : newest;
}

/** Extends a range that ends right below the head by the head, whose results are under a key of their own. */
const extend = (state: StateReader, top: number, head: number): number =>
  top === head - 1 && state.lastResultsHeight === head ? head : top;

/** Lowest height with `has`, which is false at `without` and true at `found`. */
function firstWith(has: (height: number) => boolean, without: number, found: number): number {
  let [low, high] = [without, found];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (has(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Highest height with `has`, which is true at `found` and false at `without`. */
function lastWith(has: (height: number) => boolean, found: number, without: number): number {
  let [low, high] = [found, without];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (has(middle)) low = middle;
    else high = middle;
  }
  return low;
}
