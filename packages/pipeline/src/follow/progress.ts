import type { EndpointHealth } from '@baleen/source';
import type { WrittenBatch } from '../walk/stages.ts';

/** How a follower does, as plain data: for a status line, metrics and alerts. */
export interface FollowProgress {
  readonly chainId: string;
  /** waiting: a source or the database can't be reached. halted: they can, and no block comes. */
  readonly state: 'starting' | 'following' | 'waiting' | 'halted';
  /** What is waited for, in words. */
  readonly trouble: string | undefined;
  /** Newest height that the source has told of. */
  readonly head: number | undefined;
  /** Newest height that this process has written at the head. */
  readonly written: number | undefined;
  /** Heights from `written` to `head`. */
  readonly lagBlocks: number | undefined;
  /** Seconds since the time of the newest written block. */
  readonly lagSeconds: number | undefined;
  /** Milliseconds from when the source told of a height to its commit, of the last one. */
  readonly delayMs: number | undefined;
  /** Usual milliseconds between two blocks; undefined: not known yet. */
  readonly blockMs: number | undefined;
  /** What this process has written, at the head and behind it; bytes of COPY data. */
  readonly heights: number;
  readonly txs: number;
  readonly rows: number;
  readonly bytes: number;
  /** Heights behind the head; undefined: none are missing. */
  readonly backfill: { readonly done: number; readonly total: number } | undefined;
}

/** How the reading of one source goes, for those who count. */
export interface FollowHooks {
  /** After each commit. */
  onWritten(written: WrittenBatch): void;
  /** About once a second. */
  onEndpoints(endpoints: readonly EndpointHealth[]): void;
  /** It is closed. */
  end(): void;
}
