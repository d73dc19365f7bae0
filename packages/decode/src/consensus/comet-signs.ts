/** Signs in a node's databases that only later versions of CometBFT leave. Only what the newest heights hold counts: a node that was
 * upgraded still holds older forms. Sources: cometbft store/store.go, state/store.go and proto/ at v0.38.25 and v1.0.1. */
import { WireReader } from '@baleen/codec';
import { hasField } from '../tendermint/field.ts';
import type { StoredSigns } from './era.ts';
import { isAtLeast, versionOf } from './software-version.ts';

/** A key `version` (the layout of keys), or the genesis document's hash in place of the document. */
export const isComet1 = ({ keyLayout, hasGenesisDocHash }: StoredSigns): boolean =>
  keyLayout !== undefined || hasGenesisDocHash;

/** Extended commits, results with an app hash, params of ABCI, or a chain that 0.38 or later began. */
export const isComet038 = (signs: StoredSigns): boolean =>
  !isComet1(signs) &&
  (signs.hasExtendedCommit ||
    signs.results.some((value) => hasField(value, APP_HASH)) ||
    (signs.lastResults !== undefined && hasField(signs.lastResults, FINALIZE_BLOCK)) ||
    signs.consensusParams.some(hasAbciParams) ||
    isAtLeast(versionOf(signs.software), [0, 38, 0]));

/** ResponseFinalizeBlock.app_hash */
const APP_HASH = 5;
/** ABCIResponsesInfo.response_finalize_block */
const FINALIZE_BLOCK = 3;
/** ConsensusParams.abci */
const ABCI = 5;

function hasAbciParams(info: Uint8Array): boolean {
  const reader = new WireReader(info);
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) return hasField(reader.bytes(), ABCI);
    reader.skip(key);
  }
  return false;
}
