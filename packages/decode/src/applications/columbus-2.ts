/** Terra core 0.2 on a fork of SDK 0.35: columbus-2. */
import { columbus2 as registry } from '../amino/columbus-1-and-2.ts';
import type { Application } from './application.ts';

export const columbus2: Application = {
  name: 'columbus-2',
  software: 'Terra core 0.2 (SDK 0.35)',
  consensus: ['tendermint-0.32'],
  chains: [{ chainId: 'columbus-2', from: 1 }],
  bech32Prefix: 'terra',
  transactions: { encoding: 'amino', registry },
  state: undefined,
};
