import type { Block } from './block.ts';
import type { Tx } from './tx.ts';

/** Consensus era: how Tendermint or CometBFT of some versions wrote and hashed blocks. Eras without a name here are refused. */
export type EraName =
  | 'tendermint-0.32'
  | 'tendermint-0.33'
  | 'tendermint-0.34'
  | 'cometbft-0.38'
  | 'cometbft-1';

/** A block as its source holds it, undecoded. */
export type RawBlock = RawLevelDbBlock | RawRpcBlock | RawStoredBlock;

interface RawBlockOfAny {
  readonly chainId: string;
  readonly era: EraName;
  readonly height: number;
  /** `terra`; undefined when nothing tells it. */
  readonly bech32Prefix: string | undefined;
}

/** A block exactly as a node's LevelDB holds it. */
export interface RawLevelDbBlock extends RawBlockOfAny {
  readonly encoding: 'leveldb';
  /** Value of `H:<height>`: BlockMeta. */
  readonly meta: Uint8Array;
  /** Data of the parts `P:<height>:<i>` in order. */
  readonly parts: readonly Uint8Array[];
  /** Value of `abciResponsesKey:<height>`; undefined: pruned, discarded, no state.db, or block store ahead of it. */
  readonly results: Uint8Array | undefined;
  /** A stored ValidatorsInfo that holds the set which votes on this block (pointers already followed). */
  readonly validators: Uint8Array | undefined;
  /** A stored ConsensusParamsInfo that holds the params in force (pointers already followed). */
  readonly consensusParams: Uint8Array | undefined;
}

/** A block as a node's RPC answers it: each value is the `result` of an answer, parsed from JSON and not looked into. */
export interface RawRpcBlock extends RawBlockOfAny {
  readonly encoding: 'rpc';
  /** Node's address, for errors about what it answered. */
  readonly endpoint: string;
  /** How this node's JSON writes the attributes of events: base64 up to 0.34, plain from 0.37. */
  readonly attributes: 'base64' | 'plain';
  /** Result of `/block`. */
  readonly block: unknown;
  /** Result of `/block_results`; undefined: the node does not have it. */
  readonly results: unknown;
  /** Pages of `/validators`, in order: the set that votes on this block; undefined: the node does not have it. */
  readonly validators: readonly unknown[] | undefined;
  /** The sets at the heights of evidence that names no power. */
  readonly evidenceValidators: readonly { readonly height: number; readonly pages: readonly unknown[] }[];
  /** Result of `/consensus_params`; undefined: the node does not have it. */
  readonly consensusParams: unknown;
  /** `last_results_hash` of the next header, which proves the results; undefined: that block was not at hand. */
  readonly nextResultsHash: string | undefined;
  /** Bytes of the answers about this block. */
  readonly answerBytes: number;
}

/** A block as Baleen's own rows hold it. Everything is decoded but the txs, which are decoded anew. */
export interface RawStoredBlock extends RawBlockOfAny {
  readonly encoding: 'stored';
  readonly block: Omit<Block, 'txs'>;
  /** In the order of the block. */
  readonly txs: readonly Pick<Tx, 'raw' | 'result'>[];
  /** Bytes of the events and logs, as the rows hold them. */
  readonly resultBytes: number;
}
