/** Terra core 0.3 on SDK 0.37: columbus-3. */
import { columbus3 as registry } from '../amino/columbus-3.ts';
import type { Application } from './application.ts';

export const columbus3: Application = {
  name: 'columbus-3',
  software: 'Terra core 0.3 (SDK 0.37)',
  consensus: ['tendermint-0.32'],
  chains: [{ chainId: 'columbus-3', from: 1 }],
  marks: ['treasury', 'supply'],
  bech32Prefix: 'terra',
  transactions: { encoding: 'amino', registry },
  state: undefined,
};
