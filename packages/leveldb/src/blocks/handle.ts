import type { Fail } from '../errors.ts';

/** The place of a block in its table: `uvarint offset · uvarint size`. The size does not include the 5 bytes after the block. */
export interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

/** The handle at `start` of `bytes`, and where it ends. */
export function decodeHandle(
  bytes: Uint8Array,
  start: number,
  fail: Fail,
): { readonly handle: BlockHandle; readonly end: number } {
  let pos = start;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 42; scale *= 128) {
      const byte = bytes[pos++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw fail('an offset and a size below 2^49', 'a longer number or the end');
  };
  const handle = { offset: varint(), size: varint() };
  return { handle, end: pos };
}
