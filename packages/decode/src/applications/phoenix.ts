/** Terra core 2.5 and later on SDK 0.47: phoenix-1 from height 7,316,000 on. */
import type { Application } from './application.ts';

// terra-money/core go.mod from v2.5.0 on: SDK 0.47.5, ibc-go 7, wasmd 0.41 to 0.46.
export const phoenix: Application = {
  name: 'phoenix',
  software: 'Terra core 2.5 and later (SDK 0.47)',
  consensus: ['tendermint-0.34', 'cometbft-0.38'],
  // Height and plan: as of phoenix-2.2.
  chains: [
    { chainId: 'phoenix-1', from: 7_316_000, plan: 'v2.5' },
    { chainId: 'pisco-1', plan: 'v2.5' },
  ],
  plans: ['v2.5'],
  marks: ['alliance', 'feeshare'],
  bech32Prefix: 'terra',
  transactions: {
    encoding: 'protobuf',
    descriptors: [['terra-phoenix'], ['wasmd-sdk050'], ['wasmd-sdk053']],
  },
  state: undefined,
};
