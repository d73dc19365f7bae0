/** The modules of SDK 0.50, ibc-go 8 and wasmd 0.53, for chains that nobody named. */
import type { Application } from './application.ts';

export const sdk050: Application = {
  name: 'sdk-0.50',
  software: 'SDK 0.50 with ibc-go 8 and wasmd',
  consensus: ['cometbft-0.38', 'cometbft-1'],
  chains: [],
  guesses: true,
  marks: ['circuit'],
  bech32Prefix: undefined,
  transactions: {
    encoding: 'protobuf',
    descriptors: [['wasmd-sdk050', 'ethermint', 'terra-phoenix', 'terra-classic3'], ['wasmd-sdk053']],
  },
  state: undefined,
};
