import { BYTES, readSchemaless, toBase64, toHex, WireReader } from '@baleen/codec';
import { uniformName } from './registry.ts';
import { SCALARS } from './scalars.ts';
import type { Field, Group, Kind, Registration } from './schema.ts';
import { aminoError, MAX_DEPTH, type Scope, within } from './scope.ts';

const GO_ZERO_TIME = '"0001-01-01T00:00:00Z"';

/** JSON of a struct, with every field of the schema, in its order.
 *
 * As strict as the node: field numbers ascend, wire types agree. Fields beyond the schema are skipped by the node;
 * here they make the message one that is not understood, so that nothing is lost unseen. */
export function readStruct(reader: WireReader, fields: readonly Field[], scope: Scope): string {
  const members: string[] = [];
  let key = reader.done ? 0 : reader.key();
  for (let number = 1; number <= fields.length; number++) {
    const field = fields[number - 1]!;
    const present = key >>> 3 === number;
    scope.path.push(`.${field.name}`);
    const json = present ? readField(reader, key, field, scope) : absent(field, scope);
    scope.path.pop();
    if (present) {
      key = reader.done ? 0 : reader.key();
      if (key !== 0 && key >>> 3 <= number)
        throw aminoError(scope, 'ascending field numbers', `${key >>> 3} after ${number}`);
    }
    if (!(field.omitEmpty && isZero(field.kind, json))) members.push(`"${field.name}":${json}`);
  }
  skipUnknown(reader, key, scope);
  return `{${members.join(',')}}`;
}

/** Every element of a repeated field; the key of the first has been read. */
function readList(reader: WireReader, key: number, each: Kind, scope: Scope): string {
  const elements: string[] = [];
  for (;;) {
    elements.push(
      within(scope, `[${elements.length}]`, () => readKind(reader, each, scope, elements.length)),
    );
    const start = reader.pos;
    if (reader.done) break;
    if (reader.key() === key) continue;
    reader.pos = start;
    break;
  }
  return `[${elements.join(',')}]`;
}

/** JSON of a field that is there; its key has been read. */
function readField(reader: WireReader, key: number, { kind, signs }: Field, scope: Scope): string {
  checkWire(kind, key, scope);
  if (typeof kind === 'object' && 'each' in kind) return readList(reader, key, kind.each, scope);
  if (signs) {
    const start = reader.pos;
    noteSigner(scope, reader.bytes());
    reader.pos = start;
  }
  return readKind(reader, kind, scope, 0);
}

/** JSON of one value. `position` is its place among the elements of a list. */
export function readKind(reader: WireReader, kind: Kind, scope: Scope, position: number): string {
  if (typeof kind === 'string') return SCALARS[kind].read(reader, scope);
  if ('fields' in kind) return readStruct(reader.message(), kind.fields, scope);
  if ('implements' in kind) return readInterface(reader.bytes(), kind.implements, scope, position);
  throw new TypeError('lists of lists and bare byte arrays are no fields');
}

/** JSON of an interface value: `{"type": ..., "value": ...}`, `null` for nil. */
export function readInterface(bytes: Uint8Array, group: Group, scope: Scope, position = 0): string {
  if (bytes.length === 0) return 'null';
  if (group === 'message') return readNested(bytes, scope, position);
  const found = lookUp(bytes, scope);
  if (found.registration === undefined || scope.depth >= MAX_DEPTH) {
    // No such type (the node has none either), or too deep: what holds it is kept raw.
    scope.understood = false;
    return 'null';
  }
  return typedJson(found.registration, found.body, group, scope);
}

/** Reads a message of the tx or of another message into `scope.messages`, its parent first, and returns its JSON
 * with its type. A message that is not understood keeps what it is made of, and so do those around it. */
export function readMessage(bytes: Uint8Array, scope: Scope): string {
  const { prefix, registration, body } = lookUp(bytes, scope);
  const slot = scope.messages.length;
  const place = { index: scope.index, path: scope.messagePath, raw: bytes };
  const unread = { ...place, value: undefined, fields: '{}' };
  const name = registration === undefined ? undefined : uniformName(registration);
  scope.messages.push({ ...unread, type: registration?.name ?? prefix, name });
  const outer = scope.understood;
  scope.understood = registration !== undefined && scope.depth < MAX_DEPTH;
  scope.path.push(registration === undefined ? '' : ` ${registration.name}`);
  const json = scope.understood ? typedJson(registration!, body, 'message', scope) : '';
  scope.path.pop();
  const known = scope.understood;
  scope.understood = outer && known;
  scope.messages[slot] = known
    ? { ...place, type: registration!.name, name, value: withoutType(json, registration!), fields: undefined }
    : { ...unread, type: registration?.name ?? prefix, name, fields: readSchemaless(body) };
  return json;
}

