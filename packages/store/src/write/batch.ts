import type { BlockRange } from '@baleen/chain';
import type { ContentTable, TableName } from '@baleen/tables';
import type { Undecoded } from '../ledger/undecoded-counter.ts';

/** A run of heights over which one content (a validator set, consensus params) was in force. */
export interface ContentRun extends BlockRange {
  /** As the table's `runs.hashOf` tells it. */
  readonly hash: Uint8Array;
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
  /** Heights whose rows of each table are in the batch, be it no row: those that have what the table needs. */
  readonly covered: Readonly<Record<TableName, readonly BlockRange[]>>;
  /** Of content tables that keep runs. */
  readonly runs: Readonly<Partial<Record<ContentTable, readonly ContentRun[]>>>;
  /** Kinds of things kept raw, and how many. */
  readonly undecoded: readonly Undecoded[];
  /** Bytes of all `copies`. */
  readonly bytes: number;
}
