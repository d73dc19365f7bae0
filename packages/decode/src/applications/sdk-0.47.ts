/** The modules of SDK 0.47, ibc-go 7 and wasmd 0.4x, for chains that nobody named. */
import type { Application } from './application.ts';

export const sdk047: Application = {
  name: 'sdk-0.47',
  software: 'SDK 0.47 with ibc-go 7 and wasmd',
  consensus: ['tendermint-0.34'],
  chains: [],
  nodeVersion: '0.37',
  guesses: true,
  marks: ['consensus'],
  bech32Prefix: undefined,
  transactions: {
    encoding: 'protobuf',
    descriptors: [
      ['wasmd-sdk047', 'ethermint', 'terra-phoenix', 'terra-classic3'],
      ['wasmd-sdk050'],
      ['wasmd-sdk053'],
    ],
  },
  state: undefined,
};
