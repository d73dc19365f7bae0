import type { Source } from './source.ts';

/** The heights up to which a live source can be read at a moment. */
export interface Head {
  /** Highest height whose block is whole. */
  readonly height: number;
  /** Highest height up to `height` that has results; undefined if none has yet, or if the node discards results. */
  readonly resultsHeight: number | undefined;
  /** When the source noticed the head, in milliseconds since 1970. */
  readonly seenAt: number;
}

/** A source whose head grows: a running node's RPC, or the directory that it writes. `info` stays as it was when opened; heights up to
 * the newest head that `heads` gave can be read. */
export type LiveSource = Source & Heads;

export interface Heads {
  /** Yields the head at once, and again each time that it has grown, by one block or several. Ends when `signal` is aborted. While a node
   * can't be asked or a chain has halted, it yields nothing and asks rarely. */
  heads(signal: AbortSignal): AsyncIterable<Head>;
}
