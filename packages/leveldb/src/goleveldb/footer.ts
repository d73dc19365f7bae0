import { uint32At } from '../blocks/bytes.ts';
import { type BlockHandle, decodeHandle } from '../blocks/handle.ts';
import { corruptAt, hex32 } from '../errors.ts';
import type { ReadOnlyFile } from '../read-only-file.ts';

const FOOTER_BYTES = 48;
const MAGIC_LOW = 0x8b80fb57;
const MAGIC_HIGH = 0xdb477524;

/** Handle of a table's index.
 *
 *     footer = handle of the metaindex · handle of the index · zeros to 40 bytes · magic (8)
 *
 * (google/leveldb doc/table_format.md.) The metaindex names filters alone: without them answers are the same. */
export function readFooter(file: ReadOnlyFile): BlockHandle {
  const offset = file.size - FOOTER_BYTES;
  if (offset < 0)
    throw corruptAt('table', file.path, 'whole file from 0')(`${FOOTER_BYTES} bytes or more`, `${file.size}`);
  const fail = corruptAt('table', file.path, `footer at ${offset}`);
  const footer = new Uint8Array(FOOTER_BYTES);
  file.read(footer, FOOTER_BYTES, offset);
  const low = uint32At(footer, 40);
  const high = uint32At(footer, 44);
  if (low !== MAGIC_LOW || high !== MAGIC_HIGH)
    throw fail(
      `magic ${hex32(MAGIC_HIGH)}${hex32(MAGIC_LOW).slice(2)}`,
      `${hex32(high)}${hex32(low).slice(2)}`,
    );
  const metaindex = decodeHandle(footer, 0, fail);
  return decodeHandle(footer, metaindex.end, fail).handle;
}
