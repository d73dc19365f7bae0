/** Gaia 2 on SDK 0.37 and Tendermint 0.32: cosmoshub-3. */
import { withCosmosSdkNames } from '../amino/cosmos-sdk-names.ts';
import { makeRegistry } from '../amino/registry.ts';
import { sdk037 } from '../amino/sdk-0.37.ts';
import type { Application } from './application.ts';

export const cosmoshub3: Application = {
  name: 'cosmoshub-3',
  software: 'Gaia 2 (SDK 0.37)',
  consensus: ['tendermint-0.32'],
  chains: [{ chainId: 'cosmoshub-3', from: 1 }],
  bech32Prefix: 'cosmos',
  transactions: {
    encoding: 'amino',
    registry: makeRegistry('cosmos-sdk/StdTx', 'cosmos', withCosmosSdkNames(sdk037)),
  },
  state: undefined,
};
