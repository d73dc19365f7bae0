/** Terra Classic core 2.1 to 2.6 on SDK 0.45 and 0.46: columbus-5 from height 13,215,800 on, with messages of wasmd beside those of the
 * Terra module wasm. */
import type { Application } from './application.ts';

// classic-terra/core go.mod at v2.1.2 to v2.5.0: SDK 0.45.14 and 0.46.14, ibc-go 4.3.1 and 6.2, wasmd 0.30.0.
export const terraClassic2: Application = {
  name: 'terra-classic-2',
  software: 'Terra Classic core 2.1 to 2.6 (SDK 0.45 and 0.46)',
  consensus: ['tendermint-0.34'],
  // classic-terra/documents guides/v2.1.1-upgrade-instructions.md; classic-terra/core app/upgrades/v4, which adds the store icahost.
  chains: [{ chainId: 'columbus-5', from: 13_215_800, plan: 'v4' }],
  plans: ['v4'],
  marks: ['treasury', 'icahost'],
  bech32Prefix: 'terra',
  transactions: {
    encoding: 'protobuf',
    descriptors: [
      ['ibc6-wasmd030', 'sdk046', 'terra-columbus5'],
      ['terra-classic3'],
      ['wasmd-sdk050'],
      ['wasmd-sdk053'],
    ],
  },
  state: undefined,
};
