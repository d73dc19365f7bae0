/** Bounds of keys, compared byte by byte; all that are given hold. `reverse`: from the largest key down. */
export interface KeyRange {
  readonly gte?: Uint8Array;
  readonly gt?: Uint8Array;
  readonly lte?: Uint8Array;
  readonly lt?: Uint8Array;
  readonly reverse?: boolean;
}

/** The key-value database that a multistore lives in, as `openLevelDb` of @baleen/leveldb gives it. What it answers with may
 * be views of its cache: everything that is kept here is copied. */
export interface OrderedReader {
  /** For errors. */
  readonly path: string;
  /** undefined: no such key. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** Entries in order of their keys. */
  entries(range?: KeyRange): IterableIterator<readonly [key: Uint8Array, value: Uint8Array]>;
}

/** Byte for byte, as IAVL and LevelDB order keys. */
export function compareKeys(left: Uint8Array, right: Uint8Array): number {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index++) {
    const difference = left[index]! - right[index]!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export const equalBytes = (left: Uint8Array, right: Uint8Array): boolean => compareKeys(left, right) === 0;

/** A string of one byte a character: a typed array of 32 bytes takes five times its memory, and is slower to compare. */
export const toLatin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

export const fromLatin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
