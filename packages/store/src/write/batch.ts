import type { BlockRange } from '@baleen/chain';
import type { ContentTable, TableName } from '@baleen/tables';
import type { Undecoded } from '../ledger/undecoded-counter.ts';

/** A run of heights over which one content (a validator set, consensus params) was in force. */
export interface ContentRun extends BlockRange {
  /** Hash of the content, from the table's `runs.hashOf`. */
  readonly hash: Uint8Array;
}

/** Rows of consecutive blocks, ready for COPY. Plain data: `postMessage` transfers its buffers (`transferables`) without copying. */
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
  /** For each table the heights at which the source has what the table needs. The batch has all rows of these heights; there may be
   * none. */
  readonly covered: Readonly<Record<TableName, readonly BlockRange[]>>;
  /** For each content table with `runs` (see packages/tables): which content was in force at which heights. */
  readonly runs: Readonly<Partial<Record<ContentTable, readonly ContentRun[]>>>;
  /** What could not be decoded and is kept as bytes, counted by kind. */
  readonly undecoded: readonly Undecoded[];
  /** Bytes of all `copies`. */
  readonly bytes: number;
}
