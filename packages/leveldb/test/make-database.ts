import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { crc32c, maskCrc } from '../src/blocks/crc32c.ts';
import type { KeyRange, KeyValueReader } from '../src/index.ts';

export type Level = ClassicLevel<Uint8Array, Uint8Array>;
export type Pair = readonly [key: string, value: string];

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');

/** A directory that is removed when the test's `using` scope ends. */
export function temporaryDirectory(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'baleen-leveldb-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Opens `path` with Google's LevelDB, which replays old logs into tables, runs `write`, and closes it. */
export async function writeWith(
  path: string,
  options: { compression?: boolean; writeBufferSize?: number; maxFileSize?: number },
  write: (level: Level) => Promise<unknown>,
): Promise<void> {
  const level: Level = new ClassicLevel(path, { keyEncoding: 'view', valueEncoding: 'view', ...options });
  await level.open();
  try {
    await write(level);
  } finally {
    await level.close();
  }
}

/** A pseudo-random, half compressible value that depends on `seed` alone. */
export function sampleValue(seed: number, length: number): Uint8Array {
  const value = new Uint8Array(length);
  let state = seed * 2654435761 + 1;
  for (let index = 0; index < length; index += 2) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    value[index] = state >>> 24;
  }
  return value;
}

export const read = (db: KeyValueReader, range: KeyRange = {}): Pair[] =>
  Array.from(db.entries(range), ([key, value]) => [hex(key), hex(value)] as const);

export async function readWith(level: Level, range: KeyRange = {}): Promise<Pair[]> {
  const entries = await level.iterator({ ...range }).all();
  return entries.map(([key, value]) => [hex(key), hex(value)] as const);
}

/** Names of the files of a directory that end so, in order. */
export const filesEndingWith = (path: string, end: string): string[] =>
  readdirSync(path)
    .filter((name) => name.endsWith(end))
    .sort();

/** Records as a log writer would write them at the start of a file, and where each begins.
 *
 * @param number  Pebble's fragments carry it: the log's number */
export function encodeRecords(
  records: readonly Uint8Array[],
  number?: number,
): {
  readonly log: Uint8Array;
  readonly offsets: number[];
} {
  const parts: Uint8Array[] = [];
  const offsets: number[] = [];
  let length = 0;
  const add = (part: Uint8Array): void => {
    parts.push(part);
    length += part.length;
  };
  const header = number === undefined ? 7 : 11;
  for (const record of records) {
    let pos = 0;
    let first = true;
    do {
      const room = 32768 - (length % 32768);
      if (room < header) add(new Uint8Array(room));
      const space = 32768 - (length % 32768) - header;
      const piece = record.subarray(pos, pos + space);
      pos += piece.length;
      if (first) offsets.push(length);
      const last = pos === record.length;
      add(encodeFragment(first ? (last ? 1 : 2) : last ? 4 : 3, piece, number));
      first = false;
    } while (pos < record.length);
  }
  return { log: Uint8Array.from(Buffer.concat(parts)), offsets };
}

/** @param type  1 to 4; one with a number becomes 5 to 8 */
export function encodeFragment(type: number, payload: Uint8Array, number?: number): Uint8Array {
  const header = number === undefined ? 7 : 11;
  const fragment = new Uint8Array(header + payload.length);
  const view = new DataView(fragment.buffer);
  fragment[6] = number === undefined ? type : type + 4;
  if (number !== undefined) view.setUint32(7, number, true);
  fragment.set(payload, header);
  view.setUint16(4, payload.length, true);
  view.setUint32(0, maskCrc(crc32c(fragment, 6)), true);
  return fragment;
}

/** A write batch of puts (and deletions, where the value is undefined). Lengths below 2^21. */
export function encodeBatch(
  sequence: number,
  changes: readonly (readonly [key: Uint8Array, value: Uint8Array | undefined])[],
): Uint8Array {
  const header = Buffer.alloc(12);
  header.writeBigUInt64LE(BigInt(sequence));
  header.writeUInt32LE(changes.length, 8);
  const size = ({ length }: Uint8Array) => [(length & 127) | 128, ((length >> 7) & 127) | 128, length >> 14];
  const parts = changes.flatMap(([key, value]) =>
    value === undefined ? [[0, ...size(key)], key] : [[1, ...size(key)], key, size(value), value],
  );
  return Uint8Array.from(Buffer.concat([header, ...parts.map((part) => Uint8Array.from(part))]));
}
