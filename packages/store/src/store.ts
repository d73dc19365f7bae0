import type { BaleenError, BlockRange } from '@baleen/chain';
import type { ForgetOptions } from './chain/forget.ts';
import type { EnqueuedRange } from './ledger/enqueued.ts';
import type { FailedRange } from './ledger/failures.ts';
import type { Lease, LeaseRequest } from './ledger/leases.ts';
import type { SourceReport, WorkerIdentity, WorkerReport } from './operations/operations.ts';
import type {
  ReplaceStateOptions,
  StateCopy,
  StateDescription,
  StateOutcome,
  StoredState,
} from './state/state.ts';
import type { EncodedBatch } from './write/batch.ts';

export type LedgerKind = 'blocks' | 'results';

/** What is told about a chain before its first batch is written. */
export interface ChainDescription {
  readonly chainId: string;
  /** Height of the chain's first block. */
  readonly initialHeight: number;
  /** sha256 of the genesis without insignificant white space; undefined: no genesis in the source. */
  readonly genesisHash: Uint8Array | undefined;
  /** sha256 of the genesis file as it is. */
  readonly genesisFileSha256: Uint8Array | undefined;
  /** `terra`; undefined when nothing tells it. */
  readonly bech32Prefix: string | undefined;
  /** Rows per block of the largest table (events), for the size of leaves. Used once, when the chain is created. */
  readonly eventsPerBlock: number;
  /** Heights the source holds. */
  readonly source: BlockRange;
  /** Heights that were asked for; what is missing of them shows in the view `gaps`. undefined: none. */
  readonly wanted: BlockRange | undefined;
  /** Header of the source at a height inside `source`; undefined when it cannot be read. */
  headerAt(height: number): SourceHeader | undefined | Promise<SourceHeader | undefined>;
  /** Take the source for the same chain although nothing proves it. */
  readonly trust: boolean;
}

export interface SourceHeader {
  readonly blockHash: Uint8Array;
  readonly lastBlockHash: Uint8Array;
}

export interface StoreOptions {
  /** Whom leases name: who takes them over ends the sessions of this one. At most 56 bytes. */
  readonly holder?: string;
}

export interface MigrateOptions {
  /** Only tell the SQL that would run. */
  readonly dryRun?: boolean;
  /** Called where an object of a user's stands in the way of a view's new form: the tables are brought forward, and all views stay as
   * they are. Without it such an object is an error, and nothing changes. */
  onViewsLeft?(reason: BaleenError): void;
}

export interface ChainStatus {
  readonly chainId: string;
  readonly lineage: string;
  readonly headHeight: number | undefined;
  readonly completeTo: number | undefined;
  readonly lagSeconds: number | undefined;
  /** Highest height that a source of the chain said it has. */
  readonly sourceHead: number | undefined;
  /** Heights from the highest indexed one to `sourceHead`; undefined: one of the two is not known. */
  readonly lagBlocks: number | undefined;
  /** Blocks written per second over the last minute, by all workers. */
  readonly heightsPerSecond: number;
  /** Until what is missing is written, and, while somebody follows, until the head; undefined: nothing is, or nobody works. */
  readonly secondsLeft: number | undefined;
  readonly lastWrite: Date | undefined;
  readonly ranges: readonly (BlockRange & { readonly kind: LedgerKind })[];
  readonly failed: readonly (BlockRange & { readonly reason: string; readonly attempts: number })[];
  /** Heights that were asked for, or lie between others, and are not there. */
  readonly missing: readonly BlockRange[];
  /** The application's state that is there; undefined: none. */
  readonly state: StoredState | undefined;
  /** Secondary indexes that leaves do not have yet, as `<leaf>: <index>`. */
  readonly missingIndexes: readonly string[];
  readonly sources: readonly SourceStatus[];
  readonly workers: readonly WorkerStatus[];
}

