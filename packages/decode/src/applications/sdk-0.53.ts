/** The modules of SDK 0.53, ibc-go 10 and wasmd 0.61, for chains that nobody named. */
import type { Application } from './application.ts';

export const sdk053: Application = {
  name: 'sdk-0.53',
  software: 'SDK 0.53 with ibc-go 10 and wasmd',
  consensus: ['cometbft-0.38', 'cometbft-1'],
  chains: [],
  guesses: true,
  marks: ['protocolpool'],
  bech32Prefix: undefined,
  transactions: {
    encoding: 'protobuf',
    descriptors: [['wasmd-sdk053', 'wasmd-sdk050', 'terra-phoenix', 'terra-classic3']],
  },
  state: undefined,
};
