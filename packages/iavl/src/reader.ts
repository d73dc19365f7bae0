/** Limits the keys of a walk. Keys are compared byte by byte, and a key has to satisfy all bounds that are given. `reverse` walks from the
 * largest key to the smallest. */
export interface KeyRange {
  readonly gte?: Uint8Array;
  readonly gt?: Uint8Array;
  readonly lte?: Uint8Array;
  readonly lt?: Uint8Array;
  readonly reverse?: boolean;
}

/** The key-value database of a multistore, as `openLevelDb` of @baleen/leveldb opens it. The keys and values that it returns may be views
 * of its cache, so this package copies all that it keeps. */
export interface OrderedReader {
  /** Path of the database, for error messages. */
  readonly path: string;
  /** Returns the value of a key; undefined if the database does not have the key. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** Yields the entries in order of their keys. */
  entries(range?: KeyRange): IterableIterator<readonly [key: Uint8Array, value: Uint8Array]>;
}

/** Compares two keys byte by byte, as IAVL and LevelDB do. Returns a number below zero, zero, or above zero. */
export function compareKeys(left: Uint8Array, right: Uint8Array): number {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index++) {
    const difference = left[index]! - right[index]!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export const equalBytes = (left: Uint8Array, right: Uint8Array): boolean => compareKeys(left, right) === 0;

/** Converts bytes to a string with one character per byte. A typed array of 32 bytes takes five times the memory and is slower to
 * compare. */
export const toLatin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

export const fromLatin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
