import { uint32At } from '../blocks/bytes.ts';
import type { Fail } from '../errors.ts';

const HEADER_BYTES = 12;
const DELETION = 0;
const PUT = 1;

/** One change of a batch. Key and value are positions inside the batch; a deletion has `valueStart === -1`. */
export type BatchVisitor = (
  sequence: number,
  keyStart: number,
  keyEnd: number,
  valueStart: number,
  valueEnd: number,
) => void;

/** Visits the changes of a write batch, the payload of a record of a `.log`, in order. Returns the last sequence used.
 *
 *     batch  = sequence (8, little endian) · count (4) · change*
 *     change = 01 · uvarint key length · key · uvarint value length · value
 *            | 00 · uvarint key length · key
 *
 * Change i has sequence + i (google/leveldb db/write_batch.cc). */
export function visitBatch(batch: Uint8Array, visit: BatchVisitor, fail: Fail): number {
  if (batch.length < HEADER_BYTES) throw fail(`a batch of at least ${HEADER_BYTES} bytes`, `${batch.length}`);
  const first = uint32At(batch, 0) + uint32At(batch, 4) * 2 ** 32;
  const count = uint32At(batch, 8);
  let pos = HEADER_BYTES;
  const length = (): number => {
    let value = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = batch[pos++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > batch.length - pos) break;
        return value;
      }
    }
    throw fail(`a length within the batch of ${batch.length} bytes`, `another before byte ${pos}`);
  };
  for (let index = 0; index < count; index++) {
    const type = batch[pos++];
    if (type !== PUT && type !== DELETION)
      throw fail(`change ${index} of ${count}, type 0 or 1`, type === undefined ? 'the end' : `type ${type}`);
    const keyEnd = length() + pos;
    const keyStart = pos;
    pos = keyEnd;
    if (type === DELETION) {
      visit(first + index, keyStart, keyEnd, -1, -1);
      continue;
    }
    const valueEnd = length() + pos;
    visit(first + index, keyStart, keyEnd, pos, valueEnd);
    pos = valueEnd;
  }
  if (pos !== batch.length) throw fail(`${count} changes and the end`, `${batch.length - pos} bytes more`);
  return first + count - 1;
}
