import type { LiveSource } from './live-source.ts';
import type { SharedLimits } from './rpc/shared-limit.ts';
import type { Source } from './source.ts';
import type { LiveOptions, SourceOptions } from './source-options.ts';
import type { State, StateOptions } from './state/open-state.ts';

/** Everything that differs between kinds of sources, for one source. No other code asks of which kind a source is. */
export interface SourceKind {
  /** @throws BaleenError  as `openSource` */
  open(options: SourceOptions): Promise<Source>;
  /** @throws BaleenError  as `openSource` */
  openLive(options: LiveOptions): Promise<LiveSource>;
  /** @throws BaleenError  as `openState`; operator `STATE_NEEDS_FILES`: this kind of source hands out no state */
  openState(options: StateOptions): State;
  /** True if the application's state may be beside the blocks. */
  readonly keepsState: boolean;
  /** True if what no hash covers can be compared between several endpoints. */
  readonly canCrossCheck: boolean;
  /** Least number of heights that is worth a thread. */
  readonly leastHeightsPerJob: number;
  /** True if bounds on requests hold for one walk only, so that two walks at the same time would exceed them. */
  readonly isOneWalkAtATime: boolean;
  /** Size of V8's young generation, in MB, in a thread that reads the source. */
  readonly youngGenerationMb: number;
  /** Makes the memory by which the threads that read the source share its limits; undefined if it has no limits to share. */
  shareLimits(): SharedLimits | undefined;
  /** Addresses from which any host can read the source. Empty if the source is on this host, or if an address contains a secret. */
  readonly sharedAddresses: readonly string[];
}
