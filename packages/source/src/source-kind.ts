import type { LiveSource } from './live-source.ts';
import type { SharedLimits } from './rpc/shared-limit.ts';
import type { Source } from './source.ts';
import type { LiveOptions, SourceOptions } from './source-options.ts';
import type { State, StateOptions } from './state/open-state.ts';

/** What differs between the kinds of sources, answered for one source. Nobody else asks which kind a source is of. */
export interface SourceKind {
  /** @throws BaleenError  as `openSource` */
  open(options: SourceOptions): Promise<Source>;
  /** @throws BaleenError  as `openSource` */
  openLive(options: LiveOptions): Promise<LiveSource>;
  /** @throws BaleenError  as `openState`; operator `STATE_NEEDS_FILES`: this kind of source hands out no state */
  openState(options: StateOptions): State;
  /** Whether an application's state may lie beside the blocks. */
  readonly keepsState: boolean;
  /** Whether what no hash covers can be compared over several nodes. */
  readonly canCrossCheck: boolean;
  /** Fewest heights that are worth handing to a thread. */
  readonly leastHeightsPerJob: number;
  /** Whether two walks at the same time would ask a node for more than the bounds on requests allow. */
  readonly isOneWalkAtATime: boolean;
  /** V8's young generation in a thread that reads the source. */
  readonly youngGenerationMb: number;
  /** Memory by which threads that read the source together share its bounds. undefined: it has none to share. */
  shareLimits(): SharedLimits | undefined;
  /** Addresses by which any host reaches the source. None: it is of this host, or an address holds a secret. */
  readonly sharedAddresses: readonly string[];
}
