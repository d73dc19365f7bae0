import { BaleenError, shownText } from '@baleen/chain';
import { encodeUvarint, merkleRoot, sha256, WireReader, WireWriter } from '@baleen/codec';
import { corrupt } from './errors.ts';

/** What a multistore committed as one version. */
export interface CommitInfo {
  /** The multistore's version: the height of the block. */
  readonly version: number;
  /** The format in which this commit info is stored. */
  readonly format: CommitFormatName;
  /** The committed stores in order of their names, which are compared byte by byte. */
  readonly stores: readonly StoreCommit[];
}

export interface StoreCommit {
  readonly name: string;
  /** The store's own version. It is lower than the multistore's if the store was added later, since it then counts from 1. */
  readonly version: number;
  /** Root hash of the store's tree. It is empty for a memory store, and for a tree without leaves up to SDK 0.39. */
  readonly hash: Uint8Array;
}

export type CommitFormatName = 'amino' | 'proto';

interface CommitFormat {
  readonly name: CommitFormatName;
  /** Versions of the SDK that write this format, for messages. */
  readonly sdk: string;
  /** Returns true if a value of the key `s/<version>` is in this format. */
  readonly isOne: (value: Uint8Array) => boolean;
  /** Returns a reader over the message inside the value. */
  readonly body: (reader: WireReader) => WireReader;
  /** Field keys of the messages that enclose a store's CommitID, outermost first. */
  readonly commitIdPath: readonly number[];
  /** Returns the value that the app hash's Merkle tree has for a store's hash. */
  readonly leafValue: (hash: Uint8Array) => Uint8Array;
  /** The root hash that a commit info of this format has for a store whose tree has no leaves. */
  readonly emptyTree: Uint8Array;
}

const NO_BYTES: Uint8Array = new Uint8Array(0);

/** First byte of a commit info in protobuf: the key of field 1, version. In amino the first byte is the length, which is never 8: that
 * would leave six bytes for the stores, and one store takes more. */
const VERSION_KEY = 0x08;
const STORE_KEY = 0x12;
const NAME_KEY = 0x0a;
const INNER_KEY = 0x12;
const ID_KEY = 0x0a;

/** The formats of commit infos (sdk store/rootmulti/store.go 0.37.14, 0.39.3, 0.45.4, 0.47.5; store/types/commit_info.go 0.45.4).
 *
 *     amino  = uvarint length · {Version f1, StoreInfos f2 {Name f1, Core f2 {CommitID f1 {Version f1, Hash f2}}}}
 *     proto  = {version f1, store_infos f2 {name f1, commit_id f2 {version f1, hash f2}}, timestamp f3 from 0.47}
 *
 * Transient stores are in neither format. SDK 0.40 to 0.46 also write memory stores, with an empty hash. */
const FORMATS: readonly CommitFormat[] = [
  {
    name: 'proto',
    sdk: '0.40 and later',
    isOne: (value) => value[0] === VERSION_KEY,
    body: (reader) => reader,
    commitIdPath: [INNER_KEY],
    leafValue: (hash) => hash,
    emptyTree: sha256(NO_BYTES),
  },
  {
    name: 'amino',
    sdk: '0.37 to 0.39',
    isOne: () => true,
    body: (reader) => reader.message(),
    commitIdPath: [INNER_KEY, ID_KEY],
    // SDK's storeInfo.Hash hashes the store's hash, and the Merkle map hashes it again.
    leafValue: sha256,
    emptyTree: NO_BYTES,
  },
];

const formatOf = (name: CommitFormatName): CommitFormat => FORMATS.find((format) => format.name === name)!;

/** Reads the value of the key `s/<version>`.
 * @throws BaleenError `IAVL_CORRUPT` */
export function decodeCommitInfo(value: Uint8Array, version: number, context: string): CommitInfo {
  const format = FORMATS.find(({ isOne }) => isOne(value))!;
  try {
    const whole = new WireReader(value);
    const reader = format.body(whole);
    const info = readCommitInfo(reader, format);
    if (format.name === 'amino' && !whole.done) throw whole.error('the end', 'more bytes');
    if (info.version !== version) throw reader.error(`version ${version}`, `version ${info.version}`);
    return info;
  } catch (error) {
    if (!(error instanceof BaleenError)) throw error;
    throw corrupt(context, `a commit info of SDK ${format.sdk}`, error.message, error);
  }
}

