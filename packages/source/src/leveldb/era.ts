import type { BaleenError, EraName } from '@baleen/chain';
import { WireReader } from '@baleen/codec';
import type { LevelDb } from '@baleen/leveldb';
import { inContext, operatorError } from '../errors.ts';
import { asciiKey, type BlockStoreState, getMeta, missingKey } from './block-store.ts';
import type { StateSummary } from './state-store.ts';

/** What a node's databases say about the version that wrote them. */
export interface DetectedEra {
  readonly era: EraName;
  /** What is worth telling about it, in words. */
  readonly notes: readonly string[];
}

/** Versions that are told from what they alone write. Only the form that the newest blocks have counts: a node that was
 * upgraded still holds older ones.
 *
 * | sign | versions |
 * |---|---|
 * | `blockStore` is JSON, BlockMeta{BlockID, Header} | Tendermint 0.31, 0.32 |
 * | `blockStore` is JSON, BlockMeta{BlockID, BlockSize, Header, NumTxs} | Tendermint 0.33 |
 * | `blockStore` is protobuf | Tendermint 0.34 and later |
 * | ... and results with app_hash, `EC:`, params with field 5, or software 0.38 | CometBFT 0.38 |
 * | ... and a key `version` or `genesisDocHash` | CometBFT 1.x |
 *
 * CometBFT 0.37 stores blocks, results, validators and params in the very bytes of 0.34 (only its RPC and ABCI differ), so
 * nothing in them can tell the two apart, and both are read as `tendermint-0.34`.
 *
 * @throws BaleenError `SOURCE_ERA_UNSUPPORTED` naming the versions */
export function detectEra(
  blocks: LevelDb,
  store: BlockStoreState,
  state: LevelDb | undefined,
  summary: StateSummary | undefined,
): DetectedEra {
  const software = summary?.software ?? '';
  const layout = blocks.get(asciiKey('version')) ?? state?.get(asciiKey('version'));
  if (layout !== undefined)
    throw unsupported(
      blocks,
      `CometBFT 1.x (key layout '${Buffer.from(layout).toString('latin1')}')`,
      software,
    );
  if (store.encoding === 'amino') return detectAmino(blocks, store, software);
  if (state?.get(asciiKey('genesisDocHash')) !== undefined)
    throw unsupported(blocks, 'CometBFT 1.x', software);
  if (hasComet038(blocks, store, state) || isAtLeast(software, 0, 38))
    throw unsupported(blocks, 'CometBFT 0.38 or later', software);
  return { era: 'tendermint-0.34', notes: notesOfProto(state, software) };
}

function detectAmino(blocks: LevelDb, store: BlockStoreState, software: string): DetectedEra {
  const meta = [store.height, store.base]
    .map((height) => getMeta(blocks, height))
    .find((value) => value !== undefined);
  if (meta === undefined) throw missingKey(blocks, `H:${store.height}`, 'BlockMeta of the newest block');
  const second = inContext(`read key H:${store.height} of ${blocks.path}`, () => secondField(meta));
  if (second === 0x12) throw unsupported(blocks, 'Tendermint 0.31 or 0.32', software);
  return { era: 'tendermint-0.33', notes: [] };
}

function notesOfProto(state: LevelDb | undefined, software: string): string[] {
  if (state === undefined)
    return ['without state.db, Tendermint 0.34 and CometBFT 0.37, 0.38 look alike: read as 0.34'];
  return isAtLeast(software, 0, 37)
    ? [`the chain was begun by CometBFT ${software}, which stores blocks and results as Tendermint 0.34 does`]
    : [];
}

/** Key of the second field; amino and protobuf write a BlockMeta's fields in order. */
function secondField(meta: Uint8Array): number {
  const reader = new WireReader(meta);
  const first = reader.key();
  if (first !== 0x0a) throw reader.error('BlockID (field 1)', `field ${first >>> 3}`);
  reader.skip(first);
  return reader.key();
}

function hasComet038(blocks: LevelDb, store: BlockStoreState, state: LevelDb | undefined): boolean {
  const newest = [store.height, store.height - 1];
  if (newest.some((height) => blocks.get(asciiKey(`EC:${height}`)) !== undefined)) return true;
  if (state === undefined) return false;
  const has = (key: string, field: number): boolean => {
    const value = state.get(asciiKey(key));
    return value !== undefined && inContext(`read key ${key} of ${state.path}`, () => hasField(value, field));
  };
  // ResponseFinalizeBlock.app_hash; ABCIResponsesInfo.response_finalize_block.
  if (newest.some((height) => has(`abciResponsesKey:${height}`, 5)) || has('lastABCIResponseKey', 3))
    return true;
  return newest.some((height) => {
    const value = state.get(asciiKey(`consensusParamsKey:${height}`));
    return (
      value !== undefined &&
      inContext(`read key consensusParamsKey:${height} of ${state.path}`, () => hasAbciParams(value))
    );
  });
}

/** ConsensusParamsInfo.consensus_params.abci. */
function hasAbciParams(info: Uint8Array): boolean {
  const reader = new WireReader(info);
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) return hasField(reader.bytes(), 5);
    reader.skip(key);
  }
  return false;
}

function hasField(message: Uint8Array, field: number): boolean {
  const reader = new WireReader(message);
  while (!reader.done) {
    const key = reader.key();
    if (key >>> 3 === field) return true;
    reader.skip(key);
  }
  return false;
}

function isAtLeast(software: string, major: number, minor: number): boolean {
  const version = /^(\d+)\.(\d+)/.exec(software);
  if (version === null) return false;
  const [foundMajor, foundMinor] = [Number(version[1]), Number(version[2])];
  return foundMajor > major || (foundMajor === major && foundMinor >= minor);
}

function unsupported(blocks: LevelDb, versions: string, software: string): BaleenError {
  const begun = software === '' ? '' : `, of a chain begun by version ${software}`;
  return operatorError(
    'SOURCE_ERA_UNSUPPORTED',
    `open ${blocks.path}: expected blocks of Tendermint 0.33 or 0.34, found blocks of ${versions}${begun}; this version of baleen cannot read them`,
  );
}
