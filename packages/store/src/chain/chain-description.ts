import type { ApplicationChoice, BlockRange } from '@baleen/chain';

/** What a source says of a chain, needed before its first batch is written. */
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
  /** The applications that the source tells of, in order of heights: stored unless the chain has others already. */
  readonly applications: readonly ApplicationChoice[];
  /** Rows per block of the largest table (events), for the size of leaves. Used once, when the chain is created. */
  readonly eventsPerBlock: number;
  /** Heights the source holds. */
  readonly source: BlockRange;
  /** Heights that were asked for; what is missing of them shows in the view `gaps`. undefined: none. */
  readonly wanted: BlockRange | undefined;
  /** Header of the source at a height inside `source`; undefined when it cannot be read. */
  headerAt(height: number): SourceHeader | undefined | Promise<SourceHeader | undefined>;
  /** Whether to accept the source as the same chain although nothing proves it. */
  readonly trust: boolean;
}

export interface SourceHeader {
  readonly blockHash: Uint8Array;
  readonly lastBlockHash: Uint8Array;
}