function readCommitInfo(reader: WireReader, format: CommitFormat): CommitInfo {
  let version = 0;
  const stores: StoreCommit[] = [];
  while (!reader.done) {
    const key = reader.key();
    if (key === VERSION_KEY) version = reader.int();
    else if (key === STORE_KEY) stores.push(readStore(reader.message(), format));
    else reader.skip(key);
  }
  // The SDK wrote the stores in the random order of a Go map.
  stores.sort((left, right) => Buffer.compare(Buffer.from(left.name), Buffer.from(right.name)));
  return { version, format: format.name, stores };
}

function readStore(reader: WireReader, format: CommitFormat): StoreCommit {
  let name = '';
  let id = { version: 0, hash: NO_BYTES };
  while (!reader.done) {
    const key = reader.key();
    if (key === NAME_KEY) name = shownText(reader.text());
    else if (key === INNER_KEY) id = readCommitId(reader.message(), format.commitIdPath.slice(1));
    else reader.skip(key);
  }
  if (name === '') throw reader.error('a name of a store', 'none');
  return { name, ...id };
}

function readCommitId(
  reader: WireReader,
  within: readonly number[],
): { version: number; hash: Uint8Array<ArrayBufferLike> } {
  const id = { version: 0, hash: NO_BYTES };
  const [next, ...rest] = within;
  while (!reader.done) {
    const key = reader.key();
    if (next !== undefined && key === next) return readCommitId(reader.message(), rest);
    if (next === undefined && key === 0x08) id.version = reader.int();
    else if (next === undefined && key === 0x12) id.hash = reader.bytes().slice();
    else reader.skip(key);
  }
  if (id.hash.length !== 0 && id.hash.length !== 32)
    throw reader.error('a hash of 32 bytes or none', `${id.hash.length} bytes`);
  return id;
}

/** Computes the app hash of a version, 32 bytes, which the header of the next block contains. It is the root of a Merkle tree over the
 * stores in order of their names, with the leaves `uvarint length · name · 20 · sha256(value)`. The value depends on the format
 * (`leafValue`). */
export function appHashOf({ format, stores }: CommitInfo): Uint8Array {
  const { leafValue } = formatOf(format);
  const leaves = stores.map(({ name, hash }) => {
    const key = Buffer.from(name);
    const value = sha256(leafValue(hash));
    return new WireWriter()
      .raw(encodeUvarint(key.length))
      .raw(key)
      .rawVarint(value.length)
      .raw(value)
      .finish();
  });
  return merkleRoot(leaves) ?? NO_BYTES;
}

/** Returns the root hash that a commit info of this format has for a tree without leaves. */
export const emptyTreeHash = (format: CommitFormatName): Uint8Array => formatOf(format).emptyTree;

/** Reads the value of the key `s/latest`, the newest version: an amino int64 after its length, or a protobuf Int64Value.
 * @throws BaleenError `IAVL_CORRUPT` */
export function decodeLatest(value: Uint8Array, context: string): number {
  try {
    const reader = new WireReader(value);
    const latest = readLatest(reader);
    if (!reader.done || latest < 0) throw reader.error('one version', `${latest} and more bytes`);
    return latest;
  } catch (error) {
    if (!(error instanceof BaleenError)) throw error;
    throw corrupt(context, 'a version', error.message, error);
  }
}

/** Reads the version, which comes after its length (amino) or after its field key (protobuf).
 *
 * The field key is the byte 08. No length is 8, since a varint of eight bytes would be a version of 2^49 or more. */
function readLatest(reader: WireReader): number {
  // Protobuf leaves out the field if the version is 0.
  if (reader.done) return 0;
  const first = reader.uint();
  const left = reader.end - reader.pos;
  if (first !== VERSION_KEY && first !== left) throw reader.error(`${first} bytes`, `${left}`);
  return reader.int();
}
