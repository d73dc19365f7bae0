import type { EraName, StateEraName } from '@baleen/chain';
import type { StateEra } from '../layout.ts';
import { sdk039State } from './sdk-0.39.ts';
import { sdk044State } from './sdk-0.44.ts';

export const STATE_ERAS: Readonly<Record<StateEraName, StateEra>> = {
  'sdk-0.39': sdk039State,
  'sdk-0.44': sdk044State,
};

const OF_BLOCKS: Readonly<Record<EraName, StateEraName>> = {
  'tendermint-0.33': 'sdk-0.39',
  'tendermint-0.34': 'sdk-0.44',
};

/** How a chain's stores are written, by how its blocks are. A chain whose modules wrote their stores otherwise (SDK 0.46 and
 * later on Tendermint 0.34) has leaves that are kept raw. */
export const stateEraOf = (era: EraName): StateEraName => OF_BLOCKS[era];
