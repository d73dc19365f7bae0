import type { GivenApplication } from '@baleen/chain';
import type { Together } from './rpc/shared-limit.ts';
import type { SourceInfo } from './source-info.ts';

export interface SourceOptions {
  /** Decoded LevelDB blocks held in memory, per database. Default 16 MiB. */
  readonly cacheBytes?: number | undefined;
  /** Of LevelDB: bytes read per second, on average and counting what the system has cached. Default: as fast as it can. */
  readonly maxReadBytesPerSecond?: number | undefined;
  /** Given, the genesis document is not looked into. */
  readonly bech32Prefix?: string | undefined;
  /** What the user says of the application; part of what `known` holds. */
  readonly application?: GivenApplication | undefined;
  /** What an earlier opening found; given, neither the genesis document nor, over RPC, the node is asked again. */
  readonly known?: SourceInfo | undefined;
  /** Over RPC: requests per second, of all threads together. Default: as fast as the node answers. */
  readonly maxRps?: number | undefined;
  /** Over RPC: how long to wait. Default: 15 s without a byte. */
  readonly timeoutMs?: number | undefined;
  /** Over RPC: waiting before the first repeat of a failed request, doubled each time. Default 250 ms. */
  readonly retryMs?: number | undefined;
  /** Over RPC: what no hash covers is compared over a second endpoint for every height; a third decides. */
  readonly crossCheck?: boolean | undefined;
  /** Over RPC: shared with other threads that read this source (`shareLimits`). Default: there are none. */
  readonly together?: Together | undefined;
}

export interface LiveOptions extends SourceOptions {
  /** Of LevelDB: tables held open, of both databases together; of each up to 16 others are open while they are read. Default 96. */
  readonly maxPinned?: number | undefined;
}
