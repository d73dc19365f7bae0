import type { GivenApplication } from '@baleen/chain';
import type { SharedLimits } from './rpc/shared-limit.ts';
import type { SourceInfo } from './source-info.ts';

export interface SourceOptions {
  /** For a folder: most bytes of decoded LevelDB blocks in memory, per database. Default 16 MiB. */
  readonly cacheBytes?: number | undefined;
  /** For a folder: most bytes that are read per second on average, including those from the system's cache. Default: no limit. */
  readonly maxReadBytesPerSecond?: number | undefined;
  /** Bech32 prefix of account addresses. If it is given, it is not searched in the genesis document. */
  readonly bech32Prefix?: string | undefined;
  /** For a folder: names of the modules in the genesis document, known from an earlier opening. It goes with `bech32Prefix`, which has
   * the document left unread. */
  readonly genesisModules?: readonly string[] | undefined;
  /** What the user says about the application. `known` contains it already. */
  readonly application?: GivenApplication | undefined;
  /** What was found when the source was opened before. If it is given, neither the genesis document nor an endpoint is asked for it
   * again. */
  readonly known?: SourceInfo | undefined;
  /** Over RPC: most requests per second that all threads together send to each endpoint. Default: as many as the node answers. */
  readonly maxRps?: number | undefined;
  /** Over RPC: milliseconds without a byte after which a request has failed. Default 15 s. */
  readonly timeoutMs?: number | undefined;
  /** Over RPC: milliseconds before a failed request is repeated. They double with each repetition. Default 250 ms. */
  readonly retryMs?: number | undefined;
  /** Over RPC: true if facts that no hash covers are compared with a second endpoint for every height. If the two differ, a third one
   * decides. */
  readonly crossCheck?: boolean | undefined;
  /** Over RPC: memory with the limits that all threads that read this source share (`shareLimits`). undefined if no other thread reads
   * it. */
  readonly sharedLimits?: SharedLimits | undefined;
}

export interface LiveOptions extends SourceOptions {
  /** For LevelDB: number of tables that stay open, in both databases together. In each database up to 16 others are open while they are
   * read. Default 96. */
  readonly maxPinned?: number | undefined;
}
