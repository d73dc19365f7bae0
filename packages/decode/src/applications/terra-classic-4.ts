/** Terra Classic core 4 on SDK 0.53 and CometBFT 0.38: columbus-5 from height 28,214,400 on. */
import type { Application } from './application.ts';

// classic-terra/documents proposals/v14_1-proposal.md: the height, the plan, SDK 0.53.6, wasmd 0.61.8.
export const terraClassic4: Application = {
  name: 'terra-classic-4',
  software: 'Terra Classic core 4 (SDK 0.53)',
  consensus: ['cometbft-0.38'],
  chains: [{ chainId: 'columbus-5', from: 28_214_400, plan: 'v14_1' }],
  plans: ['v14_1'],
  marks: ['treasury', 'consensus'],
  bech32Prefix: 'terra',
  transactions: {
    encoding: 'protobuf',
    descriptors: [
      ['wasmd-sdk053', 'terra-classic3'],
      ['wasmd-sdk050', 'terra-classic3'],
    ],
  },
  state: undefined,
};
