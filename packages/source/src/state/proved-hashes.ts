import { shownText } from '@baleen/chain';
import { BYTES, WireReader } from '@baleen/codec';
import type { LevelDb } from '@baleen/leveldb';
import { inContext } from '../errors.ts';
import { asciiKey, getMeta } from '../leveldb/block-store.ts';

/** The app hash after a block, as the node's consensus knows it, and where it says so. */
export interface KnownAppHash {
  readonly hash: Uint8Array;
  /** Chain that the hash is of. */
  readonly chainId: string;
  /** `header 307 of /node/data/blockstore.db`. */
  readonly from: string;
}

/** Where a BlockMeta keeps its header, told by the key of the meta's second field, and the app hash in that header
 * (tm types/block.go, types/block_meta.go 0.32.14, 0.33.9, 0.34.24). */
const HEADERS = [
  { versions: '0.31, 0.32', secondField: 0x12, header: 0x12, appHash: 0x6a },
  { versions: '0.33 and later', secondField: 0x10, header: 0x1a, appHash: 0x5a },
] as const;

/** Chain id is field 2 of a header in all of them. */
const CHAIN_ID = 0x12;

/** App hash after block `height`: the header of the block above has it, and until there is one, the state.
 *
 * undefined: neither has it (blocks pruned, or the node was stopped between the application's commit and its own). */
export function knownAppHash(
  height: number,
  blocks: LevelDb | undefined,
  state: LevelDb | undefined,
): KnownAppHash | undefined {
  return (
    (blocks === undefined ? undefined : fromHeader(blocks, height + 1)) ??
    (state === undefined ? undefined : fromState(state, height))
  );
}

function fromHeader(blocks: LevelDb, height: number): KnownAppHash | undefined {
  const meta = getMeta(blocks, height);
  if (meta === undefined) return undefined;
  return inContext(`read key H:${height} of ${blocks.path}`, () => {
    const place = HEADERS.find(({ secondField }) => secondField === secondFieldOf(meta));
    if (place === undefined) throw new WireReader(meta).error('a BlockMeta', 'another message');
    const header = new WireReader(fieldOf(new WireReader(meta), place.header));
    const found = readFields(header, [CHAIN_ID, place.appHash]);
    return {
      chainId: shownText(Buffer.from(found.get(CHAIN_ID) ?? []).toString('utf8')),
      hash: found.get(place.appHash) ?? new Uint8Array(0),
      from: `header ${height} of ${blocks.path}`,
    };
  });
}

/** State{ChainID f2, LastBlockHeight f3, …, AppHash f13}; in 0.31 and 0.32 it is f14, a number in 0.34 (initial_height). */
function fromState(state: LevelDb, height: number): KnownAppHash | undefined {
  const value = state.get(asciiKey('stateKey'));
  if (value === undefined) return undefined;
  return inContext(`read key stateKey of ${state.path}`, () => {
    const reader = new WireReader(value);
    const found = { chainId: '', height: 0, hash: new Uint8Array(0) as Uint8Array };
    while (!reader.done) {
      const key = reader.key();
      if (key === CHAIN_ID) found.chainId = shownText(reader.text());
      else if (key === 0x18) found.height = reader.int();
      else if (key === 0x6a || key === 0x70 + BYTES) found.hash = reader.bytes().slice();
      else reader.skip(key);
    }
    if (found.height !== height) return undefined;
    return { hash: found.hash, chainId: found.chainId, from: `the state of ${state.path}` };
  });
}

function secondFieldOf(meta: Uint8Array): number {
  const reader = new WireReader(meta);
  reader.skip(reader.key());
  return reader.key();
}

function fieldOf(reader: WireReader, wanted: number): Uint8Array {
  const found = readFields(reader, [wanted]).get(wanted);
  if (found === undefined) throw reader.error(`field ${wanted >>> 3}`, 'none');
  return found;
}

/** Copies of the length-delimited fields of these keys. */
function readFields(reader: WireReader, wanted: readonly number[]): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  while (!reader.done) {
    const key = reader.key();
    if (wanted.includes(key)) found.set(key, reader.bytes().slice());
    else reader.skip(key);
  }
  return found;
}
