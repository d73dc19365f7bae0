import type { ApplicationSigns, EraName } from '@baleen/chain';
import type { GenesisPlace } from './genesis/genesis.ts';

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
  /** Those of the notes that tell of lost data: every command that writes says them. */
  readonly losses: readonly string[];
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
  /** `0.34.14`, empty where the node names none; undefined, as what it keeps: it has not answered yet. */
  readonly nodeVersion: string | undefined;
  /** Of the node, hexadecimal; undefined: not told. */
  readonly nodeId?: string | undefined;
  /** Routes that it answers nobody: `/validators`. */
  readonly denied?: readonly string[];
  /** Several nodes stand behind the address. */
  readonly isMixed?: boolean;
  /** It keeps its status to itself. */
  readonly hasNoStatus?: boolean;
  readonly keeps:
    | {
        readonly base: number;
        readonly head: number;
        readonly resultsBase: number | undefined;
        readonly resultsHead: number | undefined;
      }
    | undefined;
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
