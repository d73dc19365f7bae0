/** Terra core 2.3 and 2.4 on SDK 0.46: phoenix-1 up to height 7,315,999. */
import type { Application } from './application.ts';

// terra-money/core go.mod at v2.3.5 and v2.4.2: SDK 0.46.11, ibc-go 6.1.1, wasmd 0.30.0, alliance 0.1.
export const phoenix23: Application = {
  name: 'phoenix-2.3',
  software: 'Terra core 2.3 and 2.4 (SDK 0.46)',
  consensus: ['tendermint-0.34'],
  // Heights and plans: as of phoenix-2.2.
  chains: [
    { chainId: 'phoenix-1', from: 4_711_800, plan: '2.3.0' },
    { chainId: 'pisco-1', from: 4_712_048, plan: '2.3.0' },
  ],
  bech32Prefix: 'terra',
  transactions: {
    encoding: 'protobuf',
    descriptors: [
      ['ibc6-wasmd030', 'sdk046', 'terra-phoenix'],
      ['terra-phoenix'],
      ['wasmd-sdk050'],
      ['wasmd-sdk053'],
    ],
  },
  state: undefined,
};
