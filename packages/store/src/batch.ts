import type { BlockRange } from '@baleen/chain';
import type { TableName } from '@baleen/tables';
import type { Undecoded } from './kept-raw.ts';

/** A run of heights over which a content-addressed thing (a validator set, consensus params) was in force. */
export interface ContentRun {
  /** validators_hash of the header, or the digest of the params. */
  readonly hash: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** Consecutive blocks as finished COPY bodies. Plain data: crosses threads by transfer of its buffers (`transferables`). */
export interface EncodedBatch {
  readonly chainId: string;
  readonly range: BlockRange;
  /** All blocks have results, or none has: a batch never mixes the two. */
  readonly hasResults: boolean;
  readonly rowCounts: Readonly<Record<TableName, number>>;
  /** Binary COPY bodies without header and trailer; a table without rows is missing. */
  readonly copies: Readonly<Partial<Record<TableName, Uint8Array>>>;
  readonly first: {
    readonly height: number;
    readonly blockHash: Uint8Array;
    readonly lastBlockHash: Uint8Array;
    readonly lastResultsHash: Uint8Array;
  };
  readonly last: {
    readonly height: number;
    readonly blockHash: Uint8Array;
    readonly resultsHash: Uint8Array | undefined;
  };
  readonly validatorSets: readonly ContentRun[];
  readonly consensusParams: readonly ContentRun[];
  /** Kinds of things kept raw, and how many. */
  readonly undecoded: readonly Undecoded[];
  /** Bytes of all `copies`. */
  readonly bytes: number;
}
