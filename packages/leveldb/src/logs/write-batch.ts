import { uint32At } from '../blocks/bytes.ts';
import type { Kinds } from '../blocks/kinds.ts';
import type { Fail } from '../errors.ts';

const HEADER_BYTES = 12;

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
 *     change = kind of a put or sized deletion · uvarint key length · key · uvarint value length · value
 *            | kind of a deletion              · uvarint key length · key
 *            | kind of a note                  · uvarint length · bytes
 *
 * Change i has sequence + i; notes have none and are not counted (google/leveldb db/write_batch.cc; cockroachdb/pebble batch.go). */
export function visitBatch(batch: Uint8Array, kinds: Kinds, visit: BatchVisitor, fail: Fail): number {
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
  let index = 0;
  while (index < count || pos < batch.length) {
    const kind = batch[pos++];
    const meaning = kind === undefined ? undefined : kinds.inLog(kind);
    if (index === count && meaning !== 'note')
      throw fail(`${count} changes and the end`, `${batch.length - pos + 1} bytes more`);
    if (kind === undefined) throw fail(`change ${index} of ${count}`, 'the end');
    if (meaning === undefined) throw kinds.refuse(kind, fail);
    const keyEnd = length() + pos;
    const keyStart = pos;
    pos = keyEnd;
    if (meaning === 'note') continue;
    const sequence = first + index++;
    if (meaning === 'deletion') {
      visit(sequence, keyStart, keyEnd, -1, -1);
      continue;
    }
    const valueEnd = length() + pos;
    if (meaning === 'put') visit(sequence, keyStart, keyEnd, pos, valueEnd);
    else visit(sequence, keyStart, keyEnd, -1, -1);
    pos = valueEnd;
  }
  return first + count - 1;
}
