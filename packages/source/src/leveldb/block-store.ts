import { WireReader } from '@baleen/codec';
import { decodeMetaOfAny } from '@baleen/decode/consensus';
import type { LevelDb } from '@baleen/leveldb';
import { dataError, inContext } from '../errors.ts';

/** Decoded value of the key `blockStore`. */
export interface BlockStoreState {
  /** amino-JSON until Tendermint 0.33, protobuf from 0.34. */
  readonly encoding: 'amino' | 'proto';
  /** Lowest height held; 1 where the node wrote none (before 0.33.4). */
  readonly base: number;
  /** Highest height held; 0: no block yet. */
  readonly height: number;
}

/** The part of a BlockMeta that reading needs. The rest is the decoder's. */
export interface BlockEnvelope {
  readonly hash: Uint8Array;
  readonly partsTotal: number;
  readonly chainId: string;
  readonly height: number;
  /** Empty in a chain's first block. */
  readonly parentHash: Uint8Array;
}

const NO_BYTES: Uint8Array = new Uint8Array(0);

export const asciiKey = (key: string): Uint8Array => Buffer.from(key, 'latin1');

/** Reads the lowest and highest height of a block store; undefined if the key `blockStore` is missing, as before the node's first block. */
export function readBlockStoreState(db: LevelDb): BlockStoreState | undefined {
  const value = db.get(asciiKey('blockStore'));
  if (value === undefined) return undefined;
  const context = `read key blockStore of ${db.path}`;
  const { base, height, encoding } =
    value[0] === 0x7b
      ? { ...fromJson(value, context), encoding: 'amino' as const }
      : inContext(context, () => fromProto(value));
  if (!Number.isSafeInteger(base) || !Number.isSafeInteger(height) || base < 0 || height < 0 || base > height)
    throw dataError(
      'SOURCE_CORRUPT',
      `${context}: expected 0 <= base <= height, found ${base} and ${height}`,
    );
  return { encoding, height, base: base === 0 && height > 0 ? 1 : base };
}

/** Reads the BlockMeta of a height; undefined if there is none. */
export const getMeta = (db: LevelDb, height: number): Uint8Array | undefined =>
  db.get(asciiKey(`H:${height}`));

/** Reads the data of a block's parts.
 * @throws BaleenError `SOURCE_MISSING` naming the key that is not there */
export function getParts(db: LevelDb, height: number, partsTotal: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let index = 0; index < partsTotal; index++) {
    const key = `P:${height}:${index}`;
    const part = db.get(asciiKey(key));
    if (part === undefined) throw missingKey(db, key, `part ${index} of ${partsTotal}`);
    parts.push(inContext(`read key ${key} of ${db.path}`, () => decodePart(part, index)));
  }
  return parts;
}

/** Whether meta and all parts are there; reads no part's data. */
export function isWhole(db: LevelDb, height: number): boolean {
  const meta = getMeta(db, height);
  if (meta === undefined) return false;
  const { partsTotal } = readEnvelope(meta, `read key H:${height} of ${db.path}`);
  for (let index = 0; index < partsTotal; index++)
    if (db.get(asciiKey(`P:${height}:${index}`)) === undefined) return false;
  return true;
}

export const missingKey = (db: LevelDb, key: string, what: string): Error =>
  dataError(
    'SOURCE_MISSING',
    `read ${db.path}: expected key ${key} (${what}), found none; the database is incomplete, index another copy or leave the height out`,
  );

/** @throws BaleenError data, with `context` */
export function readEnvelope(meta: Uint8Array, context: string): BlockEnvelope {
  return inContext(context, () => {
    const { id, header } = decodeMetaOfAny(meta);
    if (id.hash.length !== 32 || id.partsTotal < 1)
      throw dataError(
        'SOURCE_CORRUPT',
        `expected a block hash of 32 bytes and at least one part, found ${id.hash.length} bytes, ${id.partsTotal} parts`,
      );
    return {
      hash: id.hash,
      partsTotal: id.partsTotal,
      chainId: header.chainId,
      height: header.height,
      parentHash: header.lastBlockId.hash,
    };
  });
}

/** Meta of a height that must be there, and what reading needs of it.
 * @throws BaleenError `SOURCE_MISSING`, `SOURCE_CORRUPT` */
export function envelopeAt(blocks: LevelDb, height: number): { meta: Uint8Array; envelope: BlockEnvelope } {
  const meta = getMeta(blocks, height);
  if (meta === undefined) throw missingKey(blocks, `H:${height}`, 'BlockMeta');
  const context = `read key H:${height} of ${blocks.path}`;
  const envelope = readEnvelope(meta, context);
  if (envelope.height !== height)
    throw dataError(
      'SOURCE_CORRUPT',
      `${context}: expected the header of ${height}, found that of ${envelope.height}`,
    );
  return { meta, envelope };
}

/** Part{Index f1, Bytes f2, Proof f3}, alike in amino and protobuf. */
function decodePart(value: Uint8Array, expectedIndex: number): Uint8Array {
  const reader = new WireReader(value);
  let index = 0;
  let bytes = NO_BYTES;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x08) index = reader.int();
    else if (key === 0x12) bytes = reader.bytes();
    else reader.skip(key);
  }
  if (index !== expectedIndex) throw reader.error(`part ${expectedIndex}`, `part ${index}`);
  return bytes;
}

function fromJson(value: Uint8Array, context: string): { base: number; height: number } {
  const text = Buffer.from(value).toString('utf8');
  try {
    const state = JSON.parse(text) as { base?: unknown; height?: unknown };
    return { base: Number(state.base ?? 0), height: Number(state.height ?? 0) };
  } catch {
    throw dataError('SOURCE_CORRUPT', `${context}: expected JSON, found '${text.slice(0, 80)}'`);
  }
}

function fromProto(value: Uint8Array): { base: number; height: number; encoding: 'proto' } {
  const reader = new WireReader(value);
  let base = 0;
  let height = 0;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x08) base = reader.int();
    else if (key === 0x10) height = reader.int();
    else throw reader.error('base (field 1) or height (field 2)', `field ${key >>> 3}`);
  }
  return { base, height, encoding: 'proto' };
}
