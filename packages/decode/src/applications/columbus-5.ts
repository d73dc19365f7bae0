/** Terra core 0.5 to 2.0 on SDK 0.44 and 0.45: columbus-5 up to height 13,215,799. */
import type { Application } from './application.ts';

export const columbus5: Application = {
  name: 'columbus-5',
  software: 'Terra core 0.5 (SDK 0.44)',
  consensus: ['tendermint-0.34'],
  chains: [{ chainId: 'columbus-5', from: 4_724_001 }],
  marks: ['treasury', 'authz'],
  bech32Prefix: 'terra',
  transactions: {
    encoding: 'protobuf',
    descriptors: [['terra-columbus5'], ['terra-classic3'], ['wasmd-sdk050']],
  },
  state: {
    layouts: 'sdk-0.44',
    // core v0.5.23 app/app.go
    stores: [
      ...[
        'acc',
        'authz',
        'bank',
        'capability',
        'distribution',
        'evidence',
        'feegrant',
        'gov',
        'ibc',
        'market',
      ],
      ...['mint', 'oracle', 'params', 'slashing', 'staking', 'transfer', 'treasury', 'upgrade', 'wasm'],
    ],
    // sdk v0.44.5 x/<module>/module.go ConsensusVersion. SDK 0.46 raised them.
    newestVersions: {
      ...{ auth: 2, authz: 1, bank: 2, capability: 1, distribution: 2, evidence: 1, feegrant: 1, gov: 2 },
      ...{ mint: 1, params: 1, slashing: 2, staking: 2, upgrade: 1 },
    },
  },
};
