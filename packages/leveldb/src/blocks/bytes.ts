/** Compares `left[leftStart, leftEnd)` with `right[rightStart, rightEnd)` as LevelDB's bytewise comparator does. Returns a number below
 * zero, zero, or above zero. */
export function compareSlices(
  left: Uint8Array,
  leftStart: number,
  leftEnd: number,
  right: Uint8Array,
  rightStart: number,
  rightEnd: number,
): number {
  const leftLength = leftEnd - leftStart;
  const rightLength = rightEnd - rightStart;
  const shorter = Math.min(leftLength, rightLength);
  for (let index = 0; index < shorter; index++) {
    const difference = left[leftStart + index]! - right[rightStart + index]!;
    if (difference !== 0) return difference;
  }
  return leftLength - rightLength;
}

export const compareBytes = (left: Uint8Array, right: Uint8Array): number =>
  compareSlices(left, 0, left.length, right, 0, right.length);

/** Reads four bytes as an unsigned integer, little endian. The caller has checked the bounds. */
export const uint32At = (bytes: Uint8Array, pos: number): number =>
  (bytes[pos]! | (bytes[pos + 1]! << 8) | (bytes[pos + 2]! << 16) | (bytes[pos + 3]! << 24)) >>> 0;
