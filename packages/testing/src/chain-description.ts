import type { ChainDescription } from '@baleen/store';

/** A chain for tests, of which nothing is known but its id. */
export const describeChain = (
  chainId = 'test-1',
  more: Partial<ChainDescription> = {},
): ChainDescription => ({
  chainId,
  initialHeight: 1,
  genesisHash: undefined,
  genesisFileSha256: undefined,
  bech32Prefix: 'terra',
  applications: [],
  eventsPerBlock: 6,
  source: { from: 1, to: 100 },
  wanted: { from: 1, to: 100 },
  headerAt: () => undefined,
  trust: false,
  ...more,
});
