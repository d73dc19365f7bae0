import { expect, test } from 'vitest';
import { applicationFacts } from './application-facts.ts';

const era = 'tendermint-0.34';

test('a source that an upgrade lies within has a line for each of its applications', () => {
  expect(applicationFacts({ chainId: 'phoenix-1', era, base: 4_000_000, head: 7_400_000 })).toEqual([
    ['software', '4000000..4711799 phoenix-2.2: Terra core 2.2 (SDK 0.45), as chain phoenix-1 is known'],
    [
      'software',
      '4711800..7315999 phoenix-2.3: Terra core 2.3 and 2.4 (SDK 0.46), as chain phoenix-1 is known',
    ],
    [
      'software',
      '7316000..7400000 phoenix: Terra core 2.5 and later (SDK 0.47), as chain phoenix-1 is known',
    ],
  ]);
});

test('one application is one line; one that is not known says how its txs are read', () => {
  expect(applicationFacts({ chainId: 'phoenix-1', era, base: 1, head: 100 })).toHaveLength(1);
  expect(applicationFacts({ chainId: 'mine', era, base: 1, head: 9 })).toEqual([
    [
      'software',
      'not known: txs are decoded as those of SDK 0.43 to 0.46; messages of other modules stay raw',
    ],
  ]);
});
