import type { ApplicationSigns, BlockRange, EraName, RawBlock, RawRpcBlock } from '@baleen/chain';
import { operatorError } from './errors.ts';
import type { GenesisPlace, GenesisSource } from './genesis/genesis.ts';
import { openLevelDbSource } from './leveldb/leveldb-source.ts';
import { isRpcAddress } from './rpc/endpoint.ts';
import type { Together } from './rpc/shared-limit.ts';

/** What a source holds, as it was when it was opened. Plain data: it may cross threads. */
export interface SourceInfo {
  /** Folder of the databases; of a node's RPC its address, without a password. */
  readonly path: string;
  /** Databases there, e.g. `blockstore.db`, in order of name; only blockstore.db and state.db are read. None over RPC. */
  readonly databases: readonly string[];
  readonly backend: 'goleveldb' | 'pebbledb' | 'rpc';
  readonly chainId: string;
  readonly era: EraName;
  /** Version of the software that began the chain, `0.34.14`; undefined: state.db is missing or doesn't say. */
  readonly software: string | undefined;
  /** Version that a node names over RPC, `0.34.14`. */
  readonly nodeVersion?: string;
  /** First height of the chain; undefined without state.db. */
  readonly initialHeight: number | undefined;
  /** Lowest and highest height whose block is whole. */
  readonly base: number;
  readonly head: number;
  /** Lowest and highest height with results; undefined: there are none. */
  readonly resultsBase: number | undefined;
  readonly resultsHead: number | undefined;
  /** Height of the state in state.db. */
  readonly stateHeight: number | undefined;
  /** What is less than whole, in words. */
  readonly notes: readonly string[];
  /** A place that holds the genesis document, files first, as state.db's copy is only looked at by `genesis()`. */
  readonly genesis: GenesisPlace | undefined;
  /** `terra`; undefined: no genesis document tells it. */
  readonly bech32Prefix: string | undefined;
  /** What tells the application that wrote the chain's txs; undefined: the source tells nothing of it. */
  readonly applicationSigns?: ApplicationSigns | undefined;
  /** A process holds the databases' lock, or a node answers. */
  readonly live: boolean;
  /** Bytes of blockstore.db and state.db on disk; undefined over RPC. */
  readonly estimatedBytes: number | undefined;
  /** Over RPC: what each endpoint said when it was asked. */
  readonly endpoints?: readonly EndpointInfo[];
}

export interface EndpointInfo {
  /** Without a password. */
  readonly address: string;
  /** Why it is not used, e.g. that it is of another chain. */
  readonly refused: string | undefined;
  /** `0.34.14`; undefined, as what it keeps: it has not answered yet. */
  readonly nodeVersion: string | undefined;
  readonly keeps:
    | {
        readonly base: number;
        readonly head: number;
        readonly resultsBase: number | undefined;
        readonly resultsHead: number | undefined;
      }
    | undefined;
}

export interface Source {
  readonly info: SourceInfo;
  /** Blocks in order of height. Their bytes may be views of cached blocks: copy what is kept. `validators` and
   * `consensusParams` are the same object as long as they don't change.
   * @throws BaleenError `SOURCE_OUT_OF_RANGE`, `SOURCE_MISSING`, `SOURCE_DISCONTINUITY`, `SOURCE_CORRUPT`, LevelDB's own */
  read(range: BlockRange, signal?: AbortSignal): AsyncIterable<RawBlock>;
  /** undefined: there is no genesis document. */
  genesis(): GenesisSource | undefined;
  /** How each place that is asked does; of files, one entry. Counts are since the source was opened. */
  health(): readonly EndpointHealth[];
  close(): void;
  [Symbol.dispose](): void;
}

