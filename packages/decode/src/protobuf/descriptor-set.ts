import { gunzipSync } from 'node:zlib';
import { BYTES, VARINT, WireReader } from '@baleen/codec';

/** What this room needs to know of a `FieldDescriptorProto` (protobuf src/google/protobuf/descriptor.proto). */
export interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly repeated: boolean;
  /** FieldDescriptorProto.Type: 1 double … 18 sint64. */
  readonly type: number;
  /** Full name of the message or enum, without the leading dot. */
  readonly typeName: string;
  readonly oneofIndex: number | undefined;
  readonly proto3Optional: boolean;
  /** gogoproto 65001, true when absent. */
  readonly nullable: boolean;
  /** gogoproto 65003, e.g. `github.com/cosmos/cosmos-sdk/types.Dec`. */
  readonly customType: string;
  /** gogoproto 65007, e.g. `encoding/json.RawMessage`. */
  readonly castType: string;
  /** gogoproto 65010. */
  readonly stdTime: boolean;
}

export interface MessageDescriptor {
  readonly name: string;
  /** The fields in order of declaration, which is their order in the JSON. */
  readonly fields: readonly FieldDescriptor[];
  readonly isMapEntry: boolean;
  /** `cosmos.msg.v1.signer` (11110000): names of the fields that hold who signs. */
  readonly signers: readonly string[];
}

export interface DescriptorSet {
  readonly messages: ReadonlyMap<string, MessageDescriptor>;
  /** Names of enum values by number; of aliases the first. */
  readonly enums: ReadonlyMap<string, ReadonlyMap<number, string>>;
}

interface Collected {
  readonly messages: Map<string, MessageDescriptor>;
  readonly enums: Map<string, ReadonlyMap<number, string>>;
}

const GZIP_MAGIC = 0x1f;

/** Reads `FileDescriptorSet`s, gzipped or plain, as one. A name that several define is the first set's. */
export function readDescriptorSets(sets: readonly Uint8Array[]): DescriptorSet {
  const collected: Collected = { messages: new Map(), enums: new Map() };
  for (const set of sets) {
    const plain = set[0] === GZIP_MAGIC ? gunzipSync(set) : set;
    for (const file of readRecord(plain).messages(1)) readFile(file, collected);
  }
  return collected;
}

/** Counts the message types that a `FileDescriptorSet` defines.
 * @throws Error  the bytes are no such set, or are gzipped and damaged */
export const countMessages = (set: Uint8Array): number => readDescriptorSets([set]).messages.size;

function readFile(bytes: Uint8Array, collected: Collected): void {
  const file = readRecord(bytes);
  const scope = file.text(2) === '' ? '' : `${file.text(2)}.`;
  for (const message of file.messages(4)) readMessage(message, scope, collected);
  for (const values of file.messages(5)) readEnum(values, scope, collected);
}

function readMessage(bytes: Uint8Array, scope: string, collected: Collected): void {
  const message = readRecord(bytes);
  const name = scope + message.text(1);
  const options = readRecord(message.bytes(7));
  if (!collected.messages.has(name))
    collected.messages.set(name, {
      name,
      fields: message.messages(2).map(readField),
      isMapEntry: options.number(7) === 1,
      signers: options.messages(11_110_000).map(toText),
    });
  for (const nested of message.messages(3)) readMessage(nested, `${name}.`, collected);
  for (const values of message.messages(4)) readEnum(values, `${name}.`, collected);
}

function readField(bytes: Uint8Array): FieldDescriptor {
  const field = readRecord(bytes);
  const options = readRecord(field.bytes(8));
  return {
    name: field.text(1),
    number: field.number(3) ?? 0,
    repeated: field.number(4) === 3,
    type: field.number(5) ?? 0,
    typeName: field.text(6).replace(/^\./, ''),
    oneofIndex: field.number(9),
    proto3Optional: field.number(17) === 1,
    nullable: options.number(65_001) !== 0,
    customType: options.text(65_003),
    castType: options.text(65_007),
    stdTime: options.number(65_010) === 1,
  };
}

function readEnum(bytes: Uint8Array, scope: string, collected: Collected): void {
  const record = readRecord(bytes);
  const values = new Map<number, string>();
  for (const value of record.messages(2).map(readRecord)) {
    const number = value.number(2) ?? 0;
    if (!values.has(number)) values.set(number, value.text(1));
  }
  const name = scope + record.text(1);
  if (!collected.enums.has(name)) collected.enums.set(name, OWN_NAMES[name] ?? values);
}

/** Enums whose Go type has a String method of its own (gogoproto goproto_enum_stringer = false), which JSON shows. The only one in all
 * descriptors here: wasmd x/wasm/types/params.go at v0.45.0. */
const OWN_NAMES: { readonly [enumName: string]: ReadonlyMap<number, string> | undefined } = {
  'cosmwasm.wasm.v1.AccessType': new Map([
    [0, 'Unspecified'],
    [1, 'Nobody'],
    [2, 'OnlyAddress'],
    [3, 'Everybody'],
    [4, 'AnyOfAddresses'],
  ]),
};

/** Fields of a descriptor by number. Descriptors are read once, so that this may be slower than the plans. */
interface Record {
  readonly messages: (number: number) => readonly Uint8Array[];
  readonly bytes: (number: number) => Uint8Array;
  readonly text: (number: number) => string;
  readonly number: (number: number) => number | undefined;
}

function readRecord(bytes: Uint8Array): Record {
  const lists = new Map<number, Uint8Array[]>();
  const numbers = new Map<number, number>();
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const key = reader.key();
    if ((key & 7) === VARINT) numbers.set(key >>> 3, reader.int());
    else if ((key & 7) === BYTES) lists.set(key >>> 3, [...(lists.get(key >>> 3) ?? []), reader.bytes()]);
    else reader.skip(key);
  }
  const last = (number: number): Uint8Array => lists.get(number)?.at(-1) ?? new Uint8Array();
  return {
    messages: (number) => lists.get(number) ?? [],
    bytes: last,
    text: (number) => toText(last(number)),
    number: (number) => numbers.get(number),
  };
}

const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
