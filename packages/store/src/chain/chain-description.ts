import type { ApplicationChoice, BlockRange } from '@baleen/chain';

/** What a source tells about a chain. The store needs it before the first batch of the source is written. */
export interface ChainDescription {
  readonly chainId: string;
  /** Height of the chain's first block. */
  readonly initialHeight: number;
  /** sha256 of the genesis document without insignificant white space; undefined if the source has none. */
  readonly genesisHash: Uint8Array | undefined;
  /** sha256 of the bytes of the genesis file; undefined if the source has no such file. */
  readonly genesisFileSha256: Uint8Array | undefined;
  /** Bech32 prefix of account addresses, `terra`; undefined if the source does not tell it. */
  readonly bech32Prefix: string | undefined;
  /** The applications that were chosen by what the source tells, in order of heights. They are stored unless the chain already has some. */
  readonly applications: readonly ApplicationChoice[];
  /** Average number of events per block, since `events` is the largest table. It decides the size of partitions when the chain is
   * created. */
  readonly eventsPerBlock: number;
  /** Heights that the source has. */
  readonly source: BlockRange;
  /** Heights that the user asked for; the view `gaps` shows those that are missing. undefined if the user named none. */
  readonly wanted: BlockRange | undefined;
  /** Reads the source's header at a height inside `source`; undefined if it can't be read. */
  headerAt(height: number): SourceHeader | undefined | Promise<SourceHeader | undefined>;
  /** True if the source is accepted as the chain that the database has even if nothing proves it. */
  readonly trust: boolean;
}

export interface SourceHeader {
  readonly blockHash: Uint8Array;
  readonly lastBlockHash: Uint8Array;
}