/** A node's RPC or a directory, as its reader sees it. Plain data: it may cross threads. */
export interface EndpointHealth {
  /** Address without a password, or folder. */
  readonly address: string;
  readonly backend: SourceInfo['backend'];
  /** Requests answered, requests that failed, bytes of answers. Of files: 0, 0 and bytes read where they are counted. */
  readonly requests: number;
  readonly errors: number;
  readonly bytes: number;
  /** Requests that may be in flight now; 0 for files. */
  readonly concurrency: number;
  /** Heights it has, as it last said. */
  readonly base: number | undefined;
  readonly head: number | undefined;
  /** Why it is left alone now, in words; undefined: it is used. */
  readonly trouble: string | undefined;
}

export interface SourceOptions {
  /** Decoded LevelDB blocks held in memory, per database. Default 16 MiB. */
  readonly cacheBytes?: number;
  /** Of LevelDB: bytes read per second, on average and counting what the system has cached. Default: as fast as it can. */
  readonly maxReadBytesPerSecond?: number;
  /** Given, the genesis document is not looked into. */
  readonly bech32Prefix?: string;
  /** What an earlier opening found; given, neither the genesis document nor, over RPC, the node is asked again. */
  readonly known?: SourceInfo;
  /** Over RPC: requests per second, of all threads together. Default: as fast as the node answers. */
  readonly maxRps?: number;
  /** Over RPC: how long to wait. Default: 15 s without a byte. */
  readonly timeoutMs?: number;
  /** Over RPC: waiting before the first repeat of a failed request, doubled each time. Default 250 ms. */
  readonly retryMs?: number;
  /** Over RPC: what no hash covers is compared over a second endpoint for every height; a third decides. */
  readonly crossCheck?: boolean;
  /** Over RPC: shared with other threads that read this source (`shareLimits`). Default: there are none. */
  readonly together?: Together;
  /** Over RPC: judges what an endpoint answered. None: answers are taken as they are. */
  readonly judge?: RpcJudge;
}

/** Decides about the answers of an RPC endpoint; the decoder's knowledge, which the source does not have. */
export interface RpcJudge {
  /** @throws BaleenError data: the answers are refuted by their own hashes, or can't be understood */
  prove(raw: RawRpcBlock): void;
  /** First field in which two answers about one height differ, of those that no hash covers, and both values; undefined: none. */
  difference(one: RawRpcBlock, other: RawRpcBlock): string | undefined;
}

/** Opens a node's databases for reading: no lock, no change, also while the node runs. Or the RPC of one or several nodes of a
 * chain, which are one source: a height is asked of any that keeps it, and of another when one fails or lies.
 *
 * @param paths  a node's home, its data folder or a folder that holds blockstore.db; `leveldb:` may stand before it; or one or
 *   several `http(s)://host:26657`
 * @throws BaleenError  operator: `SOURCE_NOT_FOUND`, `SOURCE_EMPTY`, `SOURCE_ERA_UNSUPPORTED`, `SOURCE_BACKEND_UNSUPPORTED`,
 *   `SOURCE_KIND_UNSUPPORTED`; data: `SOURCE_CORRUPT`, `SOURCE_MISSING`, `SOURCE_CHAIN_MISMATCH`; LevelDB's own;
 *   over RPC also operator: `SOURCE_NOT_RPC`, `SOURCE_REFUSED`; source: `SOURCE_UNREACHABLE` */
export async function openSource(
  paths: string | readonly string[],
  options: SourceOptions = {},
): Promise<Source> {
  const [path, ...others] = typeof paths === 'string' ? [paths] : paths;
  if (path === undefined) throw new TypeError('openSource needs a path');
  if ([path, ...others].every(isRpcAddress)) {
    // Each worker thread that reads files would hold these packages for nothing.
    const { openRpcSource } = await import('./rpc/open-rpc-source.ts');
    return openRpcSource([path, ...others], options);
  }
  if (others.length > 0)
    throw operatorError(
      'SOURCE_NOT_ONE',
      `open source ${[path, ...others].join(' ')}: expected addresses of RPC endpoints only, or one folder; open each folder by itself`,
    );
  return openLevelDbSource(path, options);
}
