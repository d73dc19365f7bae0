/** The table of consensus eras: the versions of Tendermint and CometBFT whose blocks Baleen reads. A new era is a file in this folder and
 * a line in this table. */
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

/** Finds the era of a node's newest blocks by what its databases contain; undefined if Baleen does not read that era. */
export const eraOfDatabases = (signs: StoredSigns): ConsensusEra | undefined =>
  ALL.find(({ wrote }) => wrote(signs));

/** Finds the era of a node's blocks by its answers over RPC; undefined if Baleen does not read that era. */
export const eraOfAnswers = (signs: AnsweredSigns): ConsensusEra | undefined =>
  ALL.find(({ answers }) => answers(signs));

/** Returns true if the version is that of a release of another era than `era`. A branch, a commit or an empty version gives false. */
export function isOfOtherEra(version: string, era: EraName): boolean {
  const named = versionOf(version);
  return named !== undefined && !consensusEras[era].serves(named);
}

/** Lists the versions of all eras, for messages. */
export const readVersions = (): string => ALL.map(({ versions }) => versions).join(', ');
