import type { StoredRef } from '@baleen/chain';
import { readDecoded } from './read-decoded.ts';
import type { WalkKind } from './walk-kind.ts';

/** Rows that Baleen wrote, whose txs are decoded anew. */
export const storedKind = (ref: StoredRef): WalkKind => ({
  async open() {
    const { openStored } = await import('@baleen/store/stored');
    const stored = await openStored(ref);
    return { blocks: readDecoded(stored), health: () => [], close: () => void stored.close() };
  },
  // Rows of some heights are read with one query per table.
  leastHeightsPerJob: 32,
  youngGenerationMb: 12,
  shareLimits: () => undefined,
});
