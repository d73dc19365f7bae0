/** Terra core 0.1 on SDK 0.34: columbus-1. */
import { columbus1 as registry } from '../amino/columbus-1-and-2.ts';
import type { Application } from './application.ts';

export const columbus1: Application = {
  name: 'columbus-1',
  software: 'Terra core 0.1 (SDK 0.34)',
  consensus: ['tendermint-0.32'],
  chains: [{ chainId: 'columbus-1', from: 1 }],
  bech32Prefix: 'terra',
  transactions: { encoding: 'amino', registry },
  state: undefined,
};
