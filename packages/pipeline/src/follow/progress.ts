import type { EndpointHealth } from '@baleen/source';
import type { WrittenBatch } from '../walk/stages.ts';

/** Progress of a follower, as plain data for a status line, metrics and alerts. */
export interface FollowProgress {
  readonly chainId: string;
  /** waiting: the source or the database can't be reached. halted: both can be reached, and no block comes. */
  readonly state: 'starting' | 'following' | 'waiting' | 'halted';
  /** Why it waits or has halted, in words. undefined: neither. */
  readonly trouble: string | undefined;
  /** Newest height that the source has announced. */
  readonly head: number | undefined;
  /** Newest height that this process has written at the head. */
  readonly written: number | undefined;
  /** Heights from `written` to `head`. */
  readonly lagBlocks: number | undefined;
  /** Seconds since the time of the newest written block. */
  readonly lagSeconds: number | undefined;
  /** Milliseconds from the announcement of the newest written block to its commit. */
  readonly delayMs: number | undefined;
  /** Median milliseconds between two blocks. undefined: fewer than two were seen. */
  readonly blockMs: number | undefined;
  /** Totals written by this process, at the head and behind it; `bytes` are bytes of COPY data. */
  readonly heights: number;
  readonly txs: number;
  readonly rows: number;
  readonly bytes: number;
  /** Number of heights behind the head that are written, of those found missing. undefined: none are missing. */
  readonly backfill: { readonly done: number; readonly total: number } | undefined;
}

/** Counters for the reading of one source, reported to metrics and to the view `sources`. */
export interface FollowHooks {
  /** Called after each commit. */
  onWritten(written: WrittenBatch): void;
  /** Called about once a second, with one entry per endpoint or folder. */
  onEndpoints(endpoints: readonly EndpointHealth[]): void;
  /** Called when the source is closed. */
  end(): void;
}
