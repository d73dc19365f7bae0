import { WireReader } from '@baleen/codec';
import { readInterface, readKind, readStruct } from '../amino/read-value.ts';
import type { Registry } from '../amino/registry.ts';
import { SCALARS } from '../amino/scalars.ts';
import type { Field, Group, ScalarKind } from '../amino/schema.ts';
import { newScope, type Scope, withPath } from '../amino/scope.ts';
import { misfit } from './errors.ts';
import type { Json, StateValue } from './json-fields.ts';
import type { ReadValue } from './layout.ts';

/** Readers of amino values with one era's registered names. */
export interface AminoValues {
  /** Length and struct. */
  readonly struct: (...fields: readonly Field[]) => ReadValue;
  /** A struct without its length. */
  readonly bareStruct: (...fields: readonly Field[]) => ReadValue;
  /** Length and a scalar. */
  readonly scalar: (kind: ScalarKind) => ReadValue;
  /** Length, prefix and a registered type of the group: `{"type","value"}`. */
  readonly registered: (group: Group) => ReadValue;
  /** The same without its length. */
  readonly bareRegistered: (group: Group) => ReadValue;
}

export function aminoValues(registry: Registry): AminoValues {
  const reading =
    (read: (reader: WireReader, scope: Scope) => string): ReadValue =>
    (bytes, prefix) =>
      readWhole(bytes, newScope(registry, prefix, false), read);
  const bare = (group: Group) => (reader: WireReader, scope: Scope) => {
    const bytes = reader.buffer.subarray(reader.pos, reader.end);
    reader.pos = reader.end;
    return readInterface(bytes, group, scope);
  };
  return {
    struct: (...fields) => reading((reader, scope) => readKind(reader, { fields }, scope, 0)),
    bareStruct: (...fields) => reading((reader, scope) => readStruct(reader, fields, scope)),
    scalar: (kind) => reading((reader, scope) => readScalar(reader.message(), kind, scope)),
    registered: (group) => reading((reader, scope) => readInterface(reader.bytes(), group, scope)),
    bareRegistered: (group) => reading(bare(group)),
  };
}

function readWhole(
  bytes: Uint8Array,
  scope: Scope,
  read: (reader: WireReader, scope: Scope) => string,
): StateValue {
  const reader = new WireReader(bytes);
  const json = withPath(scope, () => read(reader, scope));
  if (!reader.done) throw misfit("the value's end", `${reader.end - reader.pos} more bytes`);
  if (!scope.understood || json === 'null') throw misfit('types and fields that are known', 'others');
  return { json, data: JSON.parse(json) as Json };
}

/** A scalar within its length. */
function readScalar(inner: WireReader, kind: ScalarKind, scope: Scope): string {
  const json = SCALARS[kind].read(inner, scope);
  if (!inner.done) throw misfit("the value's end", `${inner.end - inner.pos} more bytes`);
  return json;
}
