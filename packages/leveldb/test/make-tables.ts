import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32c, maskCrc } from '../src/blocks/crc32c.ts';
import { bytes, encodeRecords } from './make-database.ts';

/** Number of entries in each table. It is small, so that a directory of many tables takes little disk space. */
export const ENTRIES = 4;
/** Number of tables that one version edit names. */
const TABLES_PER_EDIT = 1000;

/** Returns the key of entry `at` of table `index`: `key/` and a number of eight digits that ascends over all tables. */
export const tableKey = (index: number, at: number): Uint8Array =>
  bytes(`key/${String(index * ENTRIES + at).padStart(8, '0')}`);

/** Writes a goleveldb directory with an empty log and with `count` tables in levels 1 and 2, as an archive node has them. The value of each
 * key is `value of <key>`. */
export function writeManyTables(path: string, count: number): void {
  mkdirSync(path, { recursive: true });
  const edits = [startEdit(count)];
  for (let first = 0; first < count; first += TABLES_PER_EDIT) {
    const fields: Uint8Array[] = [];
    for (let index = first; index < Math.min(first + TABLES_PER_EDIT, count); index++) {
      const table = encodeTable(index);
      writeFileSync(join(path, `${String(numberOf(index)).padStart(6, '0')}.ldb`), table);
      fields.push(newTable(index, table.length));
    }
    edits.push(Buffer.concat(fields));
  }
  writeFileSync(join(path, 'MANIFEST-000001'), encodeRecords(edits).log);
  writeFileSync(join(path, 'CURRENT'), 'MANIFEST-000001\n');
  writeFileSync(join(path, '000002.log'), '');
}

const numberOf = (index: number): number => index + 10;

function startEdit(count: number): Uint8Array {
  const comparator = bytes('leveldb.BytewiseComparator');
  const numbers = [2, 2, 3, count + 10, 4, count * ENTRIES].flatMap(uvarint);
  return Buffer.concat([Uint8Array.of(1, comparator.length), comparator, Uint8Array.from(numbers)]);
}

/** Returns the field of a version edit that adds table `index`: every third table to level 1, the others to level 2. */
function newTable(index: number, size: number): Uint8Array {
  const [smallest, largest] = [0, ENTRIES - 1].map((at) => internalKey(index, at)) as [
    Uint8Array,
    Uint8Array,
  ];
  const head = [7, index % 3 === 0 ? 1 : 2, ...uvarint(numberOf(index)), ...uvarint(size)];
  return Buffer.concat([
    Uint8Array.from([...head, smallest.length]),
    smallest,
    Uint8Array.of(largest.length),
    largest,
  ]);
}

function internalKey(index: number, at: number): Uint8Array {
  const trailer = Buffer.alloc(8);
  trailer.writeBigUInt64LE((BigInt(index * ENTRIES + at + 1) << 8n) | 1n);
  return Buffer.concat([tableKey(index, at), trailer]);
}

/** Encodes a table: a data block, an empty metaindex, an index and a footer, none of them compressed. */
function encodeTable(index: number): Uint8Array {
  const entries = Array.from({ length: ENTRIES }, (_, at): [Uint8Array, Uint8Array] => [
    internalKey(index, at),
    bytes(`value of ${Buffer.from(tableKey(index, at)).toString()}`),
  ]);
  const data = storedBlock(entries);
  const metaindex = storedBlock([]);
  const handle = (offset: number, stored: Uint8Array) => [...uvarint(offset), ...uvarint(stored.length - 5)];
  const dataHandle = Uint8Array.from(handle(0, data));
  const top = storedBlock([[internalKey(index, ENTRIES - 1), dataHandle]]);
  const footer = new Uint8Array(48);
  footer.set([...handle(data.length, metaindex), ...handle(data.length + metaindex.length, top)]);
  footer.set([0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb], 40);
  return Buffer.concat([data, metaindex, top, footer]);
}

/** Encodes a block with its trailer. Its keys share no prefixes: every entry is a restart. */
function storedBlock(entries: readonly [Uint8Array, Uint8Array][]): Uint8Array {
  const parts: Uint8Array[] = [];
  const restarts: number[] = [];
  let length = 0;
  for (const [key, value] of entries) {
    restarts.push(length);
    const entry = Buffer.concat([
      Uint8Array.of(0, ...uvarint(key.length), ...uvarint(value.length)),
      key,
      value,
    ]);
    parts.push(entry);
    length += entry.length;
  }
  if (restarts.length === 0) restarts.push(0);
  const block = Buffer.concat([
    ...parts,
    new Uint8Array(Uint32Array.from([...restarts, restarts.length]).buffer),
    Uint8Array.of(0),
  ]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(maskCrc(crc32c(block)));
  return Buffer.concat([block, checksum]);
}

function uvarint(value: number): number[] {
  const encoded: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) encoded.push((rest % 128) + 128);
  return [...encoded, rest];
}
