import { BaleenError, type Message, shownText } from '@baleen/chain';
import { BYTES, readSchemaless, WireReader } from '@baleen/codec';
import { finished, misfit, placed } from './errors.ts';
import type { MessageReader } from './message-reader.ts';
import { type MessageType, NO_FIELDS } from './message-types.ts';
import type { Plans } from './plan.ts';

/** Messages within messages (authz in authz) that are told by themselves; deeper ones stay in the bytes and the JSON of those around
 * them. The SDK has no limit of its own before 0.50, where it is below this. */
const MAX_NESTING = 32;
const NO_BYTES = new Uint8Array();

/** A message with its type, as long as its signers may be asked for. */
export interface TypedMessage {
  readonly message: Message;
  readonly type: MessageType;
}

/** Types and their readers, of one alternative of descriptors. */
export interface Vocabulary {
  readonly plans: Plans;
  readonly reader: MessageReader;
  readonly typeOf: (url: Uint8Array) => MessageType;
}

/** The vocabularies of a decoder, shared by all of its txs. */
export interface MessageScope {
  /** At least one. A later one is made and tried only for a message that the earlier ones do not understand. */
  readonly vocabularies: readonly (() => Vocabulary)[];
  /** Whether a message stays raw whose bytes do not fit its descriptor: nobody knows the application, so that its own may be another.
   * false: the chain refuses such a tx. */
  readonly keepsMisfits: boolean;
}

/** Reads one `Any` of a tx's messages and, after it, the messages inside it. */
export function readMessages(
  any: WireReader,
  index: number,
  scope: MessageScope,
  into: TypedMessage[],
): void {
  try {
    readMessage(any, index, '', 0, scope, into);
  } catch (error) {
    throw placed(error, `msg ${index} `);
  }
}

function readMessage(
  any: WireReader,
  index: number,
  path: string,
  depth: number,
  scope: MessageScope,
  into: TypedMessage[],
): void {
  if (depth > MAX_NESTING) return;
  const { url, raw } = splitAny(any);
  const { type, value } = readValue(url, raw, scope);
  try {
    const fields = value === undefined ? readSchemaless(raw) : undefined;
    into.push({ message: { index, path, type: type.type, name: type.name, value, fields, raw }, type });
    if (type.packetField !== undefined)
      readPacket(raw, type.packetField, { index, path, depth }, scope, into);
    if (type.nestedField === undefined) return;
    readNested(new WireReader(raw), type.nestedField, { index, path, depth }, scope, into);
  } catch (error) {
    throw placed(error, depth === 0 ? shownText(type.type) : '');
  }
}

/** Position of a message: index of the tx's own message, path within it, and depth of that path. */
interface Place {
  readonly index: number;
  readonly path: string;
  readonly depth: number;
}

/** Reads the messages in a repeated field of `Any`s. */
function readNested(
  reader: WireReader,
  field: number,
  { index, path, depth }: Place,
  scope: MessageScope,
  into: TypedMessage[],
): void {
  const key = field * 8 + BYTES;
  for (let count = 0; !reader.done; ) {
    const found = reader.key();
    if (found !== key) reader.skip(found);
    else {
      const inner = path === '' ? String(count) : `${path}.${count}`;
      readMessage(reader.message(), index, inner, depth + 1, scope, into);
      count++;
    }
  }
}

/** Reads the messages that a packet sends to an interchain account: `InterchainAccountPacketData {1 type, 2 data, 3 memo}`, data
 * `CosmosTx {1 messages}`. This chain does not look into the data, so that they may be anything: JSON, as some host chains want them,
 * or bytes that are no messages are left to the packet's own JSON (ibc-go modules/apps/27-interchain-accounts/types at v7.10.0). */
function readPacket(
  raw: Uint8Array,
  field: number,
  place: Place,
  scope: MessageScope,
  into: TypedMessage[],
): void {
  const inner: TypedMessage[] = [];
  try {
    const data = bytesIn(bytesIn(raw, field), 2);
    for (const reader = new WireReader(data); !reader.done; )
      if (reader.key() === MESSAGES) reader.bytes();
      else return;
    readNested(new WireReader(data), 1, place, scope, inner);
  } catch (error) {
    if (finished(error) instanceof BaleenError) return;
    throw error;
  }
  into.push(...inner);
}

const MESSAGES = (1 << 3) | BYTES;

/** The last value of a field of bytes. */
function bytesIn(message: Uint8Array, field: number): Uint8Array {
  let found: Uint8Array = NO_BYTES;
  for (const reader = new WireReader(message); !reader.done; ) {
    const key = reader.key();
    if (key === field * 8 + BYTES) found = reader.bytes();
    else reader.skip(key);
  }
  return found;
}

/** JSON of a message by the first alternative that understands all of it, and its type; else the type of the first that knows it. A
 * known type that holds something unknown is treated as unknown: its JSON would silently lack it. */
function readValue(
  url: Uint8Array,
  raw: Uint8Array,
  { vocabularies, keepsMisfits }: MessageScope,
): { readonly type: MessageType; readonly value: string | undefined } {
  let known: MessageType | undefined;
  let failure: { readonly type: MessageType; readonly error: unknown } | undefined;
  for (const vocabulary of vocabularies) {
    const { reader, typeOf } = vocabulary();
    const type = typeOf(url);
    if (known?.plan === undefined) known = type;
    if (type.plan === undefined) continue;
    try {
      const value = reader.print(type.plan, raw);
      if (value !== undefined) return { type, value };
    } catch (error) {
      failure ??= { type, error };
    }
  }
  if (failure === undefined) return { type: known!, value: undefined };
  if (keepsMisfits && finished(failure.error) instanceof BaleenError)
    return { type: { ...failure.type, ...NO_FIELDS }, value: undefined };
  throw placed(failure.error, shownText(failure.type.type));
}

/** An `Any` has two fields; the chain refuses others (x/auth/tx/decoder.go: RejectUnknownFields). */
function splitAny(any: WireReader): { readonly url: Uint8Array; readonly raw: Uint8Array } {
  let url: Uint8Array = NO_BYTES;
  let raw: Uint8Array = NO_BYTES;
  while (!any.done) {
    const key = any.key();
    if (key === ((1 << 3) | BYTES)) url = any.bytes();
    else if (key === ((2 << 3) | BYTES)) raw = any.bytes();
    else throw misfit('type_url and value', `field ${key >>> 3}`);
  }
  return { url, raw };
}
