import type { ApplicationSigns, BlockRange, EraName, RawLevelDbBlock, SourceRef } from '@baleen/chain';
import type { GenesisPlace, GenesisSource } from './genesis/genesis.ts';
import type { Candidate } from './rpc/candidate.ts';
import type { Facts } from './rpc/facts.ts';
import type { Member } from './rpc/member.ts';
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

/** What every open source has. */
export interface OpenSource {
  readonly ref: SourceRef;
  readonly info: SourceInfo;
  /** undefined: there is no genesis document. */
  genesis(): GenesisSource | undefined;
  /** How each place that is asked does; of files, one entry. Counts are since the source was opened. */
  health(): readonly EndpointHealth[];
  close(): void;
  [Symbol.dispose](): void;
}

/** A node's own files. What they hold, the node has verified. */
export interface FileSource extends OpenSource {
  readonly yields: 'blocks';
  /** Blocks in order of height. Their bytes may be views of cached blocks: copy what is kept. `validators` and
   * `consensusParams` are the same object as long as they don't change.
   * @throws BaleenError `SOURCE_OUT_OF_RANGE`, `SOURCE_MISSING`, `SOURCE_DISCONTINUITY`, `SOURCE_CORRUPT`, LevelDB's own */
  read(range: BlockRange, signal?: AbortSignal): AsyncGenerator<RawLevelDbBlock>;
}

/** Endpoints that anybody may run: what they answer is a candidate until its hashes are recomputed. */
export interface CandidateSource extends OpenSource {
  readonly yields: 'candidates';
  /** All endpoints, those that are not used too. */
  readonly endpoints: readonly Member[];
  /** Single facts of a height, as another endpoint than those in `whom.except` answers them. */
  readonly facts: Pick<Facts, 'results' | 'consensusParams' | 'validatorsAnew'>;
  /** One candidate per height, in order of height. Whoever takes one proves it, corrects it if need be, and then takes the next.
   *
   * @param provesTop  whether the header above the range is asked for, too: it proves the results of the highest block. Default: true
   * @throws BaleenError `SOURCE_OUT_OF_RANGE`; what asking throws, once the heights before it are yielded */
  candidates(range: BlockRange, signal?: AbortSignal, provesTop?: boolean): AsyncGenerator<Candidate>;
  /** The height of a refuted candidate, as an endpoint that is not in `tried` answers all of it.
   * @param tried  grows by the endpoint that is asked
   * @throws BaleenError when none is left that answers */
  another(refuted: Candidate, tried: Member[], signal?: AbortSignal): Promise<Candidate>;
  /** Remembers what was proved where something else had been answered. */
  correct(proved: Candidate): void;
  /** Leaves an endpoint alone for long, where there is another: its answer was refuted.
   * @param reason  in words, for `health` */
  accuse(endpoint: Member, reason: string): void;
  /** Whether an endpoint is still the node that it was when it was described. A node may be replaced by another version while it is
   * read, whose answers then look like lies.
   * @throws BaleenError source `SOURCE_CHANGED` when it is another one, and the only endpoint */
  isSame(endpoint: Member): Promise<boolean>;
}

export type Source = FileSource | CandidateSource;

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
  readonly cacheBytes?: number | undefined;
  /** Of LevelDB: bytes read per second, on average and counting what the system has cached. Default: as fast as it can. */
  readonly maxReadBytesPerSecond?: number | undefined;
  /** Given, the genesis document is not looked into. */
  readonly bech32Prefix?: string | undefined;
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
  /** Of LevelDB: tables held open, of both databases together; of each up to 64 others are opened when needed. Default 256. */
  readonly maxPinned?: number | undefined;
}
