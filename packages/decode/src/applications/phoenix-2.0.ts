/** Terra core 2.0 and 2.1 on SDK 0.45: phoenix-1 up to height 2,979,804. */
import type { Application } from './application.ts';

// terra-money/core go.mod at v2.0.1 and v2.1.4: SDK 0.45.4 to 0.45.9, ibc-go 3.0.0, wasmd 0.27.0.
export const phoenix20: Application = {
  name: 'phoenix-2.0',
  software: 'Terra core 2.0 and 2.1 (SDK 0.45)',
  consensus: ['tendermint-0.34'],
  chains: [
    { chainId: 'phoenix-1', from: 1 },
    { chainId: 'pisco-1', from: 1 },
  ],
  bech32Prefix: 'terra',
  transactions: {
    encoding: 'protobuf',
    descriptors: [['sdk045'], ['terra-phoenix'], ['wasmd-sdk050'], ['wasmd-sdk053']],
  },
  state: undefined,
};
