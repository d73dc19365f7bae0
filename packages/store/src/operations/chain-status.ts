import type { BlockRange } from '@baleen/chain';
import type { LedgerKind } from '../ledger/ledger-kinds.ts';
import type { OutdatedTable } from '../ledger/outdated.ts';
import type { StoredState } from '../state/state.ts';

/** What `baleen status` shows of a chain. */
export interface ChainStatus {
  readonly chainId: string;
  readonly lineage: string;
  readonly headHeight: number | undefined;
  readonly completeTo: number | undefined;
  readonly lagSeconds: number | undefined;
  /** Highest height that any source of the chain has reported. */
  readonly sourceHead: number | undefined;
  /** Heights from the highest indexed one to `sourceHead`; undefined: one of the two is not known. */
  readonly lagBlocks: number | undefined;
  /** Blocks written per second over the last minute, by all workers. */
  readonly heightsPerSecond: number;
  /** Seconds until all missing heights are written, and, while a process follows the chain, until the head is reached. undefined: nothing is
   * missing, or no process works. */
  readonly secondsLeft: number | undefined;
  readonly lastWrite: Date | undefined;
  readonly ranges: readonly (BlockRange & { readonly kind: LedgerKind })[];
  readonly failed: readonly (BlockRange & { readonly reason: string; readonly attempts: number })[];
  /** Heights that were asked for, or lie between stored ones, and are not stored. */
  readonly missing: readonly BlockRange[];
  /** The application's state that is there; undefined: none. */
  readonly state: StoredState | undefined;
  /** Secondary indexes that leaves do not have yet, as `<leaf>: <index>`. */
  readonly missingIndexes: readonly string[];
  /** Tables that are new, or whose rows changed, since the blocks were written. */
  readonly outdatedTables: readonly OutdatedTable[];
  readonly sources: readonly SourceStatus[];
  readonly workers: readonly WorkerStatus[];
}

/** An endpoint, or a folder of a machine, as the processes that read it last reported. */
export interface SourceStatus {
  readonly address: string;
  /** Name of the machine with the folder; '' for RPC. */
  readonly host: string;
  readonly backend: 'goleveldb' | 'pebbledb' | 'rpc';
  readonly head: number | undefined;
  readonly requests: number;
  readonly errors: number;
  readonly concurrency: number;
  /** Why it is not used at present; undefined: it is used. */
  readonly trouble: string | undefined;
  readonly troubleSince: Date | undefined;
  readonly lastSeen: Date;
  /** Processes that read it now. */
  readonly readers: number;
}

export interface WorkerStatus {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly command: string;
  /** lost: it has not reported for a while. */
  readonly state: 'working' | 'lost';
  readonly doing: string;
  readonly doingSince: Date;
  readonly lastSeen: Date;
  readonly heights: number;
  readonly heightsPerSecond: number;
  readonly rssBytes: number;
}

export interface Gap extends BlockRange {
  readonly chainId: string;
  readonly kind: LedgerKind;
  readonly reason: string;
}