/** An endpoint, or a folder of a machine, as those who read it told last. */
export interface SourceStatus {
  readonly address: string;
  /** '' of an RPC. */
  readonly host: string;
  readonly backend: 'goleveldb' | 'pebbledb' | 'rpc';
  readonly head: number | undefined;
  readonly requests: number;
  readonly errors: number;
  readonly concurrency: number;
  /** undefined: it is used. */
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

/** Postgres, as the walk sees it. One object may be used by many writers at once. */
export interface Store {
  /** Tables forward, views anew. Safe from many processes at once. Resolves to the SQL that ran (or would run). */
  migrate(options?: MigrateOptions): Promise<readonly string[]>;
  /** Creates the chain, or checks that the source is the same chain. Throws STORE_OTHER_CHAIN or STORE_CHAIN_UNPROVED. */
  prepareChain(chain: ChainDescription): Promise<void>;
  /** Parts of `range` that lack one of `kinds`, ascending. */
  missing(chainId: string, range: BlockRange, kinds: readonly LedgerKind[]): Promise<BlockRange[]>;
  /** One transaction; the rows and the ledger become visible together. 'already': all of it was there.
   * With a lease that was taken over nothing is written: STORE_FENCED. */
  write(batch: EncodedBatch, lease?: Lease): Promise<'written' | 'already'>;
  /** The same for one who follows the chain: a leaf that the batch begins has all its indexes at once, and the first block may be
   * there already as long as the next one is not. Its results are not proved until then; it is written anew with the batch's. */
  writeHead(batch: EncodedBatch, lease?: Lease): Promise<'written' | 'already'>;
  /** undefined: another worker holds the range. */
  takeLease(request: LeaseRequest): Promise<Lease | undefined>;
  /** false: it was taken over. */
  renewLease(lease: Lease, forMs: number): Promise<boolean>;
  releaseLease(lease: Lease): Promise<void>;
  /** Remembers why a range could not be written, until all of it is. Without `nextTry` it waits until somebody asks. */
  recordFailure(chainId: string, range: BlockRange, reason: string, nextTry?: Date): Promise<void>;
  /** Failed ranges that touch `range`, ascending. */
  failedRanges(chainId: string, range: BlockRange): Promise<FailedRange[]>;
  /** This failed range is there after all. */
  forgetFailure(chainId: string, range: BlockRange): Promise<void>;
  /** Failed ranges that touch `range` are to be tried at once. */
  retryFailures(chainId: string, range: BlockRange): Promise<void>;
  /** Remembers what workers are asked to write, and resolves to it: asked again, the size of its jobs stays. */
  rememberEnqueued(asked: EnqueuedRange): Promise<EnqueuedRange>;
  enqueued(): Promise<EnqueuedRange[]>;
  forgetEnqueued(done: EnqueuedRange): Promise<void>;
  /** Differs between databases, also between one and a copy of it. */
  databaseId(): Promise<string>;
  /** Builds missing secondary indexes, vacuums, and seals the leaves that are whole.
   * @param signal  ends it after the step that is running; the next call goes on */
  finish(chainId: string, signal?: AbortSignal): Promise<void>;
  /** What the process does and has done, for the view `workers`. Called now and then while it works. */
  reportWorker(report: WorkerReport): Promise<void>;
  /** The process ends: it is no worker any more. */
  forgetWorker(workerId: string): Promise<void>;
  /** How the places do that the process reads, for the view `sources`. */
  reportSources(worker: WorkerIdentity, chainId: string, sources: readonly SourceReport[]): Promise<void>;
  status(): Promise<ChainStatus[]>;
  /** Processes that wait for work on any chain. */
  waitingWorkers(): Promise<WorkerStatus[]>;
  gaps(): Promise<Gap[]>;
  /** Removes blocks of a chain, or all of it, rows and ledger together; goes on where an earlier call was interrupted. Resolves to
   * false when the signal ended it early.
   * Throws STORE_UNKNOWN_CHAIN or STORE_CHAIN_IN_USE. */
  forget(chainId: string, options?: ForgetOptions): Promise<boolean>;
  /** Keeps the genesis in chunks; a chain's genesis is written once. Resolves to its bytes. */
  storeGenesis(chainId: string, chunks: AsyncIterable<Uint8Array>): Promise<number>;
  /** Removes the chain's application state, if there is one. */
  removeState(chainId: string): Promise<void>;
  /** Replaces the chain's application state as a whole, in one transaction. `copies` is called once it is clear that they are needed.
   * Throws STORE_STATE_REFUTED when the database's next block has another app hash. */
  replaceState(
    state: StateDescription,
    copies: () => AsyncIterable<StateCopy>,
    options?: ReplaceStateOptions,
  ): Promise<StateOutcome>;
  /** A query as it is, for `baleen sql`, tests and the demo. */
  query(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}
