import { BYTES, FIXED32, FIXED64, VARINT } from '@baleen/codec';
import {
  type DescriptorSet,
  type FieldDescriptor,
  type MessageDescriptor,
  readDescriptorSets,
} from './descriptor-set.ts';

/** How one value of a field is read and printed. */
export type Kind =
  | 'int64'
  | 'uint64'
  | 'int32'
  | 'uint32'
  | 'sint32'
  | 'sint64'
  | 'fixed32'
  | 'sfixed32'
  | 'fixed64'
  | 'sfixed64'
  | 'double'
  | 'float'
  | 'bool'
  | 'enum'
  | 'string'
  | 'bytes'
  | 'hex'
  | 'raw-json'
  | 'int'
  | 'dec'
  | 'timestamp'
  | 'duration'
  | 'any'
  | 'message'
  | 'map'
  | 'unsupported';

export interface FieldPlan {
  readonly name: string;
  readonly number: number;
  /** Position in the message's JSON. */
  readonly slot: number;
  readonly kind: Kind;
  readonly wire: number;
  readonly repeated: boolean;
  /** `"name":` */
  readonly jsonKey: string;
  /** JSON that is printed if the field is absent; undefined if nothing is printed (a oneof). */
  readonly absent: string | undefined;
  /** Slots of the other members of the field's oneof. */
  readonly rivals: readonly number[];
  readonly enumNames: ReadonlyMap<number, string> | undefined;
  readonly typeName: string;
}

export interface MessagePlan {
  readonly name: string;
  readonly fields: readonly FieldPlan[];
  readonly byNumber: ReadonlyMap<number, FieldPlan>;
  /** JSON's members of the empty message, without braces. */
  readonly empty: string;
  /** False where a field's JSON is not known (group, google.protobuf.Struct): the message is not understood. */
  readonly supported: boolean;
  readonly signers: readonly string[];
}

/** Plans of messages, compiled when first asked for. */
export interface Plans {
  /** Finds the plan of a message by its full name; undefined if no descriptor has this name. */
  readonly find: (fullName: string) => MessagePlan | undefined;
}

const SCALARS: Readonly<Record<number, readonly [kind: Kind, wire: number, absent: string]>> = {
  1: ['double', FIXED64, '0'],
  2: ['float', FIXED32, '0'],
  3: ['int64', VARINT, '"0"'],
  4: ['uint64', VARINT, '"0"'],
  5: ['int32', VARINT, '0'],
  6: ['fixed64', FIXED64, '"0"'],
  7: ['fixed32', FIXED32, '0'],
  8: ['bool', VARINT, 'false'],
  9: ['string', BYTES, '""'],
  // Go prints a nil []byte as null; present and empty it is "".
  12: ['bytes', BYTES, 'null'],
  13: ['uint32', VARINT, '0'],
  14: ['enum', VARINT, '0'],
  15: ['sfixed32', FIXED32, '0'],
  16: ['sfixed64', FIXED64, '"0"'],
  17: ['sint32', VARINT, '0'],
  18: ['sint64', VARINT, '"0"'],
};
const MESSAGE = 11;
/** JSON of Go's zero Dec and Int: both print a nil big.Int as "0" (cosmos-sdk v0.44.5, types/decimal.go:nilJSON). */
const ZERO_NUMBER = '"0"';
const WELL_KNOWN: Readonly<Record<string, readonly [kind: Kind, absent: string]>> = {
  'google.protobuf.Any': ['any', 'null'],
  'google.protobuf.Timestamp': ['timestamp', '"1970-01-01T00:00:00Z"'],
  'google.protobuf.Duration': ['duration', '"0s"'],
};
/** `json.RawMessage` prints the JSON it holds; HexBytes has a MarshalJSON of its own, so that nil is "". */
const CAST_BYTES: readonly (readonly [end: string, kind: Kind, absent: string])[] = [
  ['json.RawMessage', 'raw-json', 'null'],
  ['RawContractMessage', 'raw-json', 'null'],
  ['HexBytes', 'hex', '""'],
];

export function createPlans(sets: readonly Uint8Array[]): Plans {
  const descriptors = readDescriptorSets(sets);
  const compiled = new Map<string, MessagePlan>();
  const find = (fullName: string): MessagePlan | undefined => {
    const known = compiled.get(fullName);
    if (known !== undefined) return known;
    const descriptor = descriptors.messages.get(fullName);
    if (descriptor === undefined) return undefined;
    const plan = compileMessage(descriptor, descriptors, find);
    compiled.set(fullName, plan);
    return plan;
  };
  return { find };
}

