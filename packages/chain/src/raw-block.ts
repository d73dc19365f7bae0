import type { Block } from './block.ts';
import type { Tx } from './tx.ts';

/** A consensus era: the versions of Tendermint or CometBFT that write and hash blocks in the same way. Other eras are refused. */
export type EraName =
  | 'tendermint-0.32'
  | 'tendermint-0.33'
  | 'tendermint-0.34'
  | 'cometbft-0.38'
  | 'cometbft-1';

/** A block in the encoding of its source, not decoded yet. */
export type RawBlock = RawLevelDbBlock | RawRpcBlock | RawStoredBlock;

interface RawBlockOfAny {
  readonly chainId: string;
  readonly era: EraName;
  readonly height: number;
  /** Human-readable prefix of account addresses (`terra`); undefined if the source does not tell it. */
  readonly bech32Prefix: string | undefined;
}

/** A block as it is stored in a node's LevelDB: the unchanged values of its keys. */
export interface RawLevelDbBlock extends RawBlockOfAny {
  readonly encoding: 'leveldb';
  /** Value of the key `H:<height>` in blockstore.db, a BlockMeta. */
  readonly meta: Uint8Array;
  /** The bytes of the block's parts, from the keys `P:<height>:<i>` in blockstore.db, in order of `i`. */
  readonly parts: readonly Uint8Array[];
  /** Value of the key `abciResponsesKey:<height>` in state.db. undefined if the node pruned or discarded it or has not executed the block
   * yet, or if there is no state.db. */
  readonly results: Uint8Array | undefined;
  /** The stored ValidatorsInfo with the set that votes on this block. It is never one that only points to another height. undefined if
   * state.db does not have it. */
  readonly validators: Uint8Array | undefined;
  /** The stored ConsensusParamsInfo with the parameters in force at this block. It is never one that only points to another height.
   * undefined if state.db does not have it. */
  readonly consensusParams: Uint8Array | undefined;
}

/** A block as a node's RPC returns it: each value is the `result` of an answer, parsed from JSON but not checked. */
export interface RawRpcBlock extends RawBlockOfAny {
  readonly encoding: 'rpc';
  /** Address of the node, for messages about errors in its answers. */
  readonly endpoint: string;
  /** How this node's JSON writes the attributes of events: base64 up to Tendermint 0.34, plain text from 0.37 on. */
  readonly attributes: 'base64' | 'plain';
  /** Result of `/block`. */
  readonly block: unknown;
  /** Result of `/block_results`; undefined if the node does not have it. */
  readonly results: unknown;
  /** Results of `/validators` page by page: the set that votes on this block. undefined if the node does not have it. */
  readonly validators: readonly unknown[] | undefined;
  /** The validator sets at the heights of evidence that does not name the validator's power. */
  readonly evidenceValidators: readonly { readonly height: number; readonly pages: readonly unknown[] }[];
  /** Result of `/consensus_params`; undefined if the node does not have it. */
  readonly consensusParams: unknown;
  /** `last_results_hash` of the next block's header, which proves the results. undefined if that block has not been read. */
  readonly nextResultsHash: string | undefined;
  /** Size of all answers about this block, in bytes. */
  readonly answerBytes: number;
}

/** A block that was read back from the tables that Baleen wrote. All of it is decoded except the txs, which are decoded again. */
export interface RawStoredBlock extends RawBlockOfAny {
  readonly encoding: 'stored';
  readonly block: Omit<Block, 'txs'>;
  /** The bytes and the result of each tx, in the order of the block. */
  readonly txs: readonly Pick<Tx, 'raw' | 'result'>[];
  /** Size of the block's events and logs in the rows, in bytes. The size of a batch of blocks is measured with it. */
  readonly resultBytes: number;
}
