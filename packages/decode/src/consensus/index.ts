/** The versions of Tendermint and CometBFT whose blocks are read. An era of a new name is a file of this folder and a line here. */
import type { EraName } from '@baleen/chain';
import type { AnsweredSigns } from './answered-signs.ts';
import { cometbft038 } from './cometbft-0.38.ts';
import { cometbft1 } from './cometbft-1.ts';
import type { ConsensusEra, StoredSigns } from './era.ts';
import { versionOf } from './software-version.ts';
import { tendermint032 } from './tendermint-0.32.ts';
import { tendermint033 } from './tendermint-0.33.ts';
import { tendermint034 } from './tendermint-0.34.ts';

export { type BlockMeta, decodeMetaOfAny } from '../tendermint/header.ts';
export { decodeState, type NodeState } from '../tendermint/state.ts';
export { type AnsweredSigns, answeredSigns } from './answered-signs.ts';
export type { ConsensusEra, StoredSigns } from './era.ts';
export { isAtLeast, type SoftwareVersion, versionOf } from './software-version.ts';
export { unreadVersions } from './unread-versions.ts';

export const consensusEras: Readonly<Record<EraName, ConsensusEra>> = {
  'tendermint-0.32': tendermint032,
  'tendermint-0.33': tendermint033,
  'tendermint-0.34': tendermint034,
  'cometbft-0.38': cometbft038,
  'cometbft-1': cometbft1,
};

const ALL = Object.values(consensusEras);

/** The era of a node's newest blocks; undefined: one that is not read. */
export const eraOfDatabases = (signs: StoredSigns): ConsensusEra | undefined =>
  ALL.find(({ wrote }) => wrote(signs));

/** The era of a node's answers over RPC; undefined: one that is not read. */
export const eraOfAnswers = (signs: AnsweredSigns): ConsensusEra | undefined =>
  ALL.find(({ answers }) => answers(signs));

/** Whether a version names a release of another era than `era`; a branch, a commit or nothing does not. */
export function isOfOtherEra(version: string, era: EraName): boolean {
  const named = versionOf(version);
  return named !== undefined && !consensusEras[era].serves(named);
}

/** All eras that are read, in words. */
export const readVersions = (): string => ALL.map(({ versions }) => versions).join(', ');
