/** The modules of SDK 0.43 to 0.46, for chains that nobody named. Messages that came with 0.46 and other modules are read as SDK 0.47 and its time have them. */
import type { Application } from './application.ts';

export const sdk045: Application = {
  name: 'sdk-0.45',
  software: 'SDK 0.43 to 0.46',
  consensus: ['tendermint-0.34'],
  chains: [],
  guesses: true,
  marks: ['authz'],
  bech32Prefix: undefined,
  transactions: {
    encoding: 'protobuf',
    descriptors: [
      ['terra-columbus5', 'ibc6-wasmd030', 'ethermint'],
      ['wasmd-sdk047', 'terra-phoenix'],
      ['wasmd-sdk050'],
    ],
  },
  state: undefined,
};
