import { BYTES, encodeBech32, VARINT, WireReader } from '@baleen/codec';
import { finished } from '../protobuf/errors.ts';
import { MessageReader } from '../protobuf/message-reader.ts';
import type { FieldPlan, MessagePlan, Plans } from '../protobuf/plan.ts';
import { misfit } from './errors.ts';
import { Fields, type Json, type StateValue } from './json-fields.ts';
import type { ReadValue } from './layout.ts';

/** Readers of protobuf values by the names of their messages. */
export interface ProtoValues {
  readonly message: (name: string) => ReadValue;
  /** One member of a message, e.g. `dec` of DecProto. */
  readonly member: (name: string, member: string) => ReadValue;
  /** A value within an `Any`: `{"@type", ...}`. */
  readonly any: ReadValue;
}

export function protoValues(plans: Plans): ProtoValues {
  const reader = new MessageReader(plans);
  const message = (name: string): ReadValue => {
    const plan = plans.find(name);
    if (plan === undefined) throw new TypeError(`no descriptor of ${name}`);
    const required = plan.fields
      .filter(isAlwaysWritten)
      .map((field) => field.number)
      .sort((left, right) => left - right);
    return (bytes) => {
      checkWriting(plan, required, bytes);
      return parsed(print(() => reader.print(plan, bytes)));
    };
  };
  return {
    message,
    member: (name, member) => {
      const read = message(name);
      return (bytes, prefix) => {
        const data = new Fields(read(bytes, prefix).data).members[member]!;
        return { json: JSON.stringify(data), data };
      };
    },
    any: (bytes) => parsed(print(() => reader.printAny(new WireReader(bytes)))),
  };
}

/** `google.protobuf.{Int64,UInt64}Value`: a zero is not written. */
export const wrappedInteger: ReadValue = (bytes) => {
  const reader = new WireReader(bytes);
  let value = 0n;
  if (!reader.done) {
    expectKey(reader, (1 << 3) | VARINT);
    value = reader.int64();
  }
  expectEnd(reader);
  return { json: `"${value}"`, data: String(value) };
};

/** `google.protobuf.BoolValue`. */
export const wrappedFlag: ReadValue = (bytes, prefix) => {
  const { data } = wrappedInteger(bytes, prefix);
  if (data !== '0' && data !== '1') throw misfit('0 or 1', String(data));
  return { json: String(data === '1'), data: data === '1' };
};

/** `google.protobuf.BytesValue` of an address. */
export const wrappedAddress =
  (suffix: 'valcons'): ReadValue =>
  (bytes, prefix) => {
    const reader = new WireReader(bytes);
    expectKey(reader, (1 << 3) | BYTES);
    const address = encodeBech32(prefix + suffix, reader.bytes());
    expectEnd(reader);
    return { json: `"${address}"`, data: address };
  };

function expectKey(reader: WireReader, expected: number): void {
  const key = reader.key();
  if (key !== expected) throw misfit(`field key ${expected}`, String(key));
}

function expectEnd(reader: WireReader): void {
  if (!reader.done) throw misfit("the value's end", `${reader.end - reader.pos} more bytes`);
}

function print(read: () => string | undefined): string {
  let json: string | undefined;
  try {
    json = read();
  } catch (error) {
    throw finished(error);
  }
  if (json === undefined) throw misfit('types and fields that are known', 'others');
  return json;
}

const parsed = (json: string): StateValue => ({ json, data: JSON.parse(json) as Json });

/** gogoproto writes what is not nullable even when it is zero; so a field that is missing tells of a value cut short. */
const isAlwaysWritten = ({ kind, repeated, absent }: FieldPlan): boolean =>
  !repeated &&
  absent !== undefined &&
  (kind === 'int' || kind === 'dec' || kind === 'message' || kind === 'timestamp' || kind === 'duration') &&
  absent !== 'null';

/** Refuses what the node would not have written: fields out of order, repeated though single, or missing. */
function checkWriting(plan: MessagePlan, required: readonly number[], bytes: Uint8Array): void {
  const reader = new WireReader(bytes);
  let last = 0;
  let missing = 0;
  while (!reader.done) {
    const key = reader.key();
    const number = key >>> 3;
    if (number < last || (number === last && plan.byNumber.get(number)?.repeated !== true))
      throw misfit('ascending field numbers', `${number} after ${last}`);
    if (number !== last && number === required[missing]) missing++;
    last = number;
    reader.skip(key);
  }
  if (missing < required.length)
    throw misfit(`field ${plan.byNumber.get(required[missing]!)!.name}`, 'a value without it');
}
