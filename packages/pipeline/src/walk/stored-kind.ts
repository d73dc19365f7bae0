import type { StoredRef, TxReading } from '@baleen/chain';
import { chooseApplications } from '@baleen/decode/applications';
import type { StoredChain } from '@baleen/store/stored';
import { readDecoded } from './read-decoded.ts';
import type { WalkKind } from './walk-kind.ts';

/** Rows that Baleen wrote, whose txs are decoded anew. */
export const storedKind = (ref: StoredRef): WalkKind => ({
  async open() {
    const { openStored } = await import('@baleen/store/stored');
    const stored = await openStored(ref);
    const reading = { now: readingOf(ref, stored.chain) };
    return { blocks: readDecoded(stored, reading), health: () => [], close: () => void stored.close() };
  },
  // Rows of some heights are read with one query per table.
  leastHeightsPerJob: 32,
  youngGenerationMb: 12,
  shareLimits: () => undefined,
});

/** A database of before the choice was stored has none: its rows tell. */
function readingOf({ applications, descriptors }: StoredRef, chain: StoredChain): TxReading {
  const { chainId, era, stores } = chain;
  const told = chain.applications.length > 0 ? chain.applications : undefined;
  return {
    applications: applications ?? told ?? chooseApplications({ chainId, era, applicationSigns: { stores } }),
    descriptors,
  };
}