function compileMessage(
  descriptor: MessageDescriptor,
  descriptors: DescriptorSet,
  find: Plans['find'],
): MessagePlan {
  const fields = descriptor.fields.map((field, slot) =>
    compileField(field, slot, descriptor, descriptors, find),
  );
  return {
    name: descriptor.name,
    fields,
    byNumber: new Map(fields.map((field) => [field.number, field])),
    empty: fields
      .filter(({ absent }) => absent !== undefined)
      .map(({ jsonKey, absent }) => jsonKey + absent)
      .join(','),
    supported: fields.every(({ kind }) => kind !== 'unsupported') && !isSpecial(descriptor.name),
    signers: descriptor.signers,
  };
}

function compileField(
  field: FieldDescriptor,
  slot: number,
  owner: MessageDescriptor,
  descriptors: DescriptorSet,
  find: Plans['find'],
): FieldPlan {
  const isMap = descriptors.messages.get(field.typeName)?.isMapEntry === true;
  const [kind, wire, absent] = isMap ? (['map', BYTES, '{}'] as const) : shapeOf(field, descriptors, find);
  const oneof = field.proto3Optional ? undefined : field.oneofIndex;
  const rivals = owner.fields.flatMap((other, otherSlot) =>
    oneof !== undefined && other.oneofIndex === oneof && otherSlot !== slot ? [otherSlot] : [],
  );
  return {
    name: field.name,
    number: field.number,
    slot,
    kind,
    wire,
    repeated: field.repeated && !isMap,
    jsonKey: `${JSON.stringify(field.name)}:`,
    absent: absentOf(field, isMap, oneof, absent),
    rivals,
    enumNames: kind === 'enum' ? descriptors.enums.get(field.typeName) : undefined,
    typeName: field.typeName,
  };
}

function absentOf(
  field: FieldDescriptor,
  isMap: boolean,
  oneof: number | undefined,
  absent: string,
): string | undefined {
  if (isMap) return absent;
  if (field.repeated) return '[]';
  if (oneof !== undefined) return undefined;
  return field.proto3Optional ? 'null' : absent;
}

function shapeOf(
  field: FieldDescriptor,
  descriptors: DescriptorSet,
  find: Plans['find'],
): readonly [kind: Kind, wire: number, absent: string] {
  if (field.type === MESSAGE) return messageShape(field, find);
  const [kind, wire, absent] = SCALARS[field.type] ?? (['unsupported', BYTES, 'null'] as const);
  if (kind === 'enum') {
    const zero = descriptors.enums.get(field.typeName)?.get(0);
    return [kind, wire, zero === undefined ? '0' : JSON.stringify(zero)];
  }
  if (/(^|\.)(Int|Uint)$/.test(field.customType)) return ['int', wire, field.nullable ? 'null' : ZERO_NUMBER];
  if (/(^|\.)(Legacy)?Dec$/.test(field.customType))
    return ['dec', wire, field.nullable ? 'null' : ZERO_NUMBER];
  const cast = kind === 'bytes' ? CAST_BYTES.find(([end]) => field.castType.endsWith(end)) : undefined;
  return cast === undefined ? [kind, wire, absent] : [cast[1], wire, cast[2]];
}

function messageShape(field: FieldDescriptor, find: Plans['find']): readonly [Kind, number, string] {
  const wellKnown = WELL_KNOWN[field.typeName];
  const kind = wellKnown?.[0] ?? (isSpecial(field.typeName) ? 'unsupported' : 'message');
  if (field.nullable || field.repeated) return [kind, BYTES, 'null'];
  // Go's zero time.Time.
  if (field.stdTime) return [kind, BYTES, '"0001-01-01T00:00:00Z"'];
  if (wellKnown !== undefined) return [kind, BYTES, wellKnown[1]];
  // A message can't hold itself without a pointer in Go, so that this ends.
  return [kind, BYTES, `{${find(field.typeName)?.empty ?? ''}}`];
}

/** Well-known types have a JSON of their own; those in WELL_KNOWN are the ones that chains use. */
const isSpecial = (fullName: string): boolean => fullName.startsWith('google.protobuf.');
