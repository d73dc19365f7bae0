/** Terra core 2.2 on SDK 0.45: phoenix-1 up to height 4,711,799. Its ibc-go gave transfers a memo. */
import type { Application } from './application.ts';

// terra-money/core go.mod at v2.2.1: SDK 0.45.12, ibc-go 3.4.0, wasmd 0.27.0.
export const phoenix22: Application = {
  name: 'phoenix-2.2',
  software: 'Terra core 2.2 (SDK 0.45)',
  consensus: ['tendermint-0.34'],
  // Heights: cosmos/chain-registry terra2/versions.json and testnets/terra2testnet/versions.json; plans: terra-money/core
  // app/config/const.go at v2.10.5.
  chains: [
    { chainId: 'phoenix-1', from: 2_979_805, plan: '2.2.0' },
    { chainId: 'pisco-1', from: 2_777_777, plan: '2.2.0' },
  ],
  bech32Prefix: 'terra',
  transactions: {
    encoding: 'protobuf',
    descriptors: [['ibc3-memo', 'sdk045'], ['terra-phoenix'], ['wasmd-sdk050'], ['wasmd-sdk053']],
  },
  state: undefined,
};
