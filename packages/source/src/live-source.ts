import type { Source } from './source.ts';

/** How far a live source can be read at a moment. */
export interface Head {
  /** Highest height whose block is whole. */
  readonly height: number;
  /** Highest height whose results are there, at most `height`; undefined: none yet, or the node discards them. */
  readonly resultsHeight: number | undefined;
  /** Milliseconds since 1970, when the source learnt of it. */
  readonly seenAt: number;
}

/** A source whose head grows: a running node's RPC, or the directory that it writes. `info` stays as it was when opened; heights up to
 * the newest head that `heads` gave can be read. */
export type LiveSource = Source & Heads;

export interface Heads {
  /** The head at once, then each time it grows; several steps may be one. Ends when `signal` is aborted. A node that can't be
   * asked for a while, or a chain that has halted, gives nothing and is not hammered. */
  heads(signal: AbortSignal): AsyncIterable<Head>;
}
