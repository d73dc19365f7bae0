import type { LevelDbRef } from '@baleen/chain';
import type { SourceKind } from '../source-kind.ts';
import { openState } from '../state/open-state.ts';
import { openLevelDbSource } from './leveldb-source.ts';
import { openLiveLevelDbSource } from './live-leveldb-source.ts';

/** A node's own files. The node has verified what they hold, and checksums find damage. */
export const levelDbKind = ({ path }: LevelDbRef): SourceKind => ({
  open: (options) => openLevelDbSource(path, options),
  openLive: (options) => openLiveLevelDbSource(path, options),
  openState: (options) => openState(path, options),
  keepsState: true,
  canCrossCheck: false,
  // To start a thread costs as much as to index a few blocks.
  leastHeightsPerJob: 10,
  isOneWalkAtATime: false,
  // Decoding makes garbage in every thread, and V8 lets it pile up.
  youngGenerationMb: 12,
  shareLimits: () => undefined,
  sharedAddresses: [],
});
