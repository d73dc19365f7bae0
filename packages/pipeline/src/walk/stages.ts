import type { BlockRange } from '@baleen/chain';
import type { EncodedBatch } from '@baleen/store';

/** Seconds that a worker thread spent on a batch. Waiting for leave to send it is in none. */
export interface EncodeSeconds {
  /** Waiting for blocks of the source; of files, reading them. */
  readonly read: number;
  readonly decode: number;
  /** Rows and their encoding for COPY. */
  readonly encode: number;
}

/** A batch that is committed, for those who count. */
export interface WrittenBatch {
  readonly chainId: string;
  readonly range: BlockRange;
  readonly txs: number;
  readonly rows: number;
  /** Bytes of COPY data. */
  readonly bytes: number;
  readonly seconds: EncodeSeconds & {
    /** The transaction, until its commit. */
    readonly write: number;
  };
  /** Batches that are encoded and wait to be written. */
  readonly queued: number;
}

export function writtenBatch(
  batch: EncodedBatch,
  seconds: WrittenBatch['seconds'],
  queued: number,
): WrittenBatch {
  const { chainId, range, rowCounts, bytes } = batch;
  const rows = Object.values(rowCounts).reduce((sum, count) => sum + count, 0);
  return { chainId, range, txs: rowCounts.txs, rows, bytes, seconds, queued };
}

/** @returns seconds since it was made, or since the last call */
export function createStopwatch(): () => number {
  let last = performance.now();
  return () => {
    const before = last;
    last = performance.now();
    return (last - before) / 1000;
  };
}
