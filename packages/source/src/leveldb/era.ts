import type { BaleenError, EraName } from '@baleen/chain';
import { eraOfDatabases, readVersions, type StoredSigns, unreadVersions } from '@baleen/decode/consensus';
import type { LevelDb } from '@baleen/leveldb';
import { inContext, operatorError } from '../errors.ts';
import { asciiKey, type BlockStoreState, getMeta, missingKey } from './block-store.ts';

/** Consensus era of a node's newest blocks. */
export interface DetectedEra {
  readonly era: EraName;
  /** Remarks about the era for people, one sentence each. */
  readonly notes: readonly string[];
}

/** Finds the consensus era of the newest blocks. A node that was upgraded still holds older forms.
 *
 * @param software  version that began the chain; `''`: not known
 * @throws BaleenError operator `SOURCE_ERA_UNSUPPORTED` naming the versions */
export function detectEra(
  blocks: LevelDb,
  store: BlockStoreState,
  state: LevelDb | undefined,
  software: string,
): DetectedEra {
  const signs = readSigns(blocks, store, state, software);
  return inContext(`read the newest heights of ${blocks.path}`, () => {
    const era = eraOfDatabases(signs);
    if (era === undefined) throw unsupported(blocks, signs);
    return { era: era.name, notes: era.notesOf(signs) };
  });
}

function readSigns(
  blocks: LevelDb,
  store: BlockStoreState,
  state: LevelDb | undefined,
  software: string,
): StoredSigns {
  const newest = [store.height, store.height - 1];
  const ofState = (key: string): Uint8Array | undefined => state?.get(asciiKey(key))?.slice();
  const ofNewest = (prefix: string): Uint8Array[] =>
    newest.flatMap((height) => ofState(`${prefix}:${height}`) ?? []);
  const keyLayout = blocks.get(asciiKey('version')) ?? state?.get(asciiKey('version'));
  return {
    blockStore: store.encoding,
    meta: newestMeta(blocks, store),
    keyLayout: keyLayout && Buffer.from(keyLayout).toString('latin1'),
    hasGenesisDocHash: ofState('genesisDocHash') !== undefined,
    hasExtendedCommit: newest.some((height) => blocks.get(asciiKey(`EC:${height}`)) !== undefined),
    hasState: state !== undefined,
    results: ofNewest('abciResponsesKey'),
    lastResults: ofState('lastABCIResponseKey'),
    consensusParams: ofNewest('consensusParamsKey'),
    software,
  };
}

/** Meta of the newest block; of the lowest where a node stopped before it had written the newest. */
function newestMeta(blocks: LevelDb, { height, base }: BlockStoreState): Uint8Array {
  const meta = getMeta(blocks, height)?.slice() ?? getMeta(blocks, base)?.slice();
  if (meta === undefined) throw missingKey(blocks, `H:${height}`, 'BlockMeta of the newest block');
  return meta;
}

function unsupported(blocks: LevelDb, signs: StoredSigns): BaleenError {
  const { software } = signs;
  const begun = software === '' ? '' : `, of a chain begun by version ${software}`;
  return operatorError(
    'SOURCE_ERA_UNSUPPORTED',
    `open ${blocks.path}: expected blocks of ${readVersions()}, found blocks of ${unreadVersions(signs)}${begun}; this version of baleen cannot read them`,
  );
}
