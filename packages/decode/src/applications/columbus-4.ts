/** Terra core 0.4 on SDK 0.39: columbus-4. */
import { columbus4 as registry } from '../amino/columbus-4.ts';
import type { Application } from './application.ts';

export const columbus4: Application = {
  name: 'columbus-4',
  software: 'Terra core 0.4 (SDK 0.39)',
  consensus: ['tendermint-0.33'],
  chains: [{ chainId: 'columbus-4', from: 1 }],
  marks: ['treasury', 'msgauth'],
  bech32Prefix: 'terra',
  transactions: { encoding: 'amino', registry },
  state: {
    layouts: 'sdk-0.39',
    // core v0.4.6 app/app.go
    stores: [
      ...['acc', 'distribution', 'evidence', 'gov', 'main', 'market', 'mint', 'msgauth', 'oracle', 'params'],
      ...['slashing', 'staking', 'supply', 'treasury', 'upgrade', 'wasm'],
    ],
    newestVersions: {},
  },
};
