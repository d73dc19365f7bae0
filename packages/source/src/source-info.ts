import type { ApplicationChoice, ApplicationSigns, EraName } from '@baleen/chain';
import type { GenesisPlace } from './genesis/genesis.ts';

/** What a source holds, as it was when it was opened. Plain data: it may cross threads. */
export interface SourceInfo {
  /** Folder of the databases, or the address of a node's RPC without secrets. */
  readonly path: string;
  /** Names of the databases in the folder, sorted: `blockstore.db`. Blocks are read from blockstore.db and state.db. None over RPC. */
  readonly databases: readonly string[];
  readonly backend: 'goleveldb' | 'pebbledb' | 'rpc';
  readonly chainId: string;
  readonly era: EraName;
  /** Version of Tendermint that the chain began with: `0.34.14`. undefined: there is no state.db, or it names none. */
  readonly software: string | undefined;
  /** Version that a node names over RPC: `0.34.14`. */
  readonly nodeVersion?: string;
  /** First height of the chain. undefined: there is no state.db. */
  readonly initialHeight: number | undefined;
  /** Lowest and highest height whose block is whole. */
  readonly base: number;
  readonly head: number;
  /** Lowest and highest height with results. undefined: no height has any. */
  readonly resultsBase: number | undefined;
  readonly resultsHead: number | undefined;
  /** Height of the state in state.db. undefined: it holds none, or there is no state.db. */
  readonly stateHeight: number | undefined;
  /** What the source lacks of a whole chain, a sentence each. */
  readonly notes: readonly string[];
  /** The notes about lost data. Every command that writes prints them. */
  readonly losses: readonly string[];
  /** Where the genesis document is: a file if there is one, as the copy in state.db is read only by `genesis()`. undefined: nowhere. */
  readonly genesis: GenesisPlace | undefined;
  /** Bech32 prefix of account addresses: `terra`. undefined: no genesis document tells it. */
  readonly bech32Prefix: string | undefined;
  /** What tells the application that wrote the chain's txs; undefined: the source tells nothing of it. */
  readonly applicationSigns?: ApplicationSigns | undefined;
  /** The applications that the database has for the chain, by which its txs are read; undefined: the signs tell. */
  readonly applications?: readonly ApplicationChoice[] | undefined;
  /** True if a node is running: a process holds the database lock, or the RPC endpoint answers. */
  readonly live: boolean;
  /** Bytes of blockstore.db and state.db on disk. undefined over RPC. */
  readonly estimatedBytes: number | undefined;
  /** Over RPC: what each endpoint answered when the source was opened. */
  readonly endpoints?: readonly EndpointInfo[];
}

export interface EndpointInfo {
  /** Address without secrets. */
  readonly address: string;
  /** Why the endpoint is not used, in words: it is of another chain. undefined: it is used. */
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

/** Health of an RPC endpoint or a folder, as its reader sees it. Plain data: it may cross threads. */
export interface EndpointHealth {
  /** Address without secrets, or path of the folder. */
  readonly address: string;
  readonly backend: SourceInfo['backend'];
  /** Number of answered requests, of failed requests, and bytes of answers. Of a folder: 0, 0 and bytes read. */
  readonly requests: number;
  readonly errors: number;
  readonly bytes: number;
  /** Requests that may be in flight at the same time now; 0 for a folder. */
  readonly concurrency: number;
  /** Lowest and highest height that it has, as it said last. undefined: it has not answered. */
  readonly base: number | undefined;
  readonly head: number | undefined;
  /** Why it is not asked now, in words. undefined: it is asked. */
  readonly trouble: string | undefined;
}
