import type { SourceKind, SourceOptions } from '@baleen/source';
import type { WalkSource } from './block-source.ts';

/** What the walk has to know of a kind of source, for one source. */
export interface WalkKind
  extends Pick<SourceKind, 'leastHeightsPerJob' | 'youngGenerationMb' | 'shareLimits'> {
  /** @throws BaleenError  as `openBlocks` or `openStored` */
  open(options: SourceOptions): Promise<WalkSource>;
}
