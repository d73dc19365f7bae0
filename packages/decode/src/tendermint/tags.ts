/** Tags of Tendermint 0.31, where 0.32 has events: a flat list of keys and values in the same field. */
import type { BlockResults, Event, TxResult } from '@baleen/chain';
import { WireReader } from '@baleen/codec';
import { decodeNamedPublicKey } from './public-key.ts';
import { addEvent, decodeAttribute, decodeResults } from './results.ts';

/** Key of a field with bytes: field << 3 | 2. */
const FIELD_1 = 0x0a;
const FIELD_2 = 0x12;
/** Fields that hold the results of txs, of end block and of begin block, and in each the field of its events or tags. */
const EVENTS_WITHIN: Readonly<Record<number, number>> = { 10: 0x3a, 18: 0x1a, 26: 0x0a };

/** Decodes the stored ABCIResponses of 0.31 or 0.32. The tags of a tx, and those of begin and end block, are one event without a
 * type.
 *
 * Nothing in a database says which version executed a block. Tags are told by their shape: the value of a tag is text, the second
 * field of an event is a pair. */
export const decodeTaggedResults = (
  raw: Uint8Array,
  hashResults: (results: readonly TxResult[]) => Uint8Array,
): BlockResults => decodeResults(raw, decodeNamedPublicKey, hashResults, hasTags(raw) ? addTag : addEvent);

function addTag(events: Event[], reader: WireReader): void {
  const tag = decodeAttribute(reader.message());
  const { attributes = [] } = events.pop() ?? {};
  events.push({ type: '', attributes: [...attributes, tag] });
}

/** Whether results hold tags: then an element in a field of events is not shaped like an event. */
function hasTags(raw: Uint8Array): boolean {
  const reader = new WireReader(raw);
  while (!reader.done) {
    const key = reader.key();
    const within = EVENTS_WITHIN[key];
    if (within === undefined) reader.skip(key);
    else if (!elementsOf(reader.message(), within).every(isEvent)) return true;
  }
  return false;
}

function elementsOf(reader: WireReader, field: number): Uint8Array[] {
  const elements: Uint8Array[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === field) elements.push(reader.bytes());
    else reader.skip(key);
  }
  return elements;
}

/** A type, and attributes of a key and a value. */
const isEvent = (bytes: Uint8Array): boolean =>
  hasOnly(bytes, (key, value) => key === FIELD_1 || (key === FIELD_2 && hasOnly(value, isPairField)));

const isPairField = (key: number): boolean => key === FIELD_1 || key === FIELD_2;

/** Whether the bytes are a message of such fields and nothing else. */
function hasOnly(bytes: Uint8Array, isAllowed: (key: number, value: Uint8Array) => boolean): boolean {
  for (let pos = 0; pos < bytes.length; ) {
    const key = bytes[pos++]!;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[pos++];
      if (byte === undefined || shift > 28) return false;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    if (pos + length > bytes.length || !isAllowed(key, bytes.subarray(pos, pos + length))) return false;
    pos += length;
  }
  return true;
}
