import type { BlockRange } from '@baleen/chain';
import type { LedgerKind } from '../ledger/ledger-kinds.ts';
import type { OutdatedTable } from '../ledger/outdated.ts';
import type { StoredState } from '../state/state.ts';

/** What `baleen status` shows about a chain. */
export interface ChainStatus {
  readonly chainId: string;
  readonly lineage: string;
  readonly headHeight: number | undefined;
  readonly completeTo: number | undefined;
  readonly lagSeconds: number | undefined;
  /** Highest height that any source of the chain has reported; undefined if none has. */
  readonly sourceHead: number | undefined;
  /** How many heights the highest indexed one is behind `sourceHead`; undefined if one of the two is not known. */
  readonly lagBlocks: number | undefined;
  /** Blocks written per second over the last minute, by all workers. */
  readonly heightsPerSecond: number;
  /** Estimated seconds until all missing heights are written and, if a process follows the chain, until the head is reached. undefined if
   * nothing is missing or no process is working. */
  readonly secondsLeft: number | undefined;
  readonly lastWrite: Date | undefined;
  readonly ranges: readonly (BlockRange & { readonly kind: LedgerKind })[];
  readonly failed: readonly (BlockRange & { readonly reason: string; readonly attempts: number })[];
  /** Heights that are not stored although a user asked for them or they lie between stored ones. */
  readonly missing: readonly BlockRange[];
  /** The application's state in the database; undefined if there is none. */
  readonly state: StoredState | undefined;
  /** Secondary indexes that partitions do not have yet, as `<partition>: <index>`. */
  readonly missingIndexes: readonly string[];
  /** Tables that are new in this version of Baleen, or whose rows are made in another way now, since the blocks were written. */
  readonly outdatedTables: readonly OutdatedTable[];
  readonly sources: readonly SourceStatus[];
  readonly workers: readonly WorkerStatus[];
}

/** An RPC endpoint, or a folder of a machine, by the last reports of the processes that read it. */
export interface SourceStatus {
  readonly address: string;
  /** Name of the machine with the folder; empty for RPC. */
  readonly host: string;
  readonly backend: 'goleveldb' | 'pebbledb' | 'rpc';
  readonly head: number | undefined;
  readonly requests: number;
  readonly errors: number;
  readonly concurrency: number;
  /** Why the source is not used at present, in words; undefined if it is used. */
  readonly trouble: string | undefined;
  readonly troubleSince: Date | undefined;
  readonly lastSeen: Date;
  /** Number of processes that are reading the source now. */
  readonly readers: number;
}

export interface WorkerStatus {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly command: string;
  /** `lost`: the process has not reported for 30 seconds. */
  readonly state: 'working' | 'lost';
  readonly doing: string;
  readonly doingSince: Date;
  readonly lastSeen: Date;
  readonly heights: number;
  readonly heightsPerSecond: number;
  readonly rssBytes: number;
}

/** A range of heights of which the database lacks the blocks or the results. */
export interface Gap extends BlockRange {
  readonly chainId: string;
  readonly kind: LedgerKind;
  readonly reason: string;
}
