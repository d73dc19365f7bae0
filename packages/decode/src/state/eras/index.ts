import type { StateEraName } from '@baleen/chain';
import type { StateEra } from '../layout.ts';
import { sdk039State } from './sdk-0.39.ts';
import { sdk044State } from './sdk-0.44.ts';

export const STATE_ERAS: Readonly<Record<StateEraName, StateEra>> = {
  'sdk-0.39': sdk039State,
  'sdk-0.44': sdk044State,
};
