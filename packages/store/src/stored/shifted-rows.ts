/** Finds rows that stand at another index than expected because a row before them is missing or added. */

/** How many rows in a row may be missing or added for the rows after them to be found as shifted. */
const WINDOW = 64;

export type Pair<Row> = readonly [made: Row, stored: Row];

export interface Aligned<Row> {
  /** Rows whose content agrees, in order. */
  readonly pairs: readonly Pair<Row>[];
  /** Rows without a partner. */
  readonly made: readonly Row[];
  readonly stored: readonly Row[];
}

/** Pairs rows of equal content without changing their order.
 *
 * @param made  rows that the blocks make, in order of the key
 * @param stored  rows of the database, in order of the key
 * @param agree  whether two rows are equal but for their indexes */
export function alignRows<Row>(
  made: readonly Row[],
  stored: readonly Row[],
  agree: (one: Row, other: Row) => boolean,
): Aligned<Row> {
  const pairs: Pair<Row>[] = [];
  const [lone, strange]: [Row[], Row[]] = [[], []];
  let [left, right] = [0, 0];
  while (left < made.length && right < stored.length) {
    const skip = toNextPair(made.slice(left, left + WINDOW), stored.slice(right, right + WINDOW), agree);
    lone.push(...made.slice(left, left + skip.made));
    strange.push(...stored.slice(right, right + skip.stored));
    left += skip.made;
    right += skip.stored;
    if (!skip.isPair) continue;
    pairs.push([made[left++]!, stored[right++]!]);
  }
  return { pairs, made: [...lone, ...made.slice(left)], stored: [...strange, ...stored.slice(right)] };
}

/** Returns how many rows stand before the nearest pair that one of the two first rows belongs to. If neither has a partner, both are
 * skipped. */
function toNextPair<Row>(
  made: readonly Row[],
  stored: readonly Row[],
  agree: (one: Row, other: Row) => boolean,
): { readonly made: number; readonly stored: number; readonly isPair: boolean } {
  for (let skipped = 0; skipped < Math.max(made.length, stored.length); skipped++) {
    if (skipped < stored.length && agree(made[0]!, stored[skipped]!))
      return { made: 0, stored: skipped, isPair: true };
    if (skipped < made.length && agree(made[skipped]!, stored[0]!))
      return { made: skipped, stored: 0, isPair: true };
  }
  return { made: 1, stored: 1, isPair: false };
}
