import { compareBytes, uint32At } from '../blocks/bytes.ts';
import { decodeHandle } from '../blocks/handle.ts';
import type { Kinds } from '../blocks/kinds.ts';
import { corruptAt, type Fail, hex32 } from '../errors.ts';
import type { ReadBlock, TableHead } from '../format.ts';
import type { ReadOnlyFile } from '../read-only-file.ts';
import { kindsOfVersion, PEBBLE_KINDS } from './kinds.ts';
import { readPairs } from './pairs.ts';

const FOOTER_BYTES = 53;
const MAGIC_BYTES = 8;
/** RocksDB's magic, then Pebble's own (two cockroaches in UTF-8), as they stand in the file. */
const ROCKSDB = Uint8Array.from([0xf7, 0xcf, 0xf4, 0x85, 0xb7, 0x41, 0xe2, 0x88]);
const PEBBLE = Uint8Array.from([0xf0, 0x9f, 0xaa, 0xb3, 0xf0, 0x9f, 0xaa, 0xb3]);
const ROCKSDB_VERSIONS = [2];
const PEBBLE_VERSIONS = [1, 2, 3, 4];
const CRC32C = 1;

const COMPARATOR = 'leveldb.BytewiseComparator';
const ONE_LEVEL = 0;
const TWO_LEVELS = 2;
/** Blocks that change what the data blocks say. Filters do not. */
const REFUSED_BLOCKS: Readonly<Record<string, string>> = {
  'rocksdb.range_del': 'range deletions',
  'rocksdb.range_del2': 'range deletions',
  'pebble.range_key': 'range keys',
  'pebble.value_index': 'values in blocks of their own',
};

/** Finds the index of a table: RocksDB's version 2, as Pebble writes it for `format_major_version` 1 to 4, or Pebble's versions 1 to 4
 * for those up to 16. Values in blocks of their own, an option that nodes leave off, are refused.
 *
 *     footer    = checksum type (1) · handle of the metaindex · handle of the index · zeros to 41 bytes · version (4) · magic (8)
 *     metaindex = block of: name of a block -> its handle; `rocksdb.properties` is one
 *
 * (cockroachdb/pebble sstable/table.go; facebook/rocksdb table/format.cc.)
 *
 * @throws BaleenError  `LEVELDB_CORRUPT`; `LEVELDB_UNSUPPORTED`: a newer table, another checksum, range deletions or range keys */
export function readHead(file: ReadOnlyFile, read: ReadBlock): TableHead {
  const { metaindex, index, kinds } = readFooter(file);
  const failAt = (offset: number, what: string): Fail =>
    corruptAt('table', file.path, `${what} at ${offset}`);
  const blocks = readPairs(read(metaindex, 'metaindex'), failAt(metaindex.offset, 'metaindex'));
  for (const name of blocks.keys())
    if (REFUSED_BLOCKS[name] !== undefined)
      throw failAt(metaindex.offset, 'metaindex')(
        'data blocks alone',
        `${name} (${REFUSED_BLOCKS[name]})`,
        'LEVELDB_UNSUPPORTED',
      );
  const properties = blocks.get('rocksdb.properties');
  if (properties === undefined)
    throw failAt(metaindex.offset, 'metaindex')('a block rocksdb.properties', [...blocks.keys()].join(', '));
  const { handle } = decodeHandle(properties, 0, failAt(metaindex.offset, 'metaindex'));
  const fail = failAt(handle.offset, 'properties');
  return { index, kinds, levels: levelsOf(readPairs(read(handle, 'properties'), fail), fail) };
}

function readFooter(file: ReadOnlyFile) {
  const offset = file.size - FOOTER_BYTES;
  if (offset < 0)
    throw corruptAt('table', file.path, 'whole file from 0')(`${FOOTER_BYTES} bytes or more`, `${file.size}`);
  const fail = corruptAt('table', file.path, `footer at ${offset}`);
  const footer = new Uint8Array(FOOTER_BYTES);
  file.read(footer, FOOTER_BYTES, offset);
  const kinds = kindsOf(footer, fail);
  if (footer[0] !== CRC32C)
    throw fail(`checksum type ${CRC32C} (crc32c)`, hex32(footer[0]!), 'LEVELDB_UNSUPPORTED');
  const metaindex = decodeHandle(footer, 1, fail);
  return { kinds, metaindex: metaindex.handle, index: decodeHandle(footer, metaindex.end, fail).handle };
}

/** Kinds of a table's entries, by its version. Pebble's versions 1 and 2 differ from RocksDB's 2 only in what stands behind the handles
 * of an index, which is not needed. */
function kindsOf(footer: Uint8Array, fail: Fail): Kinds {
  const magic = footer.subarray(FOOTER_BYTES - MAGIC_BYTES);
  const version = uint32At(footer, FOOTER_BYTES - MAGIC_BYTES - 4);
  const isPebble = compareBytes(magic, PEBBLE) === 0;
  if (!isPebble && compareBytes(magic, ROCKSDB) !== 0)
    throw fail(`magic ${Buffer.from(ROCKSDB).toString('hex')}`, Buffer.from(magic).toString('hex'));
  const known = isPebble ? PEBBLE_VERSIONS : ROCKSDB_VERSIONS;
  if (!known.includes(version))
    throw fail(
      `a table of RocksDB's version ${ROCKSDB_VERSIONS} or Pebble's ${PEBBLE_VERSIONS.join(' or ')}`,
      `${isPebble ? "Pebble's" : "RocksDB's"} ${version}`,
      'LEVELDB_UNSUPPORTED',
    );
  return isPebble ? kindsOfVersion(version) : PEBBLE_KINDS;
}

function levelsOf(properties: ReadonlyMap<string, Uint8Array>, fail: Fail): 1 | 2 {
  const comparator = Buffer.from(properties.get('rocksdb.comparator') ?? COMPARATOR).toString();
  if (comparator !== COMPARATOR)
    throw fail(`comparator ${COMPARATOR}`, `'${comparator.slice(0, 100)}'`, 'LEVELDB_UNSUPPORTED');
  const type = properties.get('rocksdb.block.based.table.index.type');
  if (type === undefined || type.length !== 4)
    throw fail('an index type of 4 bytes', `${type?.length ?? 'none'}`);
  const index = uint32At(type, 0);
  if (index !== ONE_LEVEL && index !== TWO_LEVELS)
    throw fail(`index type ${ONE_LEVEL} or ${TWO_LEVELS}`, `${index}`, 'LEVELDB_UNSUPPORTED');
  return index === TWO_LEVELS ? 2 : 1;
}
