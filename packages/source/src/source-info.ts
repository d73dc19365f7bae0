import type { ApplicationChoice, ApplicationSigns, EraName } from '@baleen/chain';
import type { GenesisPlace } from './genesis/genesis.ts';

/** What a source held when it was opened. It is plain data and may be sent to other threads. */
export interface SourceInfo {
  /** Folder of the databases, or the address of a node's RPC without secrets. */
  readonly path: string;
  /** Names of the databases in the folder, sorted: `blockstore.db`. Blocks are read from blockstore.db and state.db. None over RPC. */
  readonly databases: readonly string[];
  readonly backend: 'goleveldb' | 'pebbledb' | 'rpc';
  readonly chainId: string;
  readonly era: EraName;
  /** Version of Tendermint with which the chain began: `0.34.14`. undefined if there is no state.db or it names none. */
  readonly software: string | undefined;
  /** Version that the node names over RPC: `0.34.14`; undefined if the source is no RPC. */
  readonly nodeVersion?: string;
  /** First height of the chain; undefined if there is no state.db. */
  readonly initialHeight: number | undefined;
  /** Lowest and highest height of which the source has the whole block. */
  readonly base: number;
  readonly head: number;
  /** Lowest and highest height with results; undefined if no height has results. */
  readonly resultsBase: number | undefined;
  readonly resultsHead: number | undefined;
  /** Height of the state in state.db; undefined if it has none or there is no state.db. */
  readonly stateHeight: number | undefined;
  /** Lines about everything that the source lacks of a whole chain. */
  readonly notes: readonly string[];
  /** Those of the notes that are about lost data. Every command that writes prints them. */
  readonly losses: readonly string[];
  /** Where the genesis document is: a file if there is one, since the copy in state.db is only read by `genesis()`. undefined if there is
   * none. */
  readonly genesis: GenesisPlace | undefined;
  /** Bech32 prefix of account addresses, `terra`; undefined if no genesis document contains an address. */
  readonly bech32Prefix: string | undefined;
  /** The facts by which the application that wrote the chain's txs is recognised; undefined if the source has none. */
  readonly applicationSigns?: ApplicationSigns | undefined;
  /** The applications that the database has stored for the chain. They decode its txs. undefined if they are chosen by the signs. */
  readonly applications?: readonly ApplicationChoice[] | undefined;
  /** True if a node is running: a process holds the database lock, or the RPC endpoint answers. */
  readonly live: boolean;
  /** Size of blockstore.db and state.db on disk, in bytes; undefined over RPC. */
  readonly estimatedBytes: number | undefined;
  /** Over RPC: what each endpoint answered when the source was opened. */
  readonly endpoints?: readonly EndpointInfo[];
}

export interface EndpointInfo {
  /** Address without secrets. */
  readonly address: string;
  /** Why the endpoint is not used, in words: it is of another chain. undefined if it is used. */
  readonly refused: string | undefined;
  /** Version of the node, `0.34.14`; empty if the node names none. The version and the heights are undefined if it has not answered yet. */
  readonly nodeVersion: string | undefined;
  /** Id of the node, hexadecimal; undefined if the endpoint does not tell it. */
  readonly nodeId?: string | undefined;
  /** Routes that the endpoint denies to everybody: `/validators`. */
  readonly denied?: readonly string[];
  /** True if there are several nodes behind the address. */
  readonly isMixed?: boolean;
  /** True if the endpoint denies `/status`. */
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

/** Health of an RPC endpoint or a folder, as its reader sees it. It is plain data and may be sent to other threads. */
export interface EndpointHealth {
  /** Address without secrets, or path of the folder. */
  readonly address: string;
  readonly backend: SourceInfo['backend'];
  /** Number of answered requests, number of failed requests, and size of the answers in bytes. For a folder: 0, 0, and bytes read. */
  readonly requests: number;
  readonly errors: number;
  readonly bytes: number;
  /** Number of requests that may be in flight at the same time now; 0 for a folder. */
  readonly concurrency: number;
  /** Lowest and highest height that it has, by its last answer; undefined if it has not answered. */
  readonly base: number | undefined;
  readonly head: number | undefined;
  /** Why no requests are sent to it now, in words; undefined if they are. */
  readonly trouble: string | undefined;
}
