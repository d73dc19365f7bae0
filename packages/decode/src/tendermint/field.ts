import { WireReader } from '@baleen/codec';

/** Skips a field that a message whose fields are 1 to `last` does not know; refuses a known one of the wrong wire type.
 *
 * Decoders here compare whole keys, `number << 3 | wire type`: 0x0a is field 1 as bytes, 0x10 field 2 as a varint. */
export function skipUnknown(reader: WireReader, key: number, last: number): void {
  if (key >>> 3 <= last) throw reader.error(`another wire type in field ${key >>> 3}`, `type ${key & 7}`);
  reader.skip(key);
}

/** Whether a message has a field of this number. */
export function hasField(message: Uint8Array, number: number): boolean {
  const reader = new WireReader(message);
  while (!reader.done) {
    const key = reader.key();
    if (key >>> 3 === number) return true;
    reader.skip(key);
  }
  return false;
}
