import { shownText, type Text } from '@baleen/chain';
import { BYTES, encodeUvarint, goJsonString, toBase64, toHex, VARINT, WireReader } from '@baleen/codec';
import { misfit, placed } from './errors.ts';
import type { FieldPlan, MessagePlan, Plans } from './plan.ts';
import { rawJson } from './raw-json.ts';
import {
  readDec,
  readDouble,
  readDuration,
  readFloat,
  readInt,
  readInt32,
  readInt64,
  readSint32,
  readSint64,
  readTimestamp,
  readUint64,
} from './scalars.ts';

/** Messages within messages, `Any`s included; deeper ones are not understood. What chains hold is below 20; Go's protobuf has no limit
 * that an `Any` does not evade. */
const MAX_DEPTH = 100;

/** JSON of each field of a message, by its slot, and the slots of those that occurred again and were read as one. */
type Slots = (string | undefined)[] & { merged?: Set<number> };

/** Prints protobuf messages as JSON, as gogoproto's jsonpb does with OrigName and EmitDefaults (v1.3.3, jsonpb.go).
 *
 * `understood` becomes false if the JSON of some part is not known: an unknown field, an `Any` of an unknown type, a RawMessage that is
 * no JSON, an unsupported kind of field. The text must not be used then. */
export class MessageReader {
  understood = true;
  private depth = 0;
  private readonly plans: Plans;
  constructor(plans: Plans) {
    this.plans = plans;
  }

  /** Returns the JSON object of a message; undefined if a part of it is not understood. Throws if the bytes don't fit the plan. */
  print(plan: MessagePlan, bytes: Uint8Array): string | undefined {
    this.start();
    const members = this.members(plan, new WireReader(bytes));
    return this.understood ? `{${members}}` : undefined;
  }

  /** Returns the JSON of an `Any` with its "@type"; undefined if a part of it is not understood. */
  printAny(reader: WireReader): string | undefined {
    this.start();
    const json = this.any(reader);
    return this.understood ? json : undefined;
  }

  private start(): void {
    this.understood = true;
    this.depth = 0;
  }

  private members(plan: MessagePlan, reader: WireReader): string {
    if (!plan.supported) this.understood = false;
    if (reader.done) return plan.empty;
    if (this.depth >= MAX_DEPTH) {
      this.understood = false;
      return '';
    }
    this.depth++;
    const slots: Slots = new Array(plan.fields.length).fill(undefined);
    const start = reader.pos;
    let fieldStart = start;
    let field: FieldPlan | undefined;
    try {
      while (!reader.done) {
        fieldStart = reader.pos;
        field = undefined;
        const key = reader.key();
        field = plan.byNumber.get(key >>> 3);
        if (field === undefined) this.skipUnknown(key, reader);
        else this.readField(field, key, reader, start, slots);
      }
    } catch (error) {
      throw field === undefined ? error : placed(error, placeOf(field, reader.buffer, start, fieldStart));
    }
    this.depth--;
    return join(plan, slots);
  }

  private skipUnknown(key: number, reader: WireReader): void {
    this.understood = false;
    reader.skip(key);
  }

  private readField(field: FieldPlan, key: number, reader: WireReader, start: number, slots: Slots): void {
    const before = slots[field.slot];
    if (field.repeated) {
      const text = (key & 7) === field.wire ? this.value(field, reader) : this.packed(field, key, reader);
      slots[field.slot] = before === undefined || text === '' ? (before ?? text) : `${before},${text}`;
      return;
    }
    if ((key & 7) !== field.wire) throw wrongWire(field, key);
    for (const rival of field.rivals) slots[rival] = undefined;
    if (field.kind === 'map') {
      const entry = this.mapEntry(field, reader);
      slots[field.slot] = before === undefined ? entry : `${before},${entry}`;
    } else if (before !== undefined && isMerged(field)) {
      reader.skip(key);
      if (slots.merged?.has(field.slot)) return;
      slots.merged = (slots.merged ?? new Set()).add(field.slot);
      slots[field.slot] = this.value(field, mergedField(field.number, reader, start));
    } else slots[field.slot] = this.value(field, reader);
  }

  private value(field: FieldPlan, reader: WireReader): string {
    switch (field.kind) {
      case 'string':
        return goJsonString(reader.text());
      case 'message':
        return this.object(field, reader.message());
      case 'int':
        return `"${readInt(reader)}"`;
      case 'uint64':
        return `"${readUint64(reader)}"`;
      case 'int64':
        return `"${readInt64(reader)}"`;
      case 'dec':
        return `"${readDec(reader)}"`;
      case 'any':
        return this.any(reader.message());
      case 'enum':
        return enumText(field, readInt32(reader));
      case 'bytes':
        return `"${toBase64(reader.bytes())}"`;
      case 'hex':
        return `"${toHex(reader.bytes()).toUpperCase()}"`;
      case 'raw-json':
        return this.rawJson(reader.bytes());
      case 'bool':
        return reader.uint64() === 0n ? 'false' : 'true';
      case 'timestamp':
        return `"${readTimestamp(reader.message())}"`;
      case 'duration':
        return `"${readDuration(reader.message())}"`;
      default:
        return this.rareValue(field, reader);
    }
  }

  private rareValue(field: FieldPlan, reader: WireReader): string {
    switch (field.kind) {
      case 'int32':
        return String(readInt32(reader));
      case 'uint32':
        return String(readInt32(reader) >>> 0);
      case 'sint32':
        return String(readSint32(reader));
      case 'sint64':
        return `"${readSint64(reader)}"`;
      case 'double':
        return readDouble(reader);
      case 'float':
        return readFloat(reader);
      case 'fixed32':
        return String(reader.fixed32());
      case 'sfixed32':
        return String(reader.fixed32() | 0);
      case 'fixed64':
        return `"${reader.fixed64()}"`;
      case 'sfixed64':
        return `"${BigInt.asIntN(64, reader.fixed64())}"`;
      default:
        // The plan is not supported, so that nobody looks at this.
        reader.pos = reader.end;
        return 'null';
    }
  }

