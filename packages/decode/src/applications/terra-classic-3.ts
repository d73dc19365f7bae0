/** Terra Classic core 3 on SDK 0.47: columbus-5 of 2024 and later. Its wasmd has other wire formats of its state under the names of wasmd. */
import type { Application } from './application.ts';

export const terraClassic3: Application = {
  name: 'terra-classic-3',
  software: 'Terra Classic core 3 (SDK 0.47)',
  consensus: ['tendermint-0.34', 'cometbft-0.38'],
  chains: [{ chainId: 'columbus-5', from: 19_108_180, plan: 'v8' }],
  // classic-terra/core app/upgrades/v8: the upgrade to core 3.0, which adds the stores consensus and crisis.
  plans: ['v8'],
  marks: ['treasury', 'dyncomm'],
  bech32Prefix: 'terra',
  transactions: {
    encoding: 'protobuf',
    descriptors: [['terra-classic3'], ['wasmd-sdk050'], ['wasmd-sdk053']],
  },
  state: undefined,
};
