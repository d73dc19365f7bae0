import type { GivenApplication } from '@baleen/chain';
import type { SharedLimits } from './rpc/shared-limit.ts';
import type { SourceInfo } from './source-info.ts';

export interface SourceOptions {
  /** Of a folder: bytes of decoded LevelDB blocks held in memory, per database. Default 16 MiB. */
  readonly cacheBytes?: number | undefined;
  /** Of a folder: most bytes read per second on average, those from the system's cache included. Default: no bound. */
  readonly maxReadBytesPerSecond?: number | undefined;
  /** Bech32 prefix of account addresses. Given, it is not looked up in the genesis document. */
  readonly bech32Prefix?: string | undefined;
  /** What the user says of the application; part of what `known` holds. */
  readonly application?: GivenApplication | undefined;
  /** What an earlier opening found. Given, neither the genesis document nor an endpoint is asked for it again. */
  readonly known?: SourceInfo | undefined;
  /** Over RPC: most requests per second to each endpoint, by all threads together. Default: as fast as the node answers. */
  readonly maxRps?: number | undefined;
  /** Over RPC: milliseconds without a byte after which a request has failed. Default 15 s. */
  readonly timeoutMs?: number | undefined;
  /** Over RPC: milliseconds before a failed request is repeated; they double with each repeat. Default 250 ms. */
  readonly retryMs?: number | undefined;
  /** Over RPC: compares what no hash covers with a second endpoint, for every height; a third one decides. */
  readonly crossCheck?: boolean | undefined;
  /** Over RPC: memory shared with the other threads that read this source (`shareLimits`). Default: no other thread reads it. */
  readonly sharedLimits?: SharedLimits | undefined;
}

export interface LiveOptions extends SourceOptions {
  /** Of LevelDB: tables held open, of both databases sharedLimits; of each up to 16 others are open while they are read. Default 96. */
  readonly maxPinned?: number | undefined;
}