  private object(field: FieldPlan, reader: WireReader): string {
    const plan = this.plans.find(field.typeName);
    if (plan === undefined) {
      this.understood = false;
      return 'null';
    }
    return `{${this.members(plan, reader)}}`;
  }

  private any(reader: WireReader): string {
    const { type, value, complete } = readAny(reader);
    const url = shownText(type);
    const plan = this.plans.find(url.slice(1));
    if (!complete || plan === undefined || !url.startsWith('/')) {
      this.understood = false;
      return 'null';
    }
    try {
      const members = this.members(plan, new WireReader(value));
      return `{"@type":${goJsonString(url)}${members === '' ? '' : `,${members}`}}`;
    } catch (error) {
      throw placed(error, `(${url})`);
    }
  }

  private rawJson(bytes: Uint8Array): string {
    const json = rawJson(bytes);
    if (json === undefined) this.understood = false;
    return json ?? 'null';
  }

  /** Reads a packed list of numbers. Protobuf readers must accept it even if the field is not declared `packed`. */
  private packed(field: FieldPlan, key: number, reader: WireReader): string {
    if ((key & 7) !== BYTES || field.wire === BYTES) throw wrongWire(field, key);
    const values: string[] = [];
    for (const list = reader.message(); !list.done; ) values.push(this.value(field, list));
    return values.join(',');
  }

  /** Reads one entry of a map and returns its JSON, `"key":value`. If a key occurs twice, its later entry comes later in the JSON and so
   * wins there as it does in protobuf. */
  private mapEntry(field: FieldPlan, reader: WireReader): string {
    const plan = this.plans.find(field.typeName)!;
    const slots: Slots = [undefined, undefined];
    const entry = reader.message();
    const start = entry.pos;
    while (!entry.done) {
      const key = entry.key();
      const part = plan.byNumber.get(key >>> 3);
      if (part === undefined) this.skipUnknown(key, entry);
      else this.readField(part, key, entry, start, slots);
    }
    const [key, value] = plan.fields.map(({ slot, absent }) => slots[slot] ?? absent ?? 'null');
    return `${key!.startsWith('"') ? key : `"${key}"`}:${value}`;
  }
}

/** The fields of an `Any`. */
export interface AnyParts {
  readonly type: Text;
  readonly value: Uint8Array;
  /** False if there were fields other than `type` and `value`. */
  readonly complete: boolean;
}

const NO_BYTES = new Uint8Array();

export function readAny(reader: WireReader): AnyParts {
  let type: Text = '';
  let value: Uint8Array = NO_BYTES;
  let complete = true;
  while (!reader.done) {
    const key = reader.key();
    if (key === ((1 << 3) | BYTES)) type = reader.text();
    else if (key === ((2 << 3) | BYTES)) value = reader.bytes();
    else {
      complete = false;
      reader.skip(key);
    }
  }
  return { type, value, complete };
}

function join(plan: MessagePlan, slots: readonly (string | undefined)[]): string {
  let text = '';
  for (const field of plan.fields) {
    const present = slots[field.slot];
    const value = present === undefined ? field.absent : enclosed(field, present);
    if (value === undefined) continue;
    text += text === '' ? field.jsonKey + value : `,${field.jsonKey}${value}`;
  }
  return text;
}

function enclosed(field: FieldPlan, text: string): string {
  if (field.repeated) return `[${text}]`;
  return field.kind === 'map' ? `{${text}}` : text;
}

/** Returns true if a second occurrence of the field is merged into the first, as for a message. A second occurrence of any other field, or
 * of a member of a oneof, replaces the first. */
const isMerged = (field: FieldPlan): boolean =>
  field.rivals.length === 0 &&
  field.absent !== undefined &&
  (field.kind === 'message' || field.kind === 'any');

/** Joins all occurrences of a message field into one, by appending their bytes: reading the joined bytes merges them.
 * @param start  position at which the message that contains the field starts */
function mergedField(number: number, reader: WireReader, start: number): WireReader {
  const parts: Uint8Array[] = [];
  for (const scan = new WireReader(reader.buffer, start, reader.end); !scan.done; ) {
    const key = scan.key();
    if (key === number * 8 + BYTES) parts.push(scan.bytes());
    else scan.skip(key);
  }
  const joined = Buffer.concat(parts);
  return new WireReader(Buffer.concat([encodeUvarint(joined.length), joined]));
}

/** Names a field in an error message, with its index if it is repeated. It counts the field's earlier occurrences, and so is slow. */
function placeOf(field: FieldPlan, buffer: Uint8Array, start: number, fieldStart: number): string {
  if (!field.repeated) return `.${field.name}`;
  let index = 0;
  for (const scan = new WireReader(buffer, start, fieldStart); !scan.done; ) {
    const key = scan.key();
    if (key >>> 3 === field.number) index++;
    scan.skip(key);
  }
  return `.${field.name}[${index}]`;
}

const wrongWire = (field: FieldPlan, key: number): Error =>
  misfit(`wire type ${field.wire}${field.repeated && field.wire === VARINT ? ' or 2' : ''}`, String(key & 7));

/** Prints an enum as Go's String() does: its name, or its number if it has no name. */
function enumText(field: FieldPlan, value: number): string {
  const name = field.enumNames?.get(value);
  return name === undefined ? String(value) : `"${name}"`;
}
