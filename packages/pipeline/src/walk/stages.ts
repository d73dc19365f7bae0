import type { BlockRange } from '@baleen/chain';
import type { EncodedBatch } from '@baleen/store';

/** Seconds that a thread spent on a batch, without the time that it waited for a permit to send it. */
export interface EncodeSeconds {
  /** Time spent waiting for the source: for files, or for answers of a node. */
  readonly read: number;
  readonly decode: number;
  /** Time spent making rows and encoding them for COPY. */
  readonly encode: number;
}

/** A committed batch: counts and times for progress, metrics and the view `workers`. */
export interface WrittenBatch {
  readonly chainId: string;
  readonly range: BlockRange;
  readonly txs: number;
  readonly rows: number;
  /** Bytes of COPY data. */
  readonly bytes: number;
  readonly seconds: EncodeSeconds & {
    /** Time that the transaction took, with its commit. */
    readonly write: number;
  };
  /** Number of finished batches that wait to be written. */
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

/** Makes a stopwatch: each call returns the seconds since the call before, the first one since it was made. */
export function createStopwatch(): () => number {
  let last = performance.now();
  return () => {
    const before = last;
    last = performance.now();
    return (last - before) / 1000;
  };
}
