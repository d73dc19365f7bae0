/** Terra Classic core 3 on SDK 0.47: columbus-5 of 2024 to 2026. Its wasmd has other wire formats of its state under the names of wasmd. */
import type { Application } from './application.ts';

export const terraClassic3: Application = {
  name: 'terra-classic-3',
  software: 'Terra Classic core 3 (SDK 0.47)',
  consensus: ['tendermint-0.34'],
  // classic-terra/core app/upgrades/v8: the upgrade to core 3.0, which adds the stores consensus and crisis. Nothing public tells its
  // height; that of the next one, v8_1, stands in classic-terra/documents proposals/v8_1-proposal.md. Between the two, messages that
  // came with core 3 are read by the later descriptors of terra-classic-2.
  chains: [{ chainId: 'columbus-5', from: 19_108_180, plan: 'v8' }],
  plans: ['v8'],
  marks: ['treasury', 'consensus'],
  bech32Prefix: 'terra',
  transactions: {
    encoding: 'protobuf',
    descriptors: [['terra-classic3'], ['wasmd-sdk050'], ['wasmd-sdk053']],
  },
  state: undefined,
};
