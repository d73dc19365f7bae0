import { fromBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { ReflectionClient } from './reflection-client.ts';

export interface FetchedDescriptors {
  /** A `google.protobuf.FileDescriptorSet`: each file behind those it imports, its bytes as the node gave them. */
  readonly set: Uint8Array;
  readonly files: number;
  readonly services: number;
  /** Type URLs that implement an interface of the SDK: messages, proposals, public keys and others. */
  readonly types: number;
  /** Symbols and imported files that the node named and did not have. */
  readonly missing: readonly string[];
}

interface File {
  readonly bytes: Uint8Array;
  readonly imports: readonly string[];
}

/** Asks a node for the files of all its services, of all types that implement an interface, and of what they import.
 * Most messages belong to no service: the SDK's own reflection names them. */
export async function fetchDescriptors(client: ReflectionClient): Promise<FetchedDescriptors> {
  const services = await client.services();
  const types = await client.implementations();
  const files = new Map<string, File>();
  const missing: string[] = [];
  for (const symbol of [...services, ...types.map(symbolOf)]) {
    const found = await client.filesOfSymbol(symbol);
    if (found === undefined) missing.push(symbol);
    else add(found, files);
  }
  await addImports(client, files, missing);
  const set = writeSet(files);
  return { set, files: files.size, services: services.length, types: types.length, missing };
}

const symbolOf = (typeUrl: string): string => typeUrl.slice(typeUrl.lastIndexOf('/') + 1);

function add(found: readonly Uint8Array[], files: Map<string, File>): void {
  for (const bytes of found) {
    const { name, dependency } = fromBinary(FileDescriptorProtoSchema, bytes);
    if (!files.has(name)) files.set(name, { bytes, imports: dependency });
  }
}

async function addImports(
  client: ReflectionClient,
  files: Map<string, File>,
  missing: string[],
): Promise<void> {
  // A Map hands out what is added during the loop, too.
  for (const { imports } of files.values())
    for (const name of imports) {
      if (files.has(name) || missing.includes(name)) continue;
      const found = await client.filesOfName(name);
      if (found === undefined) missing.push(name);
      else add(found, files);
    }
}

function writeSet(files: ReadonlyMap<string, File>): Uint8Array {
  const writer = new BinaryWriter();
  const written = new Set<string>();
  const write = (name: string): void => {
    const file = files.get(name);
    if (file === undefined || written.has(name)) return;
    written.add(name);
    for (const imported of file.imports) write(imported);
    writer.tag(1, WireType.LengthDelimited).bytes(file.bytes);
  };
  for (const name of files.keys()) write(name);
  return writer.finish();
}
