import { decodeMetaOfAny } from '@baleen/decode/consensus';
import type { LevelDb } from '@baleen/leveldb';
import { inContext } from '../errors.ts';
import { getMeta } from '../leveldb/block-store.ts';
import { readState } from '../leveldb/state-store.ts';

/** The app hash after a block, as the node's consensus knows it, and where it says so. */
export interface KnownAppHash {
  readonly hash: Uint8Array;
  /** Chain that the hash is of. */
  readonly chainId: string;
  /** `header 307 of /node/data/blockstore.db`. */
  readonly from: string;
}

/** App hash after block `height`: the header of the block above has it, and until there is one, the state.
 *
 * Returns undefined if neither has it: blocks were pruned, or the node was stopped between the application's commit and its own. */
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
    const { appHash, chainId } = decodeMetaOfAny(meta).header;
    return { chainId, hash: appHash.slice(), from: `header ${height} of ${blocks.path}` };
  });
}

function fromState(state: LevelDb, height: number): KnownAppHash | undefined {
  const found = readState(state);
  if (found?.height !== height) return undefined;
  return { hash: found.appHash.slice(), chainId: found.chainId, from: `the state of ${state.path}` };
}
