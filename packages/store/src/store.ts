import type { BlockRange } from '@baleen/chain';
import type { EncodedBatch } from './batch.ts';

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
  /** Heights that were asked for; what is missing of them shows in the view `gaps`. */
  readonly wanted: BlockRange;
  /** Header of the source at a height inside `source`; undefined when it cannot be read. */
  headerAt(height: number): SourceHeader | undefined | Promise<SourceHeader | undefined>;
  /** Take the source for the same chain although nothing proves it. */
  readonly trust: boolean;
}

export interface SourceHeader {
  readonly blockHash: Uint8Array;
  readonly lastBlockHash: Uint8Array;
}

export interface MigrateOptions {
  /** Only tell the SQL that would run. */
  readonly dryRun?: boolean;
}

export interface ChainStatus {
  readonly chainId: string;
  readonly lineage: string;
  readonly headHeight: number | undefined;
  readonly completeTo: number | undefined;
  readonly lagSeconds: number | undefined;
  readonly lastWrite: Date | undefined;
  readonly ranges: readonly (BlockRange & { readonly kind: LedgerKind })[];
  readonly failed: readonly (BlockRange & { readonly reason: string; readonly attempts: number })[];
  /** Secondary indexes that leaves do not have yet, as `<leaf>: <index>`. */
  readonly missingIndexes: readonly string[];
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
  /** One transaction; the rows and the ledger become visible together. 'already': all of it was there. */
  write(batch: EncodedBatch): Promise<'written' | 'already'>;
  /** Remembers why a range could not be written; the next write of it forgets. */
  recordFailure(chainId: string, range: BlockRange, reason: string): Promise<void>;
  /** Builds missing secondary indexes, vacuums, and seals the leaves that are whole. */
  finish(chainId: string): Promise<void>;
  status(): Promise<ChainStatus[]>;
  gaps(): Promise<Gap[]>;
  /** Keeps the genesis in chunks; a chain's genesis is written once. Resolves to its bytes. */
  storeGenesis(chainId: string, chunks: AsyncIterable<Uint8Array>): Promise<number>;
  /** A query as it is, for `baleen sql`, tests and the demo. */
  query(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}
