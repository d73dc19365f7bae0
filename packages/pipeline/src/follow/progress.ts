import type { EndpointHealth } from '@baleen/source';
import type { WrittenBatch } from '../walk/stages.ts';

/** Progress of a follower, as plain data for a status line, metrics and alerts. */
export interface FollowProgress {
  readonly chainId: string;
  /** `waiting`: the source or the database can't be reached. `halted`: both can be reached, but no new block comes. */
  readonly state: 'starting' | 'following' | 'waiting' | 'halted';
  /** Why the follower waits or the chain has halted, in words; undefined in the other states. */
  readonly trouble: string | undefined;
  /** Newest height that the source has announced; undefined if it has announced none yet. */
  readonly head: number | undefined;
  /** Newest height that this process has written at the head; undefined if it has written none yet. */
  readonly written: number | undefined;
  /** How many heights `written` is behind `head`; undefined if one of them is. */
  readonly lagBlocks: number | undefined;
  /** Seconds since the block time of the newest written block; undefined if none is written yet. */
  readonly lagSeconds: number | undefined;
  /** Milliseconds from the announcement of the newest written block to its commit in the database; undefined if it was not measured. */
  readonly delayMs: number | undefined;
  /** Median milliseconds between two blocks; undefined if fewer than two were seen. */
  readonly blockMs: number | undefined;
  /** Totals that this process has written, at the head and below it. `bytes` counts the COPY data. */
  readonly heights: number;
  readonly txs: number;
  readonly rows: number;
  readonly bytes: number;
  /** How many heights below the head were found missing (`total`), and how many of them are written (`done`). undefined if none is
   * missing. */
  readonly backfill: { readonly done: number; readonly total: number } | undefined;
}

/** Callbacks while one source is read. The caller counts with them, for metrics and for the view `sources`. */
export interface FollowHooks {
  /** Called after each commit. */
  onWritten(written: WrittenBatch): void;
  /** Called about once a second, with one entry per endpoint or folder. */
  onEndpoints(endpoints: readonly EndpointHealth[]): void;
  /** Called when the source is closed. */
  end(): void;
}
