import { uint32At } from './bytes.ts';

/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;
/** LevelDB stores checksums rotated and shifted, so that a checksum of bytes holding checksums stays good
 * (google/leveldb util/crc32c.h). */
const MASK_DELTA = 0xa282ead8;
const SLICES = 8;
const TABLES = makeTables();

/** CRC-32C of `bytes[start, end)`, unmasked. Eight bytes a step ("slicing by 8"). */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const table = TABLES;
  let crc = -1;
  let pos = start;
  for (const last = end - 8; pos <= last; pos += 8) {
    crc ^= bytes[pos]! | (bytes[pos + 1]! << 8) | (bytes[pos + 2]! << 16) | (bytes[pos + 3]! << 24);
    crc =
      table[1792 + (crc & 255)]! ^
      table[1536 + ((crc >>> 8) & 255)]! ^
      table[1280 + ((crc >>> 16) & 255)]! ^
      table[1024 + (crc >>> 24)]! ^
      table[768 + bytes[pos + 4]!]! ^
      table[512 + bytes[pos + 5]!]! ^
      table[256 + bytes[pos + 6]!]! ^
      table[bytes[pos + 7]!]!;
  }
  for (; pos < end; pos++) crc = (crc >>> 8) ^ table[(crc ^ bytes[pos]!) & 255]!;
  return ~crc >>> 0;
}

export const maskCrc = (crc: number): number => (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;

/** Four bytes of a stored checksum, unmasked. */
export function storedCrc(bytes: Uint8Array, pos: number): number {
  const rotated = (uint32At(bytes, pos) - MASK_DELTA) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

/** Table k maps a byte to its checksum followed by k zero bytes. */
function makeTables(): Int32Array {
  const tables = new Int32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let index = 256; index < tables.length; index++) {
    const shorter = tables[index - 256]!;
    tables[index] = (shorter >>> 8) ^ tables[shorter & 255]!;
  }
  return tables;
}
