import type { ApplicationChoice, BlockRange } from '@baleen/chain';
import type { TableName } from '@baleen/tables';
import type { ChainDescription } from './chain/chain-description.ts';
import type { ForgetOptions } from './chain/forget.ts';
import type { EnqueuedRange } from './ledger/enqueued.ts';
import type { FailedRange } from './ledger/failures.ts';
import type { Lease, LeaseRequest } from './ledger/leases.ts';
import type { LedgerKind } from './ledger/ledger-kinds.ts';
import type { AskedAnew } from './ledger/mark-outdated.ts';
import type { OutdatedTable } from './ledger/outdated.ts';
import type { MigrateOptions } from './migrate/migrate.ts';
import type { ChainStatus, Gap, WorkerStatus } from './operations/chain-status.ts';
import type { SourceReport, WorkerIdentity, WorkerReport } from './operations/operations.ts';
import type { Verification } from './operations/verifications.ts';
import type { ReplaceStateOptions, StateCopy, StateDescription, StateOutcome } from './state/state.ts';
import type { EncodedBatch } from './write/batch.ts';
import type { WrittenHead } from './write/rewrite.ts';

export interface StoreOptions {
  /** Whom leases name: who takes them over ends the sessions of this one. At most 56 bytes. */
  readonly holder?: string;
}

/** Which chains there are. */
export interface ChainStore {
  /** Creates the chain, or checks that the source is the same chain. Resolves to the applications that read its txs: those that are
   * stored, else those of the source. Throws STORE_OTHER_CHAIN or STORE_CHAIN_UNPROVED. */
  prepareChain(chain: ChainDescription): Promise<ApplicationChoice[]>;
  /** The applications that read the chain's txs, in order of heights. None: the chain is not prepared. */
  applications(chainId: string): Promise<ApplicationChoice[]>;
  /** Puts these applications, in order of heights, in place of the stored ones, and marks rows that follow from them as outdated. Throws STORE_UNKNOWN_CHAIN or
   * STORE_CHAIN_IN_USE. */
  replaceApplications(
    chainId: string,
    choices: readonly ApplicationChoice[],
    anew?: AskedAnew,
  ): Promise<void>;
  /** Keeps the genesis in chunks; a chain's genesis is written once. Resolves to its bytes. */
  storeGenesis(chainId: string, chunks: AsyncIterable<Uint8Array>): Promise<number>;
  /** Builds missing secondary indexes, vacuums, and seals the leaves that are whole.
   * @param signal  ends it after the step that is running; the next call goes on */
  finish(chainId: string, signal?: AbortSignal): Promise<void>;
  /** Removes blocks of a chain, or all of it, rows and ledger together; goes on where an earlier call was interrupted. Resolves to
   * false when the signal ended it early.
   * Throws STORE_UNKNOWN_CHAIN or STORE_CHAIN_IN_USE. */
  forget(chainId: string, options?: ForgetOptions): Promise<boolean>;
}

/** Blocks: what is missing of them, and writing it. */
export interface BlockStore {
  /** Parts of `range` that lack one of `kinds`, ascending. */
  missing(chainId: string, range: BlockRange, kinds: readonly LedgerKind[]): Promise<BlockRange[]>;
  /** One transaction; the rows and the ledger become visible together. 'already': all of it was there.
   * With a lease that was taken over nothing is written: STORE_FENCED. */
  write(batch: EncodedBatch, lease?: Lease): Promise<'written' | 'already'>;
  /** The same for one who follows the chain: a leaf that the batch begins has all its indexes at once, and the first block may be
   * there already as long as the next one is not. Its results are not proved until then; it is written anew with the batch's. */
  writeHead(batch: EncodedBatch, lease?: Lease): Promise<'written' | 'already'>;
}

