/** An amino chain of which nobody knows the application: the SDK's own messages under the names that the SDK gives by default, and
 * any other message raw. */
import { withCosmosSdkNames } from '../amino/cosmos-sdk-names.ts';
import { makeRegistry } from '../amino/registry.ts';
import { sdk039 } from '../amino/sdk-0.39.ts';
import type { Application } from './application.ts';

export const genericAmino: Application = {
  name: 'generic-amino',
  software: 'an unknown amino application',
  consensus: ['tendermint-0.32', 'tendermint-0.33'],
  chains: [],
  guesses: true,
  bech32Prefix: undefined,
  transactions: {
    encoding: 'amino',
    registry: makeRegistry('cosmos-sdk/StdTx', undefined, withCosmosSdkNames(sdk039)),
  },
  state: undefined,
};
