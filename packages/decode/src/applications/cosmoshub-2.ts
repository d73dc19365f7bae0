/** Gaia on SDK 0.33 and 0.34: cosmoshub-1 and cosmoshub-2. */
import { withCosmosSdkNames } from '../amino/cosmos-sdk-names.ts';
import { makeRegistry } from '../amino/registry.ts';
import { sdk034 } from '../amino/sdk-0.34.ts';
import type { Application } from './application.ts';

export const cosmoshub2: Application = {
  name: 'cosmoshub-2',
  software: 'Gaia 1 (SDK 0.34)',
  consensus: ['tendermint-0.32'],
  chains: [
    { chainId: 'cosmoshub-1', from: 1 },
    { chainId: 'cosmoshub-2', from: 1 },
  ],
  bech32Prefix: 'cosmos',
  transactions: {
    encoding: 'amino',
    registry: makeRegistry('auth/StdTx', 'cosmos', withCosmosSdkNames(sdk034)),
  },
  state: undefined,
};