/** Rows that are written anew from what is stored. */
export interface RedecodeStore {
  /** Tables that were added to Baleen, or whose rows changed, after the blocks were written, and those of `markOutdated`. */
  outdatedTables(chainId: string): Promise<OutdatedTable[]>;
  /** Marks rows as outdated that the present version wrote. Asked for the same again before all of it is done, nothing is marked. */
  markOutdated(chainId: string, asked: AskedAnew): Promise<void>;
  /** Tables that lack some of these heights, which therefore can't be decoded anew. */
  unreadableTables(
    chainId: string,
    heights: readonly BlockRange[],
  ): Promise<readonly Pick<OutdatedTable, 'table' | 'ranges'>[]>;
  /** The highest block as it is now; undefined: there is none. */
  head(chainId: string): Promise<WrittenHead | undefined>;
  /** One transaction. 'changed': since the blocks were read, another process has forgotten them, or added or replaced results.
   * @param batch  rows of the tables `names` alone
   * @param head   the highest block, as it was before the blocks were read */
  rewrite(
    batch: EncodedBatch,
    names: readonly TableName[],
    head?: WrittenHead,
  ): Promise<'written' | 'changed'>;
  /** To be called once rows of these tables were written anew. */
  afterRedecode(chainId: string, names: readonly TableName[]): Promise<void>;
}

/** Leave to write a range, one worker at a time. */
export interface LeaseStore {
  /** undefined: another worker holds the range. */
  takeLease(request: LeaseRequest): Promise<Lease | undefined>;
  /** false: it was taken over. */
  renewLease(lease: Lease, forMs: number): Promise<boolean>;
  releaseLease(lease: Lease): Promise<void>;
}

/** Ranges that could not be written. */
export interface FailureStore {
  /** Remembers why a range could not be written, until all of it is. Without `nextTry` it waits until somebody asks. */
  recordFailure(chainId: string, range: BlockRange, reason: string, nextTry?: Date): Promise<void>;
  /** Failed ranges that touch `range`, ascending. */
  failedRanges(chainId: string, range: BlockRange): Promise<FailedRange[]>;
  /** This failed range is there after all. */
  forgetFailure(chainId: string, range: BlockRange): Promise<void>;
  /** Failed ranges that touch `range` are to be tried at once. */
  retryFailures(chainId: string, range: BlockRange): Promise<void>;
}

/** What workers are asked to write. The queue is made anew from it, should it be lost. */
export interface QueueStore {
  /** Remembers what workers are asked to write, and resolves to it: asked again, the size of its jobs stays. */
  rememberEnqueued(asked: EnqueuedRange): Promise<EnqueuedRange>;
  enqueued(): Promise<EnqueuedRange[]>;
  forgetEnqueued(done: EnqueuedRange): Promise<void>;
  /** Differs between databases, also between one and a copy of it. */
  databaseId(): Promise<string>;
}

/** The application state of a chain. */
export interface StateStore {
  /** Replaces the chain's application state as a whole, in one transaction. `copies` is called once it is clear that they are needed.
   * Throws STORE_STATE_REFUTED when the database's next block has another app hash. */
  replaceState(
    state: StateDescription,
    copies: () => AsyncIterable<StateCopy>,
    options?: ReplaceStateOptions,
  ): Promise<StateOutcome>;
  /** Removes the chain's application state, if there is one. */
  removeState(chainId: string): Promise<void>;
}

/** How the work goes. */
export interface OperationsStore {
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
  /** Adds a row to the view `verifications`. */
  recordVerification(verification: Verification): Promise<void>;
}

/** Postgres. One object may be used by many writers at once. Who needs only a part of it takes only that group. */
export interface Store
  extends ChainStore,
    BlockStore,
    RedecodeStore,
    LeaseStore,
    FailureStore,
    QueueStore,
    StateStore,
    OperationsStore {
  /** Tables forward, views anew. Safe from many processes at once. Resolves to the SQL that ran (or would run). */
  migrate(options?: MigrateOptions): Promise<readonly string[]>;
  /** A query as it is, for `baleen sql`, tests and the demo. */
  query(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}
