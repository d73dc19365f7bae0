/** Terra core 2 on SDK 0.45 to 0.47: phoenix-1. */
import type { Application } from './application.ts';

export const phoenix: Application = {
  name: 'phoenix',
  software: 'Terra core 2 (SDK 0.45 to 0.47)',
  consensus: ['tendermint-0.34', 'cometbft-0.38'],
  chains: [{ chainId: 'phoenix-1', from: 1 }],
  marks: ['alliance', 'feeshare'],
  bech32Prefix: 'terra',
  transactions: {
    encoding: 'protobuf',
    descriptors: [['terra-phoenix'], ['wasmd-sdk050'], ['wasmd-sdk053']],
  },
  state: undefined,
};