/** Adds a message of the tx as its type and the schemaless reading of its bytes.
 * @throws BaleenError  it is too short to have a type */
export function keepRaw(bytes: Uint8Array, scope: Scope): void {
  const { prefix, registration, body } = lookUp(bytes, scope);
  scope.messages.push({
    ...{ index: scope.index, path: '', type: registration?.name ?? prefix },
    name: registration && uniformName(registration),
    ...{ value: undefined, fields: readSchemaless(body), raw: bytes },
  });
}

/** A message within a message: one level deeper, its signers do not sign the tx. */
function readNested(bytes: Uint8Array, scope: Scope, position: number): string {
  const parent = scope.messagePath;
  scope.messagePath = parent === '' ? String(position) : `${parent}.${position}`;
  const json = readMessage(bytes, scope);
  scope.messagePath = parent;
  return json;
}

function typedJson(registration: Registration, body: Uint8Array, group: Group, scope: Scope): string {
  if (registration.group !== group) throw aminoError(scope, `a registered ${group}`, registration.name);
  scope.depth++;
  const reader = new WireReader(body);
  const json = readBody(reader, registration.body, scope);
  scope.depth--;
  return `{"type":"${registration.name}","value":${json}}`;
}

function readBody(reader: WireReader, body: Kind, scope: Scope): string {
  if (typeof body === 'object' && 'fields' in body) return readStruct(reader, body.fields, scope);
  if (typeof body !== 'object' || !('bytes' in body))
    throw new TypeError('bodies are structs or byte arrays');
  const bytes = reader.bytes();
  if (bytes.length !== body.bytes) throw aminoError(scope, `${body.bytes} bytes`, String(bytes.length));
  if (!reader.done) throw aminoError(scope, 'the end', `${reader.end - reader.pos} more bytes`);
  return `"${toBase64(bytes)}"`;
}

/** The registered type by the bytes' prefix (with disambiguation when they start with 00), and what follows. */
function lookUp(
  bytes: Uint8Array,
  scope: Scope,
): { readonly prefix: string; readonly registration: Registration | undefined; readonly body: Uint8Array } {
  const length = bytes[0] === 0 ? 8 : 4;
  if (bytes.length < length) throw aminoError(scope, `a prefix of ${length} bytes`, String(bytes.length));
  const prefix = toHex(bytes.subarray(0, length)).toUpperCase();
  return { prefix, registration: scope.registry.types.get(prefix), body: bytes.subarray(length) };
}

const withoutType = (json: string, registration: Registration): string =>
  json.slice(`{"type":"${registration.name}","value":`.length, -1);

/** JSON of a field that is not there: its Go zero value. */
function absent(field: Field, scope: Scope): string {
  if (field.signs) noteSigner(scope, new Uint8Array());
  return field.pointer ? 'null' : zero(field.kind, scope);
}

function zero(kind: Kind, scope: Scope): string {
  if (typeof kind === 'string') return SCALARS[kind].absent;
  if ('each' in kind) return kind.absent;
  return 'fields' in kind ? readStruct(new WireReader(new Uint8Array()), kind.fields, scope) : 'null';
}

/** Go's zero value of a field with `omitempty`. An absent time is 1970 and not zero. */
const isZero = (kind: Kind, json: string): boolean =>
  json === (kind === 'time' ? GO_ZERO_TIME : typeof kind === 'string' ? SCALARS[kind].absent : undefined);

const noteSigner = (scope: Scope, address: Uint8Array): void => {
  if (scope.messagePath === '') scope.signers.push(address);
};

function checkWire(kind: Kind, key: number, scope: Scope): void {
  const wire = typeof kind === 'string' ? SCALARS[kind].wire : BYTES;
  if ((key & 7) !== wire) throw aminoError(scope, `wire type ${wire}`, `type ${key & 7}`);
}

function skipUnknown(reader: WireReader, key: number, scope: Scope): void {
  if (key === 0) return;
  scope.understood = false;
  reader.skip(key);
  while (!reader.done) reader.skip(reader.key());
}
